"""Folders that appear whole, are replaced whole, and know when they are damaged.

A folder that may be replaced is kept as versions, `name.1`, `name.2` …: each is filled under a temporary name and
appears by one rename, and the newest whole one counts. A manifest in it tells size and SHA-256 of each of its files.
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from tlcore.storage.files import beside, file_digest, flush_to_disk, remove_folder, write_json

MANIFEST = "complete.json"
_LARGE_BYTES = 64_000_000  # of a larger file only samples are read again when it is opened
_SAMPLES, _SAMPLE_BYTES = 64, 1 << 16
_UNREADABLE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)  # what a changed manifest leads to
_KEPT = 2  # versions: somebody may just be opening the one before the newest

logger = logging.getLogger(__name__)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Offer a temporary folder beside `path`; when the block ends well, it becomes `path`.

    Args:
        path: the folder to create; there may be none yet, or an empty one.

    Yields:
        The temporary folder to fill.

    Raises:
        OSError: if `path` holds something.
    """
    with temporary_folder(path) as temporary:
        yield temporary
        flush_folder(temporary)
        if path.is_dir():
            path.rmdir()
        temporary.rename(path)


@contextmanager
def new_version(path: Path) -> Iterator[Path]:
    """Offer a temporary folder; when the block ends well, it is the newest version of `path`.

    Args:
        path: the name without the number of a version.

    Yields:
        The temporary folder to fill.
    """
    with temporary_folder(path) as temporary:
        yield temporary
        write_manifest(temporary)
        flush_folder(temporary)
        number = max(_numbers(path), default=0) + 1
        while not rename_unless_taken(temporary, _version(path, number)):
            number += 1  # another process was faster
    numbers = sorted(_numbers(path))
    kept = [number for number in numbers if _has_all_files(_version(path, number))][-_KEPT:]
    for old in set(numbers) - set(kept):
        remove_folder(_version(path, old))
    remove_folder(path)  # where versions of this program before there were manifests kept it


def newest_version(path: Path) -> Path | None:
    """Find the newest version of a folder that has all its files, without reading them.

    Args:
        path: the name without the number of a version.

    Returns:
        The folder; None if there is none.
    """
    for number in sorted(_numbers(path), reverse=True):
        if _has_all_files(_version(path, number)):
            return _version(path, number)
    return path if path.is_dir() else None


def sound_version(path: Path) -> Path | None:
    """Find the newest version of a folder that is as it was written. A damaged one does not count from then on.

    Args:
        path: the name without the number of a version.

    Returns:
        The folder; None if there is none.
    """
    while (folder := newest_version(path)) and (damaged := _damaged_once(folder)):
        logger.warning("%s is damaged and not used any more: %s", folder, ", ".join(damaged))
        (folder / MANIFEST).unlink(missing_ok=True)
    return folder


def without_version(folder: Path) -> Path:
    """Take the number of a version off a folder's name.

    Args:
        folder: such as `prepared/LeNet5-32.2`.

    Returns:
        Such as `prepared/LeNet5-32`.
    """
    return folder.with_name(re.sub(r"\.\d+$", "", folder.name))


def remove_versions(path: Path) -> None:
    """Remove all versions of a folder.

    Args:
        path: the name without the number of a version.
    """
    for number in _numbers(path):
        remove_folder(_version(path, number))


def write_manifest(folder: Path) -> None:
    """Say in a folder what is in it, so that damage can be told.

    Args:
        folder: with all its files, and no folders within.
    """
    write_json(folder / MANIFEST, {path.name: _facts(path) for path in sorted(folder.iterdir())})


def _facts(path: Path) -> dict:
    size = path.stat().st_size
    sample = {"sample": _sample_digest(path)} if size > _LARGE_BYTES else {}
    return {"bytes": size, "sha256": file_digest(path), **sample}


def damaged_files(folder: Path, deep: bool = False, besides: Collection[str] = ()) -> list[str]:
    """Compare a folder with its manifest.

    Args:
        folder: any; one without a manifest is of an earlier version of this program, and believed.
        deep: read all of every file; otherwise only samples of large ones.
        besides: names of files that are not looked at.

    Returns:
        The names of files that are gone or changed; the manifest itself if it cannot be read.
    """
    if not (folder / MANIFEST).is_file():
        return []
    try:
        facts = _read_manifest(folder)
        return [name for name, fact in facts.items() if name not in besides and _is_damaged(folder / name, fact, deep)]
    except _UNREADABLE:
        return [MANIFEST]


def is_as_written(path: Path) -> bool:
    """Compare one file with the manifest of its folder.

    Args:
        path: the file.

    Returns:
        Whether the manifest has a file of this name and this content; without a manifest it is believed.
    """
    if not (path.parent / MANIFEST).is_file():
        return True
    try:
        return not _is_damaged(path, _read_manifest(path.parent)[path.name], deep=True)
    except _UNREADABLE:
        return False


def _is_damaged(path: Path, fact: dict, deep: bool) -> bool:
    if not path.is_file() or path.stat().st_size != fact["bytes"]:
        return True
    if fact["bytes"] > _LARGE_BYTES and not deep:
        return _sample_digest(path) != fact["sample"]
    return file_digest(path) != fact["sha256"]


def _damaged_once(folder: Path) -> tuple[str, ...]:
    manifest = folder / MANIFEST
    return _damaged(folder, manifest.stat().st_mtime_ns) if manifest.is_file() else ()


@functools.lru_cache(maxsize=256)
def _damaged(folder: Path, _written: int) -> tuple[str, ...]:
    """Reading once a process is enough: what changes under a running one is found by the next."""
    return tuple(damaged_files(folder))


def _sample_digest(path: Path) -> str:
    """SHA-256 of pieces spread evenly over a file, of all of a small one."""
    digest, size = hashlib.sha256(), path.stat().st_size
    step = max(_SAMPLE_BYTES, size // _SAMPLES)
    with path.open("rb") as file:
        for start in range(0, size, step):
            file.seek(start)
            digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()


def _has_all_files(folder: Path) -> bool:
    try:
        facts = _read_manifest(folder)
        return all((folder / name).stat().st_size == fact["bytes"] for name, fact in facts.items())
    except (OSError, *_UNREADABLE):
        return False


def _read_manifest(folder: Path) -> dict[str, dict]:
    return json.loads((folder / MANIFEST).read_text("utf-8"))


def _version(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def _numbers(path: Path) -> list[int]:
    """Numbers of the versions that are there."""
    pattern = re.compile(re.escape(path.name) + r"\.(\d+)")
    names = (entry.name for entry in path.parent.iterdir()) if path.parent.is_dir() else ()
    return [int(found[1]) for name in names if (found := pattern.fullmatch(name))]


def rename_unless_taken(source: Path, target: Path) -> bool:
    """Give a folder its name, if no other one has it. Windows and other systems refuse in different ways what is taken.

    Args:
        source: a folder.
        target: its name, in the same file system.

    Returns:
        Whether the name was free.
    """
    try:
        source.rename(target)
    except OSError:
        if target.exists():
            return False
        raise
    return True


def flush_folder(folder: Path) -> None:
    """Make sure that all files of a folder survive a loss of power.

    Args:
        folder: with all its files.
    """
    for file in folder.rglob("*"):
        if file.is_file():
            flush_to_disk(file)


@contextmanager
def temporary_folder(path: Path) -> Iterator[Path]:
    """Offer an empty folder that is gone when the block ends, unless it has got another name by then.

    Args:
        path: beside which it lies, and part of its name.

    Yields:
        The folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = beside(path)
    temporary.mkdir()
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
