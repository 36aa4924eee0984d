"""HDF5 files of arrays, such as those of Coursera's courses.

The library that reads HDF5 can crash or hang on a few thousand bytes, so it runs in a child of `tlcore.guard`, which
hands over the arrays piece by piece.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import h5py
import numpy as np

from tlcore.datasets.sources.array_files.files import handed_over, keep_on_disk, length_of
from tlcore.datasets.sources.limits import check_growth
from tlcore.errors import DatasetError
from tlcore.guard import run
from tlcore.settings import settings

STARTS = (b"\x89HDF\r\n\x1a\n",)
MOST_ARRAYS = 1000
LONGEST_TEXT = 1000  # characters
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


def read_here(
    data: bytes | Path, name: str, array: str | None = None, start: int = 0, stop: int = 0
) -> dict[str, Any] | np.ndarray:
    """Read an HDF5 file in this process, which only a child of `tlcore.guard` may.

    Args:
        data: the file, or its path.
        name: what the user calls it.
        array: the path of the array that is wanted; None to learn which there are.
        start: its first row wanted.
        stop: the row after the last one wanted.

    Returns:
        These rows; or for each path the texts, or {"shape": …, "dtype": …} of an array of numbers.

    Raises:
        DatasetError: as `read_hdf5`.
    """
    try:
        with h5py.File(data if isinstance(data, Path) else io.BytesIO(data), "r") as file:
            found = _arrays_of(file)
            if array is not None:
                return found[array][start:stop]
            return {path: _describe(entry) for path, entry in found.items()}
    except MemoryError:
        raise
    except Exception as problem:  # the library passes on whatever it stumbles over
        raise DatasetError(
            "an HDF5 file of images and labels",
            f"{name}, which cannot be read as one ({problem!s:.200})",
            "Save it again, or save the arrays with numpy.savez.",
        ) from problem


def _arrays_of(file: h5py.File) -> dict[str, h5py.Dataset]:
    """All arrays of numbers or text, after checking that they are in this file."""
    found: dict[str, h5py.Dataset] = {}

    def leads_away(path: str, link: object) -> str | None:
        return None if isinstance(link, h5py.HardLink) else path

    def collect(path: str, entry: h5py.Group | h5py.Dataset) -> None:
        if not isinstance(entry, h5py.Dataset) or not entry.shape:
            return
        if entry.is_virtual or entry.external:
            raise ValueError(f"{path} refers to another file")
        if entry.dtype.kind in "biuf" or h5py.check_string_dtype(entry.dtype):
            found[path] = entry
        if len(found) > MOST_ARRAYS:
            raise ValueError(f"it holds more than {MOST_ARRAYS:,} arrays")

    path = file.visititems_links(leads_away)
    if path is not None:
        raise ValueError(f"{path} refers to another place")
    file.visititems(collect)
    return found


def _describe(entry: h5py.Dataset) -> dict[str, Any] | list[str]:
    if entry.dtype.kind in "biuf":
        return {"shape": entry.shape, "dtype": entry.dtype.str}
    if entry.size > settings().max_dataset_images:
        raise ValueError(f"{entry.name} holds {entry.size:,} texts, more than a dataset may have images")
    texts = entry.asstr(errors="replace")[()].ravel().tolist()
    if max(map(len, texts), default=0) > LONGEST_TEXT:
        raise ValueError(f"{entry.name} holds a text of more than {LONGEST_TEXT:,} characters")
    return texts
