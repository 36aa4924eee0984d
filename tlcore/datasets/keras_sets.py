"""Source: the image sets that Keras offers, read from its own cache folder without TensorFlow."""

from __future__ import annotations

import gzip
import io
import pickle
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tlcore.datasets.arrays import Pair, list_pairs
from tlcore.datasets.npy import open_arrays
from tlcore.datasets.parts import PARTS
from tlcore.datasets.source import Emit, Listing, Option, Source
from tlcore.download import fetch
from tlcore.errors import DatasetError
from tlcore.settings import settings

GOOGLE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
TORONTO = "https://www.cs.toronto.edu/~kriz/"


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
            batches = [_load_batch(archive.extractfile(name).read()) for name in names]
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


class _ArrayUnpickler(pickle.Unpickler):
    """Rebuilds NumPy arrays and nothing else; the file's digest has been checked before."""

    def find_class(self, module: str, name: str) -> object:
        allowed = {("numpy", "ndarray"), ("numpy", "dtype")}
        if (module, name) in allowed or (module.endswith("core.multiarray") and name == "_reconstruct"):
            return getattr(np._core.multiarray if name == "_reconstruct" else np, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no array")


def _load_batch(data: bytes) -> dict:
    return _ArrayUnpickler(io.BytesIO(data), encoding="bytes").load()


_NUMBERS = tuple(str(number) for number in range(10))
_CLOTHES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
_CIFAR10 = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
_CIFAR100 = """
apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel
can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion
lizard lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree
pear pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea
seal shark shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank
telephone television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm
"""

KERAS_SETS = (
    KerasSet(
        "mnist",
        "MNIST: 70,000 handwritten digits, 28 x 28, grey",
        _NUMBERS,
        (
            RemoteFile(
                GOOGLE + "mnist.npz",
                "mnist.npz",
                "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
            ),
        ),
        _read_npz,
    ),
    KerasSet(
        "fashion_mnist",
        "Fashion-MNIST: 70,000 pieces of clothing, 28 x 28, grey",
        tuple(_CLOTHES),
        tuple(
            RemoteFile(GOOGLE + name, name)
            for name in (
                "train-labels-idx1-ubyte.gz",
                "train-images-idx3-ubyte.gz",
                "t10k-labels-idx1-ubyte.gz",
                "t10k-images-idx3-ubyte.gz",
            )
        ),
        _read_idx,
        folder="datasets/fashion-mnist",
    ),
    KerasSet(
        "cifar10",
        "CIFAR-10: 60,000 photos of 10 classes, 32 x 32",
        tuple(_CIFAR10),
        (
            RemoteFile(
                TORONTO + "cifar-10-python.tar.gz",
                "cifar-10-batches-py-target_archive",
                "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
            ),
        ),
        _read_cifar10,
    ),
    KerasSet(
        "cifar100",
        "CIFAR-100: 60,000 photos of 100 classes, 32 x 32",
        tuple(_CIFAR100.split()),
        (
            RemoteFile(
                TORONTO + "cifar-100-python.tar.gz",
                "cifar-100-python-target_archive",
                "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
            ),
        ),
        _read_cifar100,
    ),
)


def list_set(row: KerasSet, emit: Emit) -> Listing:
    """Fetch what is missing of a set and list its images.

    Args:
        row: the set.
        emit: gets the progress of downloads.

    Returns:
        The listing.

    Raises:
        MissingError: if a file is missing and cannot be downloaded.
        DatasetError: if a file does not read.
    """
    folder = settings().keras_home / row.folder
    paths = [fetch(file.address, folder / file.name, file.digest, emit) for file in row.files]
    try:
        pairs = row.read(paths)
    except (OSError, EOFError, ValueError, KeyError, IndexError, pickle.UnpicklingError, tarfile.TarError) as error:
        raise DatasetError(
            f"the files of {row.name}",
            f"damaged ones in {folder} ({error})",
            f"Remove {', '.join(file.name for file in row.files)} there and try again.",
        ) from error
    return list_pairs(row.name, pairs, row.classes)


def _open(options: Mapping[str, object], emit: Emit) -> Listing:
    return list_set(next(row for row in KERAS_SETS if row.name == options["set"]), emit)


KERAS = Source(
    "keras",
    "Keras' built-in sets",
    "MNIST, Fashion-MNIST, CIFAR-10 or CIFAR-100 from Keras' cache folder; downloaded if missing.",
    (
        Option(
            "set",
            "Set",
            str,
            "mnist",
            "which set; 10 to 170 MB are downloaded if it is not on this machine",
            choices=tuple(row.name for row in KERAS_SETS),
        ),
    ),
    _open,
    online=True,
)
