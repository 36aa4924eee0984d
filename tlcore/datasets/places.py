"""Where datasets lie, who brought each, and who may see it."""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from tlcore.access.asker import asker
from tlcore.access.private import private_home

MANIFEST, INDEX, IMAGES = "manifest.json", "index.npz", "images.bin"
DELETED = ".deleted"  # a file in the folder of a dataset that was put aside


def datasets_folder() -> Path:
    """The folder that holds one folder for each dataset; made if it is missing."""
    folder = private_home() / "datasets"
    folder.mkdir(exist_ok=True)
    return folder


def maker_of(id: str) -> str:
    """Who brought a dataset, which may be deleted or damaged.

    Args:
        id: the dataset's id.

    Returns:
        Id of the visitor; "" for the owner of the machine, also where nothing says who it was.
    """
    return origin_of(id)[0]


def origin_of(id: str) -> tuple[str, str]:
    """Who brought a dataset, which may be deleted or damaged, and when.

    Args:
        id: the dataset's id.

    Returns:
        Id of the visitor, "" for the owner of the machine; UTC, ISO 8601. Both are "" where nothing says it.
    """
    manifest = datasets_folder() / id / MANIFEST
    return _origin(manifest, manifest.stat().st_mtime_ns) if manifest.is_file() else ("", "")


@functools.lru_cache(maxsize=1000)
def _origin(manifest: Path, _written: int) -> tuple[str, str]:
    try:
        found = json.loads(manifest.read_text("utf-8"))
        return str(found["source"].get("visitor", "")), str(found["created"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return "", ""


def only_readable(ids: Iterable[str]) -> list[str]:
    """Leave out the datasets that the asker may not see.

    Those are what pupils of a lesson made, for all but themselves and the owner of the machine; and for all visitors
    what holds an image by which a lesson tests networks, unless they brought it themselves.

    Args:
        ids: of datasets, in any order.

    Returns:
        The others, in the same order.
    """
    visitor = asker()
    if visitor.is_owner:
        return list(ids)
    # Late, as the store, which knows the lessons, stands above datasets.
    readers = importlib.import_module("tlcore.runs.database.readers")
    private, hidden, learned = readers.private_makers(), readers.hidden_tests(), readers.lesson_datasets()

    def is_readable(id: str) -> bool:
        maker = maker_of(id)
        if visitor.id and maker == visitor.id:
            return True
        if maker in private:
            return False
        return id in learned or not any(_share_images(id, test) for test in hidden)

    return [id for id in ids if is_readable(id)]


def _share_images(id: str, test: str) -> bool:
    """Whether a dataset has an image of a hidden test; as long as that is there, what cannot be read counts as such."""
    folder = datasets_folder() / id
    if not (folder.with_name(test) / INDEX).is_file():
        return False
    try:
        return not _digests(folder).isdisjoint(_digests(folder.with_name(test)))
    except Exception:  # damage shows in whatever way the readers of archives and arrays stumble over it
        return True


@functools.lru_cache(maxsize=64)
def _digests(folder: Path) -> frozenset[bytes]:
    """Those of a dataset's images; its name belongs to what it holds, so they never change."""
    with np.load(folder / INDEX, allow_pickle=False) as index:
        return frozenset(row.tobytes() for row in index["digests"])
