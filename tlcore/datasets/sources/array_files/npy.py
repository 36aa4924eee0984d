"""Untrusted .npy files: type and shape are checked before anything is allocated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import IO

import numpy as np

from tlcore.datasets.sources.array_files.files import check_length, length_of
from tlcore.datasets.sources.array_files.pickled import read_pickle
from tlcore.errors import DatasetError
from tlcore.settings import settings

KINDS = "biufUS"


@dataclass(frozen=True)
class Header:
    """What an .npy file says of itself.

    Args:
        dtype: type of its elements.
        shape: its shape.
        fortran: the first index runs fastest.
        offset: where its elements begin.
    """

    dtype: np.dtype
    shape: tuple[int, ...]
    fortran: bool
    offset: int

    @property
    def bytes(self) -> int:
        """Length of its elements."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_npy(file: IO[bytes], name: str) -> dict[str, np.ndarray]:
    """Open the array of an .npy file; its elements stay on disk until used.

    Args:
        file: the open file.
        name: how to call it in an error.

    Returns:
        The read-only memory-mapped array, under an empty name. Objects are rebuilt if they are texts or numbers.

    Raises:
        DatasetError: if the file is damaged, over the limits, or holds other objects of Python.
    """
    header = _read_header(file, name)
    if header.dtype.kind == "O":
        return read_pickle(file, name)
    check_length(length_of(file) - header.offset, header.bytes, name)
    if not header.bytes:
        return {"": np.empty(header.shape, header.dtype)}
    array = np.memmap(file, header.dtype, "r", header.offset, header.shape, "F" if header.fortran else "C")
    return {"": array}


def _read_header(file: IO[bytes], name: str) -> Header:
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    try:
        shape, fortran, dtype = readers[np.lib.format.read_magic(file)](file)
    except Exception as error:  # a header is an expression of Python, of at most 10,000 characters
        raise DatasetError(
            "an array saved by numpy.save", f"{name}, whose header cannot be read", "Save it again with NumPy."
        ) from error
    if dtype.kind not in KINDS + "O":
        raise DatasetError(
            "an array of numbers or text", f"{name} of type {dtype}", "Save it with a plain type such as uint8."
        )
    header = Header(dtype, shape, fortran, file.tell())
    if min(shape, default=1) < 0 or header.bytes > settings().max_dataset_bytes:
        raise DatasetError(
            f"an array of at most {settings().max_dataset_bytes / 1e9:.1f} GB",
            f"{name} of shape {shape}",
            "Save part of it, or raise TLCORE_MAX_DATASET_BYTES.",
        )
    return header
