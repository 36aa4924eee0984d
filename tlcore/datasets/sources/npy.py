"""Untrusted .npy and .npz files: type and shape are checked before anything is allocated; no pickles."""

from __future__ import annotations

import math
import shutil
import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np

from tlcore.datasets.dataset import datasets_folder
from tlcore.datasets.sources.zip_file import ENCRYPTED, METHODS, open_zip
from tlcore.errors import DatasetError, StudioError
from tlcore.settings import settings

KINDS = "biufUS"
MOST_MEMBERS = 1000


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


def open_arrays(path: Path) -> dict[str, np.ndarray]:
    """Open the arrays of an .npy or .npz file; their elements stay on disk until used.

    Args:
        path: where the file is.

    Returns:
        Read-only memory-mapped arrays by name; an .npy file has one by the name of the file. Members of an .npz
        file are unpacked to nameless temporary files, which vanish with the arrays.

    Raises:
        DatasetError: if the file is missing, damaged, over the limits, or holds Python objects.
    """
    if not path.is_file():
        raise DatasetError("an .npy or .npz file", f"{path}, which is not a file", "Check the path.")
    with path.open("rb") as file:
        if file.read(6) == b"\x93NUMPY":
            file.seek(0)
            header = _read_header(file, path.name)
            _check_length(path.stat().st_size - header.offset, header, path.name)
            return {path.stem: _map(path, header)}
    with open_zip(path) as archive:
        members = [entry for entry in archive.infolist() if entry.filename.endswith(".npy")]
        if not 0 < len(members) <= MOST_MEMBERS:
            raise DatasetError(
                f"an .npz file of 1 to {MOST_MEMBERS} arrays",
                f"{path.name} with {len(members)}",
                "Save it again with numpy.savez.",
            )
        return {entry.filename.removesuffix(".npy"): _unpack(archive, entry) for entry in members}


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> np.ndarray:
    name = entry.filename
    if entry.flag_bits & ENCRYPTED or entry.compress_type not in METHODS:
        raise DatasetError("an array stored by numpy.savez", f"{name}, in another format", "Save it again with NumPy.")
    try:
        with archive.open(entry) as member, tempfile.TemporaryFile(dir=datasets_folder()) as scratch:
            header = _read_header(member, name)
            _check_length(entry.file_size - header.offset, header, name)
            shutil.copyfileobj(member, scratch)
            scratch.flush()
            # The mapping keeps the nameless file alive after it is closed.
            return _map(scratch, replace(header, offset=0))
    except StudioError:
        raise
    except Exception as error:  # zipfile passes on whatever it stumbles over
        raise DatasetError(
            "a complete array", f"{name}, which cannot be unpacked ({error!s:.200})", "Save it again with NumPy."
        ) from error


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
    if dtype.kind not in KINDS:
        raise DatasetError(
            "an array of numbers or text",
            f"{name} of type {dtype}",
            "Save it with a plain type such as uint8; Python objects are never loaded.",
        )
    header = Header(dtype, shape, fortran, file.tell())
    if min(shape, default=0) < 1 or header.bytes > settings().max_dataset_bytes:
        raise DatasetError(
            f"an array of 1 byte to {settings().max_dataset_bytes / 1e9:.1f} GB",
            f"{name} of shape {shape}",
            "Save part of it, or raise TLCORE_MAX_DATASET_BYTES.",
        )
    return header


def _check_length(length: int, header: Header, name: str) -> None:
    if length != header.bytes:
        raise DatasetError(
            f"{header.bytes:,} bytes of data, as the header of {name} says",
            f"{length:,}",
            "The file is damaged: save it again.",
        )


def _map(file: Path | IO[bytes], header: Header) -> np.ndarray:
    return np.memmap(file, header.dtype, "r", header.offset, header.shape, "F" if header.fortran else "C")
