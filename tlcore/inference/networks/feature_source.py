"""What a feature part is made of, and where it is kept: under all that it follows from.

That is the published weights' content, the design, the layer, the size, and the code that makes it.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from tlcore.inference.networks.lite_file import writable_layers
from tlcore.storage.caches import cache_folder
from tlcore.storage.files import file_digest
from tlcore.storage.folders import newest_version
from tlcore.zoo import catalog
from tlcore.zoo.needs import needs_top
from tlcore.zoo.weights.package import package_path

MAPS_FILE = "features.tflite"
DENSE_FILE = "dense.npz"
FACTS_FILE = "facts.json"
PART = "part"  # in the folder of a source; of versions, see `tlcore.storage.folders`
_KIND = "parts"
_PROJECT = Path(__file__).parents[3]


@dataclass(frozen=True)
class FeatureSource:
    """What a feature part is made of.

    Args:
        backbone: name of an architecture.
        weights: "imagenet", "package" or the path of a weights file.
        input_size: side of the square input in pixels.
        layer: whose output the features are.
    """

    backbone: str
    weights: str
    input_size: int
    layer: str

    @property
    def architecture(self) -> catalog.Architecture:
        """The backbone's row."""
        return catalog.find(self.backbone)

    @property
    def include_top(self) -> bool:
        """Whether its weights are read with the original classifier: it needs it, or no other file is here."""
        row, size = self.architecture, self.input_size
        if self.weights != "imagenet" or needs_top(row, self.layer):
            return needs_top(row, self.layer)
        return not catalog.has_weights(row, False, size) and catalog.has_weights(row, True, size)

    @property
    def weights_file(self) -> Path:
        """The file that its weights are read from, whether or not it is there."""
        if self.weights == "package":
            return package_path(self.architecture)
        if self.weights == "imagenet":
            return catalog.weights_path(self.architecture, self.include_top, self.input_size)
        return Path(self.weights)

    @property
    def is_written(self) -> bool:
        """Whether its file can be written without TensorFlow."""
        return self.weights == "package" and self.layer in writable_layers(self.architecture)

    @property
    def folder(self) -> Path:
        """Where its files are, or would be; its weights must be on this machine."""
        row, file = self.architecture, self.weights_file
        facts = {
            "design": (row.constructor, dict(row.options), row.input_shape[2], self.input_size, self.layer),
            "weights": _content(file, _state(file)),
            "code": _code(row.constructor.split(":")[0]),
        }
        return cache_folder(_KIND) / hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:40]

    @property
    def is_here(self) -> bool:
        """Whether it can be opened in this process, at once or in a moment."""
        return self.weights_file.is_file() and (self.is_written or newest_version(self.folder / PART) is not None)

    def to_json(self) -> dict:
        """The record as plain values."""
        return asdict(self)


def _state(file: Path) -> tuple[int, ...]:
    """What changes with a file: a copy may bring its time of writing along, but no program sets that of its change."""
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


@functools.lru_cache(maxsize=64)
def _content(file: Path, _state: tuple[int, ...]) -> str:
    return file_digest(file)


@functools.cache
def _code(module: str) -> str:
    """What the code of this project that makes a part is, and the version of Keras."""
    digest = hashlib.sha256(version("keras").encode())
    own = ("tlcore.inference.networks.lite_file", "tlcore.inference.networks.convert", "tlcore.zoo.lite_design", module)
    for name in own:
        if name.startswith("tlcore"):
            digest.update((_PROJECT / name.replace(".", "/")).with_suffix(".py").read_bytes())
    return digest.hexdigest()
