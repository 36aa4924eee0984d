"""Locks on files, which the operating system takes back from processes that die."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import portalocker

_NOT_WAITING = portalocker.LockFlags.NON_BLOCKING


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
    return file
