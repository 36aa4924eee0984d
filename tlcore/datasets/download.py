"""Fetch one file, with progress, checked, or say what to do without a network."""

from __future__ import annotations

import hashlib
import logging
import urllib.request
import uuid
from pathlib import Path

from tlcore.datasets.source import Emit
from tlcore.errors import MissingError
from tlcore.settings import settings

logger = logging.getLogger(__name__)

PIECE = 1 << 20
TIMEOUT_SECONDS = 30


def fetch(address: str, path: Path, digest: str, emit: Emit) -> Path:
    """Make sure that a file is on this machine.

    Args:
        address: where it can be downloaded.
        path: where it belongs.
        digest: its SHA-256 in hex; empty if its publisher gives none.
        emit: gets progress in bytes.

    Returns:
        `path`, which now exists.

    Raises:
        MissingError: if it is missing and cannot be downloaded, or is not the file it should be.
    """
    if path.is_file():
        return _checked(path, digest, f"{path}, which is another file or damaged")
    way_out = f"Put the file {path.name} from {address} into the folder {path.parent}."
    if settings().offline:
        raise MissingError(f"the file {path.name}", "none, and this machine works offline", way_out)
    partial = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _download(address, partial, emit)
        _checked(partial, digest, f"another file from {address}")
        partial.rename(path)
    except OSError as error:
        logger.info("%s: %s", address, error)
        raise MissingError(f"the file {path.name}", f"none, and the download failed ({error})", way_out) from error
    finally:
        partial.unlink(missing_ok=True)
    return path


def _download(address: str, path: Path, emit: Emit) -> None:
    with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer, path.open("wb") as file:
        total = int(answer.headers.get("Content-Length") or 0)
        while piece := answer.read(PIECE):
            file.write(piece)
            what = f"Downloading {address.rsplit('/', 1)[-1]}"
            emit({"kind": "progress", "done": file.tell(), "total": total, "what": what})
        if total and file.tell() != total:
            raise OSError(f"{file.tell():,} of {total:,} bytes arrived")


def _checked(path: Path, digest: str, received: str) -> Path:
    if digest:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise MissingError(
                    f"the file {path.name} with SHA-256 {digest[:12]}…", received, "Remove it and try again."
                )
    return path
