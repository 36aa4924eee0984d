"""Locks on files, which the operating system takes back from processes that die."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import portalocker

from tlcore.jobs import Monitor

_NOT_WAITING = portalocker.LockFlags.NON_BLOCKING
_POLL_SECONDS = 0.2


def try_lock(path: Path, shared: bool = False) -> IO[bytes] | None:
    """Lock a file if nobody else holds it; never waits.

    Args:
        path: the file that stands for what is locked; it and its folder are made if missing.
        shared: hold it together with others who share it; nobody can then hold it alone.

    Returns:
        What holds the lock until it is closed or its process ends; None if another one holds it, also one of this
        process.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab")
    flags = portalocker.LockFlags.SHARED if shared else portalocker.LockFlags.EXCLUSIVE
    try:
        portalocker.lock(file, flags | _NOT_WAITING)
    except portalocker.LockException:
        file.close()
        return None
    if not _is_in_place(file, path):
        file.close()  # whoever held the lock has removed the file: it keeps nobody apart any more
        return None
    return file


def _is_in_place(file: IO[bytes], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def release(lock: IO[bytes], path: Path) -> None:
    """Give back a lock that was held alone, and remove its file.

    Args:
        lock: as `try_lock` gave it.
        path: as `try_lock` took it.
    """
    with lock, suppress(OSError):  # Windows removes no file that is open
        path.unlink()


@contextmanager
def waiting_lock(path: Path, monitor: Monitor, what: str, shared: bool = False) -> Iterator[None]:
    """Hold a lock in the block, and wait for it before; unless it is shared, its file is removed afterwards.

    Args:
        path: as `try_lock` takes it.
        monitor: told what is being waited for, and asked, over and over.
        what: what to tell it.
        shared: as `try_lock` takes it.

    Raises:
        Stopped: if asked to stop while waiting.
    """
    while (lock := try_lock(path, shared)) is None:
        monitor.report(what, 0, 1)
        monitor.check()
        time.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        lock.close() if shared else release(lock, path)
