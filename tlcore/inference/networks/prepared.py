"""Prepared networks: classifiers split into features for LiteRT and a dense head, each a folder."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from tlcore.access.folders import check_path
from tlcore.errors import InputError, MissingError
from tlcore.inference.engine import Engine
from tlcore.inference.imagenet import imagenet_ids, imagenet_names
from tlcore.inference.networks.feature_part import open_part
from tlcore.inference.networks.feature_source import MAPS_FILE, FeatureSource
from tlcore.inference.networks.head import Head, load_head
from tlcore.settings import settings
from tlcore.storage.caches import in_use
from tlcore.storage.files import file_digest, read_json, write_json
from tlcore.storage.folders import new_version, newest_version, sound_version, without_version
from tlcore.zoo import catalog

MODEL_FILE = "model.keras"  # in the folder of a run that trained more than a head
FEATURES_FILE = MAPS_FILE
HEAD_FILE = "head.npz"
CARD_FILE = "card.json"
PREPARED = "prepared"
OWN = "own-"  # begins the names of the folders, and keys, of the users' own networks
PUBLISHED = ("imagenet", "package")  # weights that are no file of the user's

_LOADED = 6


@dataclass(frozen=True)
class Card:
    """What a prepared network is.

    Args:
        architecture: its name in the catalog; "" for a network of the user's own.
        weights: "imagenet", "package", the digest of the user's file, or "run" for one that was trained here.
        input_size: side of the square input in pixels.
        preprocessing: mode of `tlcore.images.preprocess`.
        cut_layer: whose output the features are.
        title: what a person calls it.
        classes: names in the order of its outputs; empty for ImageNet's 1,000.
        wordnet_ids: WordNet id of each of `classes`, or empty.
        channels: of the input, 3, or 1 for networks that take gray pictures.
        resize: mode of `tlcore.images.resize` by which it is evaluated.
        ratio: share of the short side that a center crop keeps.
        difference: largest difference between LiteRT and Keras in the self-test.
        created: UTC, ISO 8601.
        source: of its feature part, as `FeatureSource` of `tlcore.inference.networks.feature_source` has it, where the
            folder holds the head alone; None where it holds both.
        made_by: id of the visitor whose own network it is; "" for the owner of the machine.
    """

    architecture: str
    weights: str
    input_size: int
    preprocessing: str
    cut_layer: str
    title: str = ""
    classes: tuple[str, ...] = ()
    wordnet_ids: tuple[str, ...] = ()
    channels: int = 3
    resize: str = "crop"
    ratio: float = 0.875
    difference: float = 0.0
    created: str = ""
    source: dict | None = None
    made_by: str = ""

    @property
    def feature_source(self) -> FeatureSource | None:
        """What its feature part is made of; None where the folder holds it."""
        return FeatureSource(**self.source) if self.source else None

    def to_json(self) -> dict:
        """The record as plain values."""
        return asdict(self)


def card_from_json(values: dict) -> Card:
    """Read what `Card.to_json` wrote.

    Args:
        values: plain values.

    Returns:
        The card.
    """
    lists = {name: tuple(values.get(name, ())) for name in ("classes", "wordnet_ids")}
    return Card(**{**values, **lists})


def run_card(plan: dict, classes: Sequence[str], title: str) -> Card:
    """Describe the network that a training run makes.

    Args:
        plan: the run's plan as plain values.
        classes: names of the dataset's classes, in order.
        title: what the user calls the run.

    Returns:
        The card, for `tlcore.inference.jobs.prepare_model`.

    Raises:
        InputError: if the backbone is no classifier, as runs of earlier versions may have it.
    """
    architecture = catalog.find_classifier(plan["backbone"])
    return Card(
        architecture=architecture.name,
        weights="run",
        input_size=plan["input_size"],
        preprocessing=plan.get("preprocessing") or architecture.preprocessing,
        cut_layer=plan["cut_layer"] or architecture.last_feature_layer,
        title=title,
        classes=tuple(classes),
        channels=architecture.input_shape[2],
        resize=plan["resize"],
    )


def run_request(folder: Path, plan: dict, classes: Sequence[str], title: str) -> dict:
    """Ask for the network of a finished training run to be prepared.

    Args:
        folder: of the run, with its `model.keras`, or with a head that needs its feature part.
        plan: the run's plan as plain values.
        classes: names of the dataset's classes, in order.
        title: what the user calls the run.

    Returns:
        The request for `tlcore.inference.jobs.prepare`.

    Raises:
        InputError: if the backbone is no classifier.
    """
    card = run_card(plan, classes, title)
    return {"model": str(folder / MODEL_FILE), "folder": str(folder / PREPARED), "card": card.to_json()}


def save_head(folder: Path, card: Card, head: Head) -> None:
    """Keep a head with a reference to its feature part, all or nothing.

    Args:
        folder: takes both.
        card: what the network is; its `source` says what the feature part is made of.
        head: what follows the features.
    """
    created = datetime.now(UTC).isoformat(timespec="seconds")
    with new_version(folder) as temporary:
        head.save(temporary / HEAD_FILE)
        write_json(temporary / CARD_FILE, replace(card, created=created).to_json())


def read_saved_head(folder: Path) -> Head:
    """Read the head that a folder holds, without what lies below it.

    Args:
        folder: of a prepared network.

    Returns:
        The head.

    Raises:
        MissingError: if it is not there, or damaged.
    """
    return load_head(_sound(folder) / HEAD_FILE)


@dataclass(frozen=True)
class Prepared:
    """A prepared network, loaded.

    Args:
        card: what it is.
        engine: photo → features.
        head: features → probabilities.
        folder: where this version of it is kept.
        features_file: the LiteRT file of the engine, in the folder or in the cache.
        held: keeps its folder while it is used.
    """

    card: Card
    engine: Engine
    head: Head
    folder: Path
    features_file: Path
    held: IO[bytes]

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.stat().st_size for file in {self.features_file, *self.folder.iterdir()})

    @property
    def names(self) -> Sequence[str]:
        """Names of the classes, in the order of the outputs."""
        return self.card.classes or imagenet_names()

    @property
    def wordnet_ids(self) -> Sequence[str]:
        """WordNet ids of the classes, in the order of the outputs; empty where the classes are the user's."""
        return self.card.wordnet_ids if self.card.classes else imagenet_ids()


