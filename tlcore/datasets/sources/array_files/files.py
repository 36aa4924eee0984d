"""Open files of arrays: how long they are, where their elements are kept, and how a child process gets them."""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import numpy as np

from tlcore.datasets.places import datasets_folder
from tlcore.errors import DatasetError

MOST_HANDED_OVER = 500_000_000  # bytes of a member of an archive, which a child process gets as a message


def length_of(file: IO[bytes]) -> int:
    """Length of an open file in bytes; where it is read does not change."""
    place = file.tell()
    length = file.seek(0, 2)
    file.seek(place)
    return length


def check_length(found: int, expected: int, name: str) -> None:
    """Refuse a file whose header says other than what it holds.

    Args:
        found: bytes of data.
        expected: bytes of data that the header asks for.
        name: how to call the file.

    Raises:
        DatasetError: if they differ.
    """
    if found != expected:
        raise DatasetError(
            f"{expected:,} bytes of data, as the header of {name} says",
            f"{found:,}",
            "The file is damaged: save it again.",
        )


def scratch_file() -> IO[bytes]:
    """A nameless file on disk, which vanishes once it is closed and no array is mapped to it."""
    return tempfile.TemporaryFile(dir=datasets_folder())


def keep_on_disk(pieces: Iterable[np.ndarray], shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Put an array on disk, so that it takes no memory.

    Args:
        pieces: its rows in order, several at a time.
        shape: its shape.
        dtype: its type.

    Returns:
        A read-only memory-mapped array.
    """
    if not math.prod(shape):
        return np.empty(shape, dtype)
    with scratch_file() as file:
        for piece in pieces:
            file.write(np.ascontiguousarray(piece).data)
        file.flush()
        # The mapping keeps the nameless file alive after it is closed.
        return np.memmap(file, dtype, "r", 0, shape)


def handed_over(file: IO[bytes], name: str) -> bytes | Path:
    """The rest of an open file as `tlcore.guard.run` takes it.

    Args:
        file: the open file.
        name: how to call it in an error.

    Returns:
        Its path if it has one and nothing of it has been read, else its bytes.

    Raises:
        DatasetError: if these are too many.
    """
    if isinstance(file, io.BufferedReader) and file.tell() == 0:  # scratch files have no name
        return Path(file.name)
    length = length_of(file) - file.tell()
    if length > MOST_HANDED_OVER:
        raise DatasetError(
            f"at most {MOST_HANDED_OVER / 1e6:.0f} MB of pickled objects, or of HDF5 in an archive",
            f"{name} with {length / 1e6:,.0f} MB",
            "Unpack the archive, or save the arrays with numpy.save.",
        )
    return file.read()
