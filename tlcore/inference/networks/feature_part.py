"""The feature part of a backbone: preprocessed images → what a layer gives, as files that are made once. Knows no TF.

It is kept in the cache under all that it follows from: the published weights' content, the design, the layer, the size,
and the code that makes it. What was computed with it goes by the content of its files.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import importlib
import json
import time
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from tlcore.caches import cache_folder
from tlcore.files import file_digest, read_json, replacing_folder, write_json
from tlcore.inference.engine import Engine
from tlcore.inference.networks.head import POOLINGS, Head, load_head
from tlcore.inference.networks.lite_file import lite_file, writable_layers
from tlcore.jobs import SILENT, Monitor
from tlcore.zoo import catalog
from tlcore.zoo.needs import needs_top
from tlcore.zoo.weights.package import package_path, read_package_weights

MAPS_FILE = "features.tflite"
DENSE_FILE = "dense.npz"
_FACTS = "facts.json"
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
            "weights": _content(file, file.stat().st_mtime_ns),
            "code": _code(row.constructor.split(":")[0]),
        }
        return cache_folder(_KIND) / hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:40]

    @property
    def is_here(self) -> bool:
        """Whether it can be opened in this process, at once or in a moment."""
        return self.weights_file.is_file() and (self.is_written or (self.folder / _FACTS).is_file())

    def to_json(self) -> dict:
        """The record as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class FeaturePart:
    """A feature part, ready to run.

    Args:
        maps: the converted layers, from the preprocessed image on.
        dense: dense layers above them up to the wanted one, such as VGG's; None where there are none.
        digest: of the files' content: it tells what is computed.
        seconds: that making it took.
        pooling: a key of `POOLINGS` that follows, or "".
    """

    maps: Engine
    dense: Head | None
    digest: str
    seconds: float
    pooling: str = ""

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of one row, without the batch."""
        if self.dense:
            return (self.dense.units,)
        shape = self.maps.output_shape
        return shape[-1:] if self.pooling and len(shape) == 3 else shape

    def run(self, batch: np.ndarray) -> np.ndarray:
        """Compute features.

        Args:
            batch: float32 (n, size, size, channels), preprocessed.

        Returns:
            float32 (n, …).
        """
        values = self.maps.run(batch)
        if self.dense:
            return self.dense.outputs(values)
        return POOLINGS[self.pooling].forward(values) if self.pooling and values.ndim == 4 else values

    def pooled(self, pooling: str) -> FeaturePart:
        """The same with a pooling behind it.

        Args:
            pooling: a key of `POOLINGS`, or "" for none.
        """
        return replace(self, pooling=pooling)


def open_part(source: FeatureSource, monitor: Monitor = SILENT) -> FeaturePart:
    """Open a feature part, making it first if it is not here.

    Args:
        source: what it is made of.
        monitor: told of progress.

    Returns:
        The part; it is loaded once a process and shared by all threads.

    Raises:
        MissingError, StateError, InputError: if the weights are not here and cannot be fetched, or do not fit.
    """
    if not source.weights_file.is_file() and source.weights == "imagenet":
        monitor.report(f"Downloading the weights of {source.architecture.title}", 0, 1)
        importlib.import_module("tlcore.zoo.build").build(
            source.architecture,
            input_size=source.input_size,
            include_top=source.include_top,
            weights="imagenet",
        )
    folder = source.folder
    if not (folder / _FACTS).is_file():
        monitor.report(f"Preparing {source.architecture.title} up to {source.layer}", 0, 1)
        started = time.perf_counter()
        with replacing_folder(folder) as temporary:
            if source.is_written:
                weights = read_package_weights(source.architecture)
                content = lite_file(source.architecture, weights, source.input_size, source.layer)
                (temporary / MAPS_FILE).write_bytes(content)
            else:
                # TensorFlow is imported only where nothing else makes the file.
                importlib.import_module("tlcore.inference.networks.convert").convert_source(source, temporary)
                gc.collect()  # networks hold themselves in circles, and large ones would be in memory twice
            digests = [file_digest(file) for file in sorted(temporary.iterdir())]
            facts = {"digest": hashlib.sha256("".join(digests).encode()).hexdigest(), **source.to_json()}
            write_json(temporary / _FACTS, {**facts, "seconds": time.perf_counter() - started})
    return _load(folder, (folder / _FACTS).stat().st_mtime_ns)


@functools.lru_cache(maxsize=4)
def _load(folder: Path, _version: int) -> FeaturePart:
    facts, dense = read_json(folder / _FACTS, {}), folder / DENSE_FILE
    engine = Engine(folder / MAPS_FILE)
    return FeaturePart(engine, load_head(dense) if dense.is_file() else None, facts["digest"], facts["seconds"])


@functools.lru_cache(maxsize=64)
def _content(file: Path, _version: int) -> str:
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
