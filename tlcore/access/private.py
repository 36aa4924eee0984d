"""What only its owner may read: the home folder, the store, the codes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from tlcore.settings import settings

_FOLDER, _FILE = 0o700, 0o600


def private_home() -> Path:
    """The home folder; made if it is missing, and closed to all other accounts of the machine."""
    home = settings().home
    home.mkdir(_FOLDER, parents=True, exist_ok=True)
    _close(home, _FOLDER)
    return home


def private_file(path: Path) -> None:
    """Close a file to all other accounts of the machine; it is made if it is missing.

    Args:
        path: the file, in a folder that exists.
    """
    path.touch(_FILE)
    _close(path, _FILE)


def _close(path: Path, mode: int) -> None:
    # Windows has other rights, and a home that another account owns is theirs to close.
    if os.name != "nt" and path.stat().st_mode & 0o777 != mode:
        with suppress(PermissionError):
            path.chmod(mode)
