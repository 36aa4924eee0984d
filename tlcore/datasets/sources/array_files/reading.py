"""Arrays by name from a file of any known format, from an archive or from a folder of such files.

The first bytes tell the format: files of arrays often have no ending, or a wrong one.
"""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np

from tlcore.access.folders import may_read
from tlcore.datasets.sources.archives.tar_file import open_tar
from tlcore.datasets.sources.archives.zip_file import ENCRYPTED, METHODS, open_zip
from tlcore.datasets.sources.array_files import hdf5, idx, pickled
from tlcore.datasets.sources.array_files.files import length_of, scratch_file
from tlcore.datasets.sources.array_files.npy import read_npy
from tlcore.datasets.sources.layouts.layout import is_hidden
from tlcore.datasets.sources.limits import check_growth
from tlcore.errors import DatasetError, StudioError
from tlcore.settings import settings

WANTED = "arrays in a .npy, .npz, HDF5, IDX (MNIST) or pickled (CIFAR) file, or in a folder, zip or tar file of such"
MOST_FILES = 1000
BEGINNING = 512  # bytes by which formats are told apart
_GZIP, _ZIP, _TAR, _TAR_PLACE = b"\x1f\x8b", b"PK\x03\x04", b"ustar", 257
_ENDINGS = (".gz", ".npy")  # which say nothing about what is in a file


@dataclass(frozen=True)
class Format:
    """A format of files that hold arrays.

    Args:
        name: its key.
        starts: how its files begin.
        read: from an open file and what to call it in an error to arrays by name; the only one may have an empty name.
    """

    name: str
    starts: tuple[bytes, ...]
    read: Callable[[IO[bytes], str], dict[str, np.ndarray]]


