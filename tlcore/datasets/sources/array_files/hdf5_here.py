"""What a child of `tlcore.guard` does with HDF5 files of arrays; no other process may import this module."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tlcore.errors import DatasetError
from tlcore.settings import settings
from tlcore.storage.hdf5 import refuse_links

MOST_ARRAYS = 1000
LONGEST_TEXT = 1000  # characters


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

    def collect(path: str, entry: h5py.Group | h5py.Dataset) -> None:
        if not isinstance(entry, h5py.Dataset) or not entry.shape:
            return
        if entry.is_virtual or entry.external:
            raise ValueError(f"{path} refers to another file")
        if entry.dtype.kind in "biuf" or h5py.check_string_dtype(entry.dtype):
            found[path] = entry
        if len(found) > MOST_ARRAYS:
            raise ValueError(f"it holds more than {MOST_ARRAYS:,} arrays")

    refuse_links(file)
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
