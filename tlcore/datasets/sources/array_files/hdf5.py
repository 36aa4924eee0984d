"""HDF5 files of arrays, such as those of Coursera's courses.

The library that reads HDF5 can crash or hang on a few thousand bytes, so it runs in a child of `tlcore.guard`, which
hands over the arrays piece by piece (`hdf5_here`). This module does without it, as every start of the program reads it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from tlcore.datasets.sources.array_files.files import handed_over, keep_on_disk, length_of
from tlcore.datasets.sources.limits import check_growth
from tlcore.guard import run

STARTS = (b"\x89HDF\r\n\x1a\n",)
PIECE_BYTES = 32_000_000


def read_hdf5(file: IO[bytes], name: str) -> dict[str, np.ndarray]:
    """Read the arrays of an HDF5 file.

    Args:
        file: the open file.
        name: how to call it in an error.

    Returns:
        Read-only memory-mapped arrays by their paths in the file.

    Raises:
        DatasetError: if the file harms its reader, is damaged, refers to other files or is over the limits.
    """
    size = length_of(file)
    data = handed_over(file, name)
    found = run("hdf5", data, name)
    shapes = [value for value in found.values() if isinstance(value, dict)]
    check_growth(name, size, sum(math.prod(row["shape"]) * np.dtype(row["dtype"]).itemsize for row in shapes))
    return {
        array: np.array(value) if isinstance(value, list) else _fetch(data, name, array, **value)
        for array, value in found.items()
    }


def _fetch(data: bytes | Path, name: str, array: str, shape: list[int], dtype: str) -> np.ndarray:
    rows = max(1, PIECE_BYTES // max(1, math.prod(shape[1:]) * np.dtype(dtype).itemsize))

    def pieces() -> Iterator[np.ndarray]:
        for start in range(0, shape[0], rows):
            yield run("hdf5", data, name, array=array, start=start, stop=min(shape[0], start + rows))

    return keep_on_disk(pieces(), tuple(shape), dtype)
