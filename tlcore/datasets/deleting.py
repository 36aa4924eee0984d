"""A deleted dataset can be restored for a while: its folder is renamed, then removed when its time is over."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

from tlcore.access.asker import check_change
from tlcore.datasets.dataset import MANIFEST, dataset_ids, datasets_folder
from tlcore.errors import NotFoundError
from tlcore.files import remove_folder
from tlcore.settings import KEEP_DELETED

_PREFIX = ".deleted-"


def maker_of(id: str) -> str:
    """Who brought a dataset, which may be deleted or damaged.

    Args:
        id: the dataset's id.

    Returns:
        Id of the visitor; "" for the owner of the machine, also where nothing says who it was.
    """
    for folder in (datasets_folder() / id, _aside(id)):
        try:
            return str(json.loads((folder / MANIFEST).read_text("utf-8"))["source"].get("visitor", ""))
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            continue
    return ""


def delete_dataset(id: str) -> None:
    """Put a dataset aside, out of all lists; `restore_dataset` brings it back until it is purged.

    Args:
        id: the dataset's id.

    Raises:
        NotFoundError: if there is none of that id.
        AccessError: if it belongs to somebody else.
    """
    if id not in dataset_ids():
        raise NotFoundError("dataset", id, dataset_ids())
    check_change(maker_of(id), f"dataset {id}")
    purge_dataset(id)  # deleted before and imported again: the same images
    folder = datasets_folder() / id
    os.utime(folder)  # its time begins now; before the rename, so that a kill in between cannot cut it short
    folder.rename(_aside(id))


def deleted_datasets() -> list[str]:
    """Ids of the datasets that can be restored."""
    return sorted(path.name.removeprefix(_PREFIX) for path in datasets_folder().glob(f"{_PREFIX}*"))


def restore_dataset(id: str) -> None:
    """Bring a deleted dataset back.

    Args:
        id: the dataset's id.

    Raises:
        NotFoundError: if no such dataset was deleted, or it was purged.
        AccessError: if it belongs to somebody else.
    """
    if id not in deleted_datasets():
        raise NotFoundError("deleted dataset", id, deleted_datasets())
    check_change(maker_of(id), f"dataset {id}")
    if id in dataset_ids():
        purge_dataset(id)  # imported again in the meantime, it is back already
    else:
        _aside(id).rename(datasets_folder() / id)


def purge_dataset(id: str) -> None:
    """Remove a deleted dataset and its images for good; nothing happens if there is none.

    Args:
        id: the dataset's id.
    """
    if id in deleted_datasets():
        remove_folder(_aside(id))


def purge_old_datasets() -> None:
    """Remove the datasets for good that were deleted longer ago than deleted things are kept."""
    limit = time.time() - KEEP_DELETED.total_seconds()
    for path in datasets_folder().glob(f".{_PREFIX}*"):  # what a kill has left of a removal
        shutil.rmtree(path, ignore_errors=True)
    for id in deleted_datasets():
        if _aside(id).stat().st_mtime < limit:
            purge_dataset(id)


def _aside(id: str) -> Path:
    return datasets_folder() / f"{_PREFIX}{id}"
