"""Fetching files: resumable, checked, with progress in bytes, or saying what to do without a network."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from pathlib import Path

from tlcore.errors import MissingError
from tlcore.jobs import Monitor
from tlcore.settings import settings
from tlcore.storage.locks import waiting_lock

_PIECE = 1 << 18
_TIMEOUT_SECONDS = 30
_ALGORITHMS = {32: "md5", 64: "sha256", 128: "sha512"}  # by the hexadecimal digits of their digests


def fetch(
    address: str,
    path: Path,
    digest: str | None,
    monitor: Monitor,
) -> Path:
    """Make sure that a file is on this machine; an interrupted download goes on where it ended.

    Of several that want the same file at once, one downloads it and the others wait for it.

    Args:
        address: where it can be downloaded.
        path: where it belongs.
        digest: its MD5, or SHA-256 if it has 64 digits, or SHA-512 if 128; None or "" where its publisher gives none.
        monitor: told of progress in bytes, and asked between pieces; what has arrived is kept.

    Returns:
        `path`, which now exists.

    Raises:
        MissingError: if it is missing and cannot be downloaded, or is not the file it should be.
        Stopped: if asked to.
    """
    if path.is_file():
        return _checked(path, digest, f"{path}, which is a different file or damaged")
    if settings().offline:
        raise MissingError(
            f"the file {path.name}", "none, and this machine is set to work offline", _by_hand(address, path)
        )
    lock_path = path.with_name(f".{path.name}.lock")
    with waiting_lock(lock_path, monitor, f"Waiting for another download of {path.name}"):
        if not path.is_file():
            return _fetch_alone(address, path, digest, monitor)
    return _checked(path, digest, f"{path}, which is a different file or damaged")


def _by_hand(address: str, path: Path) -> str:
    """Say what to do where a file cannot be downloaded.

    Args:
        address: where another machine can download it.
        path: where it belongs.

    Returns:
        A sentence.
    """
    return f"Put the file {path.name} from {address} into the folder {path.parent}."


def _fetch_alone(address: str, path: Path, digest: str | None, monitor: Monitor) -> Path:
    partial = path.with_name(f".{path.name}.partial")
    try:
        _download(address, partial, path.name, monitor)
    except OSError as error:
        received = f"none, and the download failed ({error})"
        way_out = f"Try again to resume. Or: {_by_hand(address, path)}"
        raise MissingError(f"the file {path.name}", received, way_out) from error
    try:
        return _checked(partial, digest, f"another file from {address}").replace(path)
    except MissingError:
        partial.unlink()
        raise


def _download(address: str, partial: Path, name: str, monitor: Monitor) -> None:
    have = partial.stat().st_size if partial.exists() else 0
    request = urllib.request.Request(address, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        answer = urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        if error.code == 416 and error.headers.get("Content-Range") == f"bytes */{have}":
            return  # everything had arrived before the interruption
        partial.unlink(missing_ok=True)  # so that another attempt begins anew
        raise
    with answer:
        goes_on = answer.status == 206
        have = have if goes_on else 0
        total = have + int(answer.headers.get("Content-Length") or 0)
        with partial.open("ab" if goes_on else "wb") as file:
            while piece := answer.read1(_PIECE):  # what has arrived, so that a slow server keeps nobody from stopping
                file.write(piece)
                have += len(piece)
                monitor.report(f"Downloading {name}", have, total)
                monitor.check()
        if total and have != total:
            raise OSError(f"only {have:,} of {total:,} bytes arrived")


def _checked(path: Path, digest: str | None, received: str) -> Path:
    if digest:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, _ALGORITHMS[len(digest)]).hexdigest()
        if found != digest:
            expected = f"the file {path.name.strip('.')} with the digest {digest[:12]}…"
            raise MissingError(expected, received, "Delete it and try again.")
    return path