def imagenet_card(architecture: catalog.Architecture, weights: str) -> Card:
    """Describe a network of the zoo with its 1,000 classes of ImageNet.

    Args:
        architecture: its row.
        weights: "imagenet", "package", or the path of a weights file.

    Returns:
        The card.
    """
    evaluation, published = architecture.evaluation, weights in PUBLISHED
    crop = evaluation.crop if evaluation else None
    return Card(
        architecture=architecture.name,
        weights=weights if published else file_digest(Path(weights))[:16],
        input_size=architecture.input_size,
        preprocessing=architecture.preprocessing,
        cut_layer=architecture.last_feature_layer,
        title=architecture.title if published else f"{architecture.title} ({Path(weights).name})",
        channels=architecture.input_shape[2],
        resize="stretch" if evaluation and crop is None else Card.resize,
        ratio=crop / evaluation.resize if evaluation and crop else Card.ratio,
    )


def prepared_folder(architecture: str, weights: str = "") -> Path:
    """Say where a prepared network is, or would be.

    Args:
        architecture: its name in the catalog.
        weights: "imagenet", "package", or the path of a weights file; "" for those it can start from.

    Returns:
        The folder; what it holds lies in its versions, see `tlcore.storage.folders`.

    Raises:
        InputError: if there is no such file.
        AccessError: if it is a path that the asker may not name.
    """
    row = catalog.find(architecture)
    source = weights = weights or row.pretrained_weights
    if weights not in PUBLISHED:
        if not check_path(Path(weights)).is_file():
            received = f"{weights}, which does not exist"
            raise InputError("imagenet, package, or a weights file", received, "Check the path.")
        source = file_digest(Path(weights))[:16]
    return settings().home / PREPARED / f"{row.name}-{row.input_size}-{source}"


def is_folder_prepared(folder: Path) -> bool:
    """Tell whether a folder holds a prepared network.

    Args:
        folder: any path.

    Returns:
        True if `load_prepared` will load it, unless its files are damaged.
    """
    card = read_card(folder)
    return card is not None and (card.feature_source is None or card.feature_source.is_here)


def read_card(folder: Path) -> Card | None:
    """Read the card of a prepared network without loading the network.

    Args:
        folder: any path.

    Returns:
        The card; None if no prepared network is there, or its card cannot be read.
    """
    version = newest_version(folder)
    values = read_json(version / CARD_FILE, None) if version else None
    return card_from_json(values) if isinstance(values, dict) else None


def prepared_cards() -> dict[Path, Card]:
    """List the networks that were prepared on this machine, without those of training runs.

    Returns:
        Folder → card, in the order of their names.
    """
    files = sorted((settings().home / PREPARED).glob(f"[!.]*/{CARD_FILE}"))
    folders = dict.fromkeys(without_version(file.parent) for file in files)
    return {folder: card for folder in folders if (card := read_card(folder))}


def load_prepared(folder: Path) -> Prepared:
    """Load a prepared network; each is loaded once a process and shared by all threads.

    Args:
        folder: as `prepared_folder` says, or `prepared` in a run's folder.

    Returns:
        The network.

    Raises:
        MissingError: if it is not prepared, or what is kept of it is damaged.
        InputError: if it is no classifier, as earlier versions prepared them, too.
    """
    version = _sound(folder)
    return _load(version, (version / CARD_FILE).stat().st_mtime_ns)


def _sound(folder: Path) -> Path:
    """The newest version that is as it was written."""
    version = sound_version(folder)
    if version is not None and is_folder_prepared(folder):
        return version
    if folder.name == PREPARED:  # of a run
        what, action = f"of run {folder.parent.name}", "Prepare it on the Classify page. If that fails, train it again."
    elif folder.name.startswith(OWN):
        what, action = folder.name, "Prepare it again from its file."
    else:
        what, action = folder.name, f"Prepare it first: python -m tlcore prepare {folder.name.split('-')[0]}"
    raise MissingError(f"the prepared network {what}", "none on this machine, or a damaged one", action)


@functools.lru_cache(maxsize=_LOADED)
def _load(folder: Path, _version: int) -> Prepared:
    card = card_from_json(json.loads((folder / CARD_FILE).read_text("utf-8")))
    if card.architecture:
        catalog.find_classifier(card.architecture)
    head = load_head(folder / HEAD_FILE)
    source = card.feature_source
    if source is None:
        return Prepared(card, Engine(folder / FEATURES_FILE), head, folder, folder / FEATURES_FILE, in_use(folder))
    part = open_part(source)
    return Prepared(card, part.maps, head.after(part.dense), folder, part.file, part.held)
