"""What is done from time to time so that the home folder holds nothing that nobody needs."""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Sequence
from contextlib import suppress

from tlcore.access.asker import check_owner
from tlcore.access.folders import UPLOADS
from tlcore.datasets.dataset import dataset_ids
from tlcore.datasets.deleting import deleted_datasets, purge_dataset, purge_old_datasets
from tlcore.runs.budget import keep_within_limit
from tlcore.runs.purge import purge, remove_stale_locks
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import Store, open_store
from tlcore.settings import KEEP_DELETED, settings
from tlcore.storage.caches import remove_older_caches
from tlcore.storage.files import remove_abandoned
from tlcore.training.features.kept import remove_unused_features

_UPLOAD_SECONDS = 3600  # between an upload and the job that reads it


def end_lessons(store: Store) -> None:
    """Remove what is not kept of the pupils of lessons that are over.

    Args:
        store: the store.
    """
    # Late, as lessons, which know all that is to be removed, stand above runs.
    importlib.import_module("tlcore.lessons.expiry").remove_what_is_over(store)


def tidy(store: Store) -> None:
    """Remove what is deleted for good, what killed processes left, what nobody needs, and what is over the limit.

    Args:
        store: the store.
    """
    purge(store)
    purge_old_datasets()
    remove_abandoned(settings().home)
    remove_stale_locks()
    remove_older_caches()
    runs = store.runs(deleted=None)
    _remove_unused(runs)
    _remove_uploads(runs)
    keep_within_limit()


def purge_dataset_now(id: str) -> None:
    """Remove a deleted dataset for good, with all that only it used.

    Args:
        id: the dataset's id.
    """
    purge_dataset(id)
    _remove_unused(open_store().runs(deleted=None))


def _remove_unused(runs: Sequence[Run]) -> None:
    check_owner("tidies")  # what others may not see is not unused
    remove_unused_features([*dataset_ids(), *deleted_datasets()], [run.id for run in runs])


def _remove_uploads(runs: Sequence[Run]) -> None:
    """Remove files that came through a page; those of runs that have not finished can be read for a while."""
    plans = [run.plan for run in runs if run.state != FINISHED and not run.deleted]
    needed = json.dumps(plans, ensure_ascii=False)
    for path in (settings().home / UPLOADS).rglob("*"):
        with suppress(OSError):
            age = time.time() - path.stat().st_mtime
            if age < _UPLOAD_SECONDS:
                continue  # a form may just be being filled in
            if path.is_dir():
                path.rmdir()  # only an empty one goes
            elif age > KEEP_DELETED.total_seconds() or path.name not in needed:
                path.unlink()
