"""A deleted dataset can be restored for a while: it is marked, then removed when its time is over.

It is not renamed: on Windows no folder can be while a process has its images in memory.
"""

from __future__ import annotations

import time
from contextlib import suppress

from tlcore.access.asker import check_change
from tlcore.datasets.dataset import dataset_ids
from tlcore.datasets.places import DELETED, datasets_folder, maker_of, only_readable
from tlcore.errors import NotFoundError
from tlcore.settings import KEEP_DELETED
from tlcore.storage.files import remove_folder

_EARLIER = ".deleted-"  # what earlier versions put before the name of a deleted dataset's folder


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
    (datasets_folder() / id / DELETED).touch()


def deleted_datasets() -> list[str]:
    """Ids of the datasets that can be restored and that the asker may see."""
    for earlier in datasets_folder().glob(f"{_EARLIER}*"):
        (earlier / DELETED).touch()
        with suppress(OSError):  # imported again since
            earlier.rename(datasets_folder() / earlier.name.removeprefix(_EARLIER))
    return only_readable(sorted(path.parent.name for path in datasets_folder().glob(f"[a-z0-9]*/{DELETED}")))


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
    (datasets_folder() / id / DELETED).unlink(missing_ok=True)


def purge_dataset(id: str) -> None:
    """Remove a deleted dataset and its images for good; nothing happens if there is none.

    Args:
        id: the dataset's id.
    """
    if id in deleted_datasets():
        remove_folder(datasets_folder() / id)


def purge_old_datasets() -> None:
    """Remove the datasets for good that were deleted longer ago than deleted things are kept."""
    limit = time.time() - KEEP_DELETED.total_seconds()
    for id in deleted_datasets():
        if (datasets_folder() / id / DELETED).stat().st_mtime < limit:
            purge_dataset(id)
