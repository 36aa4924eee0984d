"""Files of PyTorch weights in its first layout, read as data: no code of theirs is run, and PyTorch is not needed.

Such a file is a row of pickles (a magic number, the version of the layout, facts about the machine, the tensors without
their numbers, the keys of the storages) and then the numbers of each storage: their count in eight bytes, then they
themselves. A pickle can call any function; the reader here knows four names, and none of them does anything.
"""

from __future__ import annotations

import collections
import pickle
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from tlcore.errors import InputError

_MAGIC, _VERSION = 0x1950A86A20F9469CFC6C, 1001
_STORAGES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}
_MOST_VALUES = 1 << 28


class _Storage(NamedTuple):
    """Numbers that follow later in the file."""

    kind: np.dtype
    key: str
    size: int


class _Tensor(NamedTuple):
    """A view of a storage: where it begins, its shape, and how far its neighbors are apart, all in numbers."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def read(self, numbers: np.ndarray) -> np.ndarray:
        last = self.offset + sum((side - 1) * step for side, step in zip(self.shape, self.strides, strict=True))
        whole = (self.offset, *self.shape, *self.strides)
        if not all(type(number) is int and number >= 0 for number in whole) or 0 in self.shape or last >= len(numbers):
            raise ValueError(f"a tensor of shape {self.shape} reaches beyond its storage")
        strides = tuple(step * numbers.itemsize for step in self.strides)
        view = np.lib.stride_tricks.as_strided(numbers[self.offset :], self.shape, strides, writeable=False)
        return np.ascontiguousarray(view)


class _Reader(pickle.Unpickler):
    """Admits the names that tensors are made of, and nothing else."""

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *_: _Tensor(_storage(storage), offset, shape, strides)
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")

    def persistent_load(self, identity: tuple) -> _Storage:
        what, kind, key, _, size, *_ = identity
        if what != "storage" or kind not in _STORAGES.values() or type(size) is not int or not 0 < size <= _MOST_VALUES:
            raise pickle.UnpicklingError(f"it refers to {str(what)[:40]}")
        return _Storage(kind, str(key), size)


def read_torch_file(path: Path) -> dict[str, np.ndarray]:
    """Read the tensors of a file of weights.

    Args:
        path: a file that `torch.save` wrote of a state dict before PyTorch 1.6, or in its old layout.

    Returns:
        Arrays by name, each in the order of its axes that PyTorch has: (outputs, inputs, height, width).

    Raises:
        InputError: if it is no such file, is damaged, or asks for anything but tensors.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except OSError:
        raise
    except Exception as problem:  # a pickle that means ill, or is cut, can raise anything
        raise InputError(
            "a file of tensors in PyTorch's first layout", f"{path.name} ({problem})", "Install the package again."
        ) from problem


def _read(file: BinaryIO) -> dict[str, np.ndarray]:
    magic, version, _machine, tensors, keys = (_Reader(file).load() for _ in range(5))
    if (magic, version) != (_MAGIC, _VERSION):
        raise ValueError("it begins with unexpected numbers")
    if not isinstance(tensors, dict) or not all(isinstance(tensor, _Tensor) for tensor in tensors.values()):
        raise ValueError("it holds more than tensors")
    storages = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    numbers = {key: _numbers(file, storages[key]) for key in keys}
    if file.read(1):
        raise ValueError("something follows the last storage")
    return {str(name): tensor.read(numbers[tensor.storage.key]) for name, tensor in tensors.items()}


def _numbers(file: BinaryIO, storage: _Storage) -> np.ndarray:
    count = int.from_bytes(file.read(8), "little")
    content = file.read(count * storage.kind.itemsize) if count == storage.size else b""
    if len(content) != storage.size * storage.kind.itemsize:
        raise ValueError(f"the storage {storage.key} is not whole")
    return np.frombuffer(content, storage.kind)


def _storage(value: object) -> _Storage:
    if not isinstance(value, _Storage):
        raise pickle.UnpicklingError("a tensor without a storage")
    return value
