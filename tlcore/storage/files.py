"""Files that are either wholly there or not at all, whatever is killed in between."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import time
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from tlcore.storage.processes import describe, this_process

logger = logging.getLogger(__name__)

_ENDING = re.compile(r"\.(?P<machine>[0-9a-f]{8})~(?P<number>\d+)~(?P<birth>[0-9a-f]{8})~[0-9a-f]{8}\.partial$")
_STALE_SECONDS = 24 * 3600


def flush_to_disk(path: Path) -> None:
    """Make sure that what was written to a file survives a loss of power.

    Args:
        path: an existing file.
    """
    with path.open("r+b") as file:  # Windows flushes no handle that was opened for reading
        os.fsync(file.fileno())


def beside(path: Path) -> Path:
    """Make up the name of a temporary file or folder beside another one.

    Args:
        path: what it will become.

    Returns:
        A name that is in no list and says which process it belongs to, so that `is_abandoned` can tell.
    """
    mine = this_process()
    owner = f"{_short_digest(mine.host)}~{mine.pid}~{_short_digest(mine.born)}"
    return path.with_name(f".{path.name}.{owner}~{uuid.uuid4().hex[:8]}.partial")


def is_abandoned(path: Path) -> bool:
    """Tell whether something temporary belongs to nobody any more.

    Args:
        path: of any name.

    Returns:
        True if `beside` named it for a process of this machine that has ended, or earlier versions a day ago.
    """
    found = _ENDING.search(path.name)
    if found and found["machine"] == _short_digest(this_process().host):
        try:
            owner = describe(int(found["number"]))
            return _short_digest(owner.born) != found["birth"] or not owner.is_alive
        except (psutil.NoSuchProcess, OSError):
            return True
    return not found and path.name.endswith(".partial") and time.time() - path.stat().st_mtime > _STALE_SECONDS


def _short_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Offer a temporary name beside `path`; when the block ends well, it becomes `path`.

    Args:
        path: the file to create or replace; its folder is made if missing.

    Yields:
        The temporary path to write to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = beside(path)
    try:
        yield temporary
        flush_to_disk(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def remove_folder(path: Path) -> None:
    """Remove a folder that nobody may find half there: it is renamed first, whatever is killed in between.

    Args:
        path: the folder; nothing happens if there is none. Where a removal was cut short, the next one ends it.
    """
    aside = path.with_name(f".{path.name}.removed")
    shutil.rmtree(aside, ignore_errors=True)
    with suppress(OSError):
        path.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


def remove_abandoned(folder: Path) -> int:
    """Remove what killed processes have left half-written or half-removed.

    Args:
        folder: all of it is searched.

    Returns:
        How many files and folders are gone.
    """
    removed = 0
    for path in [*folder.rglob(".*.partial"), *folder.rglob(".*.removed")]:
        with suppress(OSError):
            if path.suffix == ".removed" or is_abandoned(path):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                removed += 1
    return removed


def write_json(path: Path, value: object) -> None:
    """Write a value as JSON, all or nothing.

    Args:
        path: the file to create or replace.
        value: anything that `json.dumps` takes.
    """
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(value, indent=1), encoding="utf-8")


def file_digest(path: Path) -> str:
    """SHA-256 of a file's content.

    Args:
        path: an existing file.

    Returns:
        64 hexadecimal digits.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(path: Path, otherwise: Any) -> Any:
    """Read a value that `write_json` wrote.

    Args:
        path: the file.
        otherwise: what to return where there is no such file, or a damaged one.

    Returns:
        The value.
    """
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return otherwise
    except (ValueError, RecursionError):  # the latter is what thousands of brackets lead to
        logger.warning("%s is damaged and is not used", path)
        return otherwise


def bytes_of(path: Path) -> int:
    """Bytes that a file, or the files of a folder, take.

    Args:
        path: any; one that is not there takes none.
    """
    within = (Path(parent, name) for parent, _, names in os.walk(path) for name in names)
    total = 0
    for file in [path] if path.is_file() else within:
        with suppress(OSError):  # gone in this moment
            status = file.lstat()
            # A file with gaps takes less than its length; not every system tells how much.
            total += min(status.st_size, getattr(status, "st_blocks", status.st_size) * 512)
    return total


def archive_problem(path: Path) -> str:
    """Read all members of a zip file, such as .npz and .keras files are, and compare each with its check sum.

    Args:
        path: an existing file.

    Returns:
        What is wrong with it; "" if nothing is.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            member = archive.testzip()
    # The last says that the file names a way of packing that there is not.
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        return f"cannot be read ({error})"
    return f"{member} is changed" if member else ""
