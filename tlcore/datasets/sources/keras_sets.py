"""Source: the image sets that Keras offers, read from its own cache folder without TensorFlow.

The rows stand in `keras_sets.json`: addresses, digests, names of classes, and the layout of the files.
"""

from __future__ import annotations

import gzip
import json
import pickle
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tlcore.catalog import Catalog
from tlcore.datasets.parts import PARTS
from tlcore.datasets.sources.arrays import Pair, list_pairs
from tlcore.datasets.sources.npy import open_arrays
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
        read: from the files' paths to pairs of images and labels.
        folder: folder under the cache folder.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    files: tuple[RemoteFile, ...]
    read: Callable[[list[Path]], list[Pair]]
    folder: str = "datasets"


def _read_npz(paths: list[Path]) -> list[Pair]:
    arrays = open_arrays(paths[0])
    return [Pair(part, arrays[f"x_{part}"], arrays[f"y_{part}"], PARTS.index(part)) for part in ("train", "test")]


def _read_idx(paths: list[Path]) -> list[Pair]:
    """Labels and images of both parts in the IDX format: 4 bytes of type and rank, 4 bytes for each length."""
    arrays = []
    for path in paths:
        with gzip.open(path, "rb") as file:
            rank = file.read(4)[3]
            shape = tuple(np.frombuffer(file.read(4 * rank), ">i4").tolist())
            size = int(np.prod(shape))
            if rank not in (1, 3) or not 0 < size <= settings().max_dataset_bytes:
                raise ValueError(f"shape {shape}")
            arrays.append(np.frombuffer(file.read(size), np.uint8).reshape(shape))
    return [Pair("train", arrays[1], arrays[0], 0), Pair("test", arrays[3], arrays[2], 2)]


def _read_cifar(paths: list[Path], members: Mapping[str, list[str]], key: bytes) -> list[Pair]:
    pairs = []
    with tarfile.open(paths[0], "r:gz") as archive:
        for part, names in members.items():
            batches = [_load_batch(archive, name) for name in names]
            images = np.concatenate([batch[b"data"] for batch in batches]).reshape(-1, 3, 32, 32)
            labels = np.concatenate([batch[key] for batch in batches])
            pairs.append(Pair(part, images.transpose(0, 2, 3, 1), labels, PARTS.index(part)))
    return pairs


def _read_cifar10(paths: list[Path]) -> list[Pair]:
    folder = "cifar-10-batches-py"
    train = [f"{folder}/data_batch_{number}" for number in range(1, 6)]
    return _read_cifar(paths, {"train": train, "test": [f"{folder}/test_batch"]}, b"labels")


def _read_cifar100(paths: list[Path]) -> list[Pair]:
    parts = {part: [f"cifar-100-python/{part}"] for part in ("train", "test")}
    return _read_cifar(paths, parts, b"fine_labels")


_RECONSTRUCT = np.empty(0).__reduce__()[0]  # the function that the pickle of an array names


class _ArrayUnpickler(pickle.Unpickler):
    """Rebuilds NumPy arrays and nothing else; the file's digest has been checked before."""

    def find_class(self, module: str, name: str) -> object:
        allowed = {("numpy", "ndarray"), ("numpy", "dtype")}
        if (module, name) in allowed or (module.endswith("core.multiarray") and name == "_reconstruct"):
            return _RECONSTRUCT if name == "_reconstruct" else getattr(np, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not an array")


def _load_batch(archive: tarfile.TarFile, name: str) -> dict:
    file = archive.extractfile(name)
    if file is None:
        raise ValueError(f"{name} is not a file")
    return _ArrayUnpickler(file, encoding="bytes").load()


_LAYOUTS = {"npz": _read_npz, "idx": _read_idx, "cifar10": _read_cifar10, "cifar100": _read_cifar100}


def _read_sets() -> tuple[KerasSet, ...]:
    rows = json.loads(Path(__file__).with_name("keras_sets.json").read_text("utf-8"))
    for row in rows:
        row["classes"] = tuple(row["classes"])
        row["files"] = tuple(RemoteFile(**file) for file in row["files"])
        row["read"] = _LAYOUTS[row.pop("layout")]
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
        pairs = row.read(paths)
    except (OSError, EOFError, ValueError, KeyError, IndexError, pickle.UnpicklingError, tarfile.TarError) as error:
        raise DatasetError(
            f"the files of {row.name}",
            f"damaged ones in {folder} ({error})",
            f"Delete {', '.join(file.name for file in row.files)} there and try again.",
        ) from error
    return list_pairs(row.name, pairs, row.classes)


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
