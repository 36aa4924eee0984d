"""Fetching published weights: resumable, checked, with progress in bytes. [TF]

Keras' own download begins anew after every interruption and leaves half a file under the final name when its process
is killed. Here Keras only says what to fetch: file name, address and digest.
"""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from keras.src.utils import file_utils

from tlcore.errors import MissingError, Stopped
from tlcore.settings import settings

_PIECE = 1 << 18
_TIMEOUT_SECONDS = 30


@contextmanager
def resumable_downloads(emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> Iterator[None]:
    """Let Keras Applications fetch its weights through `fetch` inside the block.

    Args:
        emit: takes progress reports in bytes.
        should_stop: asked between pieces.
    """

    def get_file(fname: str, origin: str, cache_subdir: str = "models", file_hash: str | None = None) -> str:
        return str(fetch(origin, settings().keras_home / cache_subdir / fname, file_hash, emit, should_stop))

    original = file_utils.get_file
    file_utils.get_file = get_file
    try:
        yield
    finally:
        file_utils.get_file = original


def fetch(
    address: str,
    path: Path,
    digest: str | None,
    emit: Callable[[dict], None],
    should_stop: Callable[[], bool] = lambda: False,
) -> Path:
    """Make sure that a file is on this machine; an interrupted download goes on where it ended.

    Args:
        address: where it can be downloaded.
        path: where it belongs. An existing file is taken as it is.
        digest: its MD5, or SHA-256 if it has 64 digits; None where its publisher gives none.
        emit: takes progress reports in bytes.
        should_stop: asked between pieces; what has arrived is kept.

    Returns:
        `path`, which now exists.

    Raises:
        MissingError: if it cannot be downloaded, or what arrived is not the file it should be.
        Stopped: if asked to.
    """
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        _download(address, partial, path.name, emit, should_stop)
    except OSError as error:
        raise MissingError(
            f"the weights file {path.name} in the folder {path.parent}",
            f"none, and the download ended ({error})",
            f"Try again: it goes on where it ended. Or copy the file from {address} into that folder.",
        ) from error
    if digest and _digest(partial, digest) != digest:
        partial.unlink()
        raise MissingError(
            f"the file {path.name} with the digest {digest[:12]}…", f"another file from {address}", "Try again later."
        )
    partial.replace(path)
    return path


def _download(
    address: str, partial: Path, name: str, emit: Callable[[dict], None], should_stop: Callable[[], bool]
) -> None:
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
            while piece := answer.read(_PIECE):
                file.write(piece)
                have += len(piece)
                emit({"kind": "progress", "what": f"Downloading {name}", "done": have, "total": total, "unit": "bytes"})
                if should_stop():
                    raise Stopped
        if total and have != total:
            raise OSError(f"{have:,} of {total:,} bytes arrived")


def _digest(path: Path, like: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256" if len(like) == 64 else "md5").hexdigest()
