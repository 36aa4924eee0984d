"""Where things lie that can be computed again: features, and the feature parts that compute them.

Their keys say what was computed, and the folder's name says by which rules: whenever what is computed under a key
changes, `SCHEMA` goes up, and nothing that older versions kept is read any more.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from tlcore.settings import settings
from tlcore.storage.files import remove_folder
from tlcore.storage.locks import try_lock

SCHEMA = 4
USED = ".used"  # in each folder of the cache: locked by its users, and as old as its last use
_PAUSE_SECONDS = 0.01
_FIRST = ("features", "converted")  # folders of schema 1, which lay in the home itself


def cache_folder(kind: str) -> Path:
    """Say where one kind of computed things is kept.

    Args:
        kind: such as "features".

    Returns:
        The folder, which may not be there yet.
    """
    return settings().caches_folder / f"cache-{SCHEMA}" / kind


def in_use(folder: Path) -> IO[bytes]:
    """Keep something in the cache while it is used, and note when that was.

    Args:
        folder: one thing that can be computed again; it is made if missing.

    Returns:
        What keeps it, until it is closed, collected or its process ends; any number of users share it.
    """
    while True:
        with suppress(FileNotFoundError):  # somebody else removes it in this moment
            held = try_lock(folder / USED, shared=True)
            if held:
                os.utime(folder / USED)
                return held
        time.sleep(_PAUSE_SECONDS)


def remove_unless_used(folder: Path) -> bool:
    """Remove something from the cache if nobody uses it.

    Args:
        folder: as `in_use` takes it.

    Returns:
        Whether it is gone.
    """
    held = try_lock(folder / USED)
    if held is None:
        return False
    if os.name == "nt":
        held.close()  # Windows renames no folder in which a file is open
    remove_folder(folder)
    held.close()
    return not folder.exists()


def remove_older_caches() -> None:
    """Remove what earlier versions computed and nobody reads any more."""
    older = [settings().home / name for name in (*_FIRST, *(f"cache-{number}" for number in range(1, SCHEMA)))]
    for folder in older:
        shutil.rmtree(folder, ignore_errors=True)
