"""Prepared networks: classifiers split into features for LiteRT and a dense head, as folders in the home."""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from tlcore.errors import MissingError
from tlcore.files import file_digest
from tlcore.inference.engine import Engine
from tlcore.inference.head import Head, load_head
from tlcore.settings import settings
from tlcore.zoo import catalog

FEATURES_FILE = "features.tflite"
HEAD_FILE = "head.npz"
CARD_FILE = "card.json"


@dataclass(frozen=True)
class Card:
    """What a prepared network is.

    Args:
        architecture: its name in the catalog.
        weights: "imagenet", or the digest of the user's weights file.
        input_size: side of the square input in pixels.
        preprocessing: mode of `tlcore.images.preprocess`.
        cut_layer: whose output the features are.
        difference: largest relative difference between LiteRT and Keras in the self-test.
        created: UTC, ISO 8601.
    """

    architecture: str
    weights: str
    input_size: int
    preprocessing: str
    cut_layer: str
    difference: float
    created: str

    def to_json(self) -> dict:
        """The record as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Prepared:
    """A prepared network, loaded.

    Args:
        card: what it is.
        engine: photo → features.
        head: features → probabilities.
    """

    card: Card
    engine: Engine
    head: Head


def prepared_folder(architecture: str, weights: str = "imagenet") -> Path:
    """Say where a prepared network is, or would be.

    Args:
        architecture: its name in the catalog.
        weights: "imagenet", or the path of a weights file.

    Returns:
        The folder.
    """
    row = catalog.find(architecture)
    source = "imagenet" if weights == "imagenet" else file_digest(Path(weights))[:16]
    return settings().home / "prepared" / f"{row.name}-{row.input_size}-{source}"


def is_prepared(architecture: str, weights: str = "imagenet") -> bool:
    """Tell whether a network is ready to classify.

    Args:
        architecture: its name in the catalog.
        weights: "imagenet", or the path of a weights file.

    Returns:
        True if `load_prepared` will find it.
    """
    return (prepared_folder(architecture, weights) / CARD_FILE).is_file()


def prepared_cards() -> dict[Path, Card]:
    """List the prepared networks of this machine.

    Returns:
        Folder → card, in the order of their names.
    """
    files = sorted((settings().home / "prepared").glob(f"*/{CARD_FILE}"))
    return {file.parent: Card(**json.loads(file.read_text("utf-8"))) for file in files}


def load_prepared(folder: Path) -> Prepared:
    """Load a prepared network; each is loaded once a process and shared by all threads.

    Args:
        folder: as `prepared_folder` says.

    Returns:
        The network.

    Raises:
        MissingError: if it is not prepared.
    """
    card_file = folder / CARD_FILE
    if not card_file.is_file():
        raise MissingError(
            f"the prepared network {folder.name}", "none on this machine", "Prepare it first: tlcore prepare NAME."
        )
    return _load(folder, card_file.stat().st_mtime_ns)


@functools.lru_cache(maxsize=4)
def _load(folder: Path, _version: int) -> Prepared:
    card = Card(**json.loads((folder / CARD_FILE).read_text("utf-8")))
    return Prepared(card, Engine(folder / FEATURES_FILE), load_head(folder / HEAD_FILE))