FORMATS = (
    Format("npy", (b"\x93NUMPY",), read_npy),
    Format("hdf5", hdf5.STARTS, hdf5.read_hdf5),
    Format("pickle", pickled.STARTS, pickled.read_pickle),
    Format("idx", idx.STARTS, idx.read_idx),
)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Open the arrays of a file, or of a folder of files.

    Args:
        path: where it is.

    Returns:
        Read-only arrays by name, on disk where possible. The name of a file that holds one
        array is the array's, other names begin with that of the file if there are several files.

    Raises:
        DatasetError: if there is nothing of this kind, or it is damaged, over the limits, or holds Python objects.
    """
    if path.is_dir():
        return _join(_members_of_folder(path), path.name)
    if not path.is_file():
        raise DatasetError(WANTED, f"{path}, which does not exist", "Check the path.")
    arrays = _read_file(path, path.name)
    if not arrays:
        raise DatasetError(WANTED, f"{path.name}, which holds none", "Save the arrays with numpy.savez.")
    return {name or plain_name(path.name): array for name, array in arrays.items()}


def plain_name(name: str) -> str:
    """The name of a file without endings that say nothing, such as ".gz"."""
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name


def _join(members: Iterator[tuple[str, dict[str, np.ndarray] | None]], name: str) -> dict[str, np.ndarray]:
    """All arrays of several files, whose common folder is not part of the names."""
    found: dict[str, dict[str, np.ndarray]] = {}
    total = 0
    for member, arrays in members:
        found |= {member.lstrip("/"): arrays} if arrays else {}
        total += sum(array.nbytes for array in (arrays or {}).values())
        if total > settings().max_dataset_bytes:
            raise DatasetError(
                f"at most {settings().max_dataset_bytes / 1e9:.1f} GB of arrays",
                f"{name} with more",
                "Use part of it, or raise TLCORE_MAX_DATASET_BYTES.",
            )
    if not found:
        raise DatasetError(WANTED, f"{name}, which holds none", "Save the arrays with numpy.savez.")
    common = os.path.commonpath([PurePosixPath(member).parent for member in found])
    joined: dict[str, np.ndarray] = {}
    for member, arrays in found.items():
        file = plain_name(PurePosixPath(member).relative_to(common).as_posix())
        joined |= {f"{file}/{key}" if key else file: array for key, array in arrays.items()}
    return joined


def _members_of_folder(root: Path) -> Iterator[tuple[str, dict[str, np.ndarray] | None]]:
    paths = sorted(
        Path(folder) / name for folder, _, names in os.walk(root) for name in names if may_read(Path(folder) / name)
    )
    _check_count(len(paths), root.name)
    for path in paths:
        name = path.relative_to(root).as_posix()
        if path.is_file() and not is_hidden(name):
            yield name, _read_file(path, name)


def _read_file(path: Path, name: str) -> dict[str, np.ndarray] | None:
    """The arrays of a file, by names that may be empty; None if it has another format."""
    with _said(name), path.open("rb") as file:
        start = _peek(file)
        if start.startswith(_ZIP):
            return _read_zip(path, name)
        if start.startswith(_TAR, _TAR_PLACE):
            return _join(_members_of_tar(file, name), name)
        return _read_gzip(file, name) if start.startswith(_GZIP) else _read_one(file, name)


@contextmanager
def _said(name: str) -> Iterator[None]:
    """Say in a sentence whatever gzip, zipfile and tarfile stumble over."""
    try:
        yield
    except (StudioError, MemoryError):
        raise
    except Exception as error:
        raise DatasetError(
            "a complete file of arrays", f"{name}, which cannot be read ({error!s:.200})", "Get a fresh copy of it."
        ) from error


def _read_one(file: IO[bytes], name: str) -> dict[str, np.ndarray] | None:
    row = _format_of(_peek(file), name)
    return row.read(file, name) if row else None


def _format_of(start: bytes, name: str) -> Format | None:
    """The format that a file has, or that its name insists on."""
    if not name.endswith(".npy"):
        return next((row for row in FORMATS if start.startswith(row.starts)), None)
    return FORMATS[0]


def _peek(file: IO[bytes]) -> bytes:
    start = file.read(BEGINNING)
    file.seek(0)
    return start


def _read_gzip(file: IO[bytes], name: str) -> dict[str, np.ndarray] | None:
    """The arrays of a gzip file; it is unpacked to a scratch file only if what it holds has a known format."""
    size = length_of(file)
    with gzip.open(file) as packed, scratch_file() as scratch:
        start = packed.read(BEGINNING)
        is_tar = start.startswith(_TAR, _TAR_PLACE)
        if not is_tar and not _format_of(start, name):
            return None
        piece = start
        while piece:
            scratch.write(piece)
            check_growth(name, size, scratch.tell())
            piece = packed.read(1_000_000)
        scratch.seek(0)
        return _join(_members_of_tar(scratch, name), name) if is_tar else _read_one(scratch, name)


def _read_zip(path: Path, name: str) -> dict[str, np.ndarray]:
    with open_zip(path) as archive:
        listed = sorted(archive.infolist(), key=lambda entry: entry.filename)
        entries = [entry for entry in listed if not entry.is_dir() and not is_hidden(entry.filename)]
        _check_count(len(entries), name)
        for entry in entries:
            if entry.flag_bits & ENCRYPTED or entry.compress_type not in METHODS:
                raise DatasetError(
                    "files stored or deflated in the zip file",
                    f"{entry.filename}, in another format",
                    "Save the arrays again with numpy.savez.",
                )
        members = ((entry.filename, _read_member(partial(archive.open, entry), entry.filename)) for entry in entries)
        return _join(members, name)


def _members_of_tar(file: IO[bytes], name: str) -> Iterator[tuple[str, dict[str, np.ndarray] | None]]:
    with open_tar(file) as archive:
        members = []
        for member in archive:
            members.append(member)
            _check_count(len(members), name)
        files = sorted((member for member in members if member.isreg()), key=lambda member: member.name)
        check_growth(name, length_of(file), sum(member.size for member in files))
        for member in files:
            if not is_hidden(member.name):
                yield member.name, _read_member(partial(archive.extractfile, member), member.name)


def _read_member(open_member: Callable[[], IO[bytes] | None], name: str) -> dict[str, np.ndarray] | None:
    """The arrays of a member of an archive; it is unpacked to a scratch file only if it has a known format."""
    with _said(name), scratch_file() as scratch:
        packed = open_member()
        assert packed  # only files are asked for
        with packed:
            start = packed.read(BEGINNING)
            if not start.startswith(_GZIP) and not _format_of(start, name):
                return None
            scratch.write(start)
            shutil.copyfileobj(packed, scratch)
        scratch.seek(0)
        return _read_gzip(scratch, name) if start.startswith(_GZIP) else _read_one(scratch, name)


def _check_count(count: int, name: str) -> None:
    if count > MOST_FILES:
        raise DatasetError(
            f"at most {MOST_FILES:,} files of arrays", f"{name} with more", "Choose the file or folder that holds them."
        )
