"""Files that are either wholly there or not at all, whatever is killed in between."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


def _flush_to_disk(path: Path) -> None:
    with path.open("r+b") as file:  # Windows flushes no handle that was opened for reading
        os.fsync(file.fileno())


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Offer a temporary name beside `path`; when the block ends well, it becomes `path`.

    Args:
        path: the file to create or replace; its folder is made if missing.

    Yields:
        The temporary path to write to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.partial")
    try:
        yield temporary
        _flush_to_disk(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Offer a temporary folder beside `path`; when the block ends well, it becomes `path`.

    Args:
        path: the folder to create. An existing one is replaced.

    Yields:
        The temporary folder to fill.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.partial")
    temporary.mkdir()
    try:
        yield temporary
        for file in temporary.rglob("*"):
            if file.is_file():
                _flush_to_disk(file)
        remove_folder(path)
        temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


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
        otherwise: what to return where there is no such file.

    Returns:
        The value.
    """
    return json.loads(path.read_text("utf-8")) if path.is_file() else otherwise
