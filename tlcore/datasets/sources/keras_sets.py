"""Source: the image sets that Keras offers, read from its own cache folder without TensorFlow.

The rows stand in `keras_sets.json`: addresses, digests and names of classes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from tlcore.catalog import Catalog
from tlcore.datasets.parts import PARTS
from tlcore.datasets.sources.array_files.reading import read_arrays
from tlcore.datasets.sources.array_pairs import find_pairs
from tlcore.datasets.sources.arrays import list_pairs
from tlcore.datasets.sources.source import Listing, Option, Options, Source
from tlcore.download import fetch
from tlcore.errors import DatasetError
from tlcore.jobs import Monitor
from tlcore.settings import settings


@dataclass(frozen=True)
class RemoteFile:
    """One file of a set.

    Args:
        address: where Keras downloads it.
        name: what Keras calls it in its cache folder.
        digest: SHA-256 in hex that Keras publishes; empty if none.
    """

    address: str
    name: str
    digest: str = ""


@dataclass(frozen=True)
class KerasSet:
    """One set.

    Args:
        name: as `keras.datasets` calls it.
        title: for people.
        classes: class names in the order of the labels.
        files: what it is made of.
        folder: folder under the cache folder.
        labels: which of several arrays of labels.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    files: tuple[RemoteFile, ...]
    folder: str = "datasets"
    labels: str = ""


def _read_sets() -> tuple[KerasSet, ...]:
    rows = json.loads(Path(__file__).with_name("keras_sets.json").read_text("utf-8"))
    for row in rows:
        row["classes"] = tuple(row["classes"])
        row["files"] = tuple(RemoteFile(**file) for file in row["files"])
    return tuple(KerasSet(**row) for row in rows)


KERAS_SETS = Catalog("dataset", _read_sets())


def list_set(row: KerasSet, monitor: Monitor) -> Listing:
    """Fetch what is missing of a set and list its images.

    Args:
        row: the set.
        monitor: told of the progress of downloads, and asked between their pieces.

    Returns:
        The listing.

    Raises:
        MissingError: if a file is missing and cannot be downloaded.
        DatasetError: if a file does not read.
    """
    folder = settings().keras_home / row.folder
    paths = [fetch(file.address, folder / file.name, file.digest, monitor) for file in row.files]
    try:
        arrays = {name: array for path in paths for name, array in read_arrays(path).items()}
        pairs = find_pairs(arrays, arrays, labels_wanted=[row.labels] if row.labels else ())
    except DatasetError as error:
        raise DatasetError(
            f"the files of {row.name}",
            f"damaged ones in {folder} ({error.received})",
            f"Delete {', '.join(file.name for file in row.files)} there and try again.",
        ) from error
    return list_pairs(row.name, [replace(pair, name=PARTS[pair.part]) for pair in pairs], row.classes)


def _open(options: Options, monitor: Monitor) -> Listing:
    return list_set(KERAS_SETS.find(str(options["set"])), monitor)


KERAS = Source(
    "keras",
    "Keras built-in datasets",
    "MNIST, Fashion-MNIST, CIFAR-10 or CIFAR-100 from the Keras cache folder; downloaded if missing.",
    (
        Option(
            "set",
            "Dataset",
            str,
            "mnist",
            "which dataset; downloads 10 to 170 MB if it is not on this machine",
            choices=tuple(row.name for row in KERAS_SETS),
        ),
    ),
    _open,
    online=True,
)
