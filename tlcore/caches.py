"""Where things lie that can be computed again: features, and the feature parts that compute them.

Their keys say what was computed, and the folder's name says by which rules: whenever what is computed under a key
changes, `SCHEMA` goes up, and nothing that older versions kept is read any more.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tlcore.settings import settings

SCHEMA = 3
_FIRST = ("features", "converted")  # folders of schema 1, which lay in the home itself


def cache_folder(kind: str) -> Path:
    """Say where one kind of computed things is kept.

    Args:
        kind: such as "features".

    Returns:
        The folder, which may not be there yet.
    """
    return settings().home / f"cache-{SCHEMA}" / kind


def remove_older_caches() -> None:
    """Remove what earlier versions computed and nobody reads any more."""
    older = [settings().home / name for name in (*_FIRST, *(f"cache-{number}" for number in range(1, SCHEMA)))]
    for folder in older:
        shutil.rmtree(folder, ignore_errors=True)
