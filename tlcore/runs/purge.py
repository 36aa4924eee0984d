"""What deleted runs and killed processes leave; dispatchers remove it when they start."""

from __future__ import annotations

from datetime import timedelta

from tlcore.runs.run import Run, locks_folder
from tlcore.runs.store import Store
from tlcore.settings import KEEP_DELETED
from tlcore.storage.files import remove_folder
from tlcore.storage.locks import release, try_lock


def purge(store: Store, keep: timedelta = KEEP_DELETED) -> list[str]:
    """Remove runs for good, with events and files, that were deleted a while ago; the others can be restored.

    Args:
        store: the store.
        keep: how long a deleted run can be restored.

    Returns:
        The ids of the runs that are gone.
    """
    return [run.id for run in store.long_deleted(keep) if purge_run(store, run)]


def purge_run(store: Store, run: Run) -> bool:
    """Remove a deleted run for good, with events and files.

    Args:
        store: the store.
        run: deleted.

    Returns:
        Whether it is gone; not while a worker that lost it has not noticed that yet.
    """
    lock = try_lock(run.lock_path)
    if lock is None:
        return False
    # Files first: where this is killed in between, the next purge finds the run again and ends the work.
    remove_folder(run.folder)
    store.purge_run(run.id)
    release(lock, run.lock_path)
    return True


def remove_stale_locks() -> None:
    """Remove the locks of workers that were killed."""
    for path in locks_folder().glob("*.lock"):
        lock = try_lock(path)
        if lock is not None:
            release(lock, path)
