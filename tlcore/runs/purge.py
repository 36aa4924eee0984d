"""What deleted runs and killed processes leave; dispatchers remove it when they start."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tlcore.files import remove_folder
from tlcore.locks import release, try_lock
from tlcore.runs.run import locks_folder, runs_folder
from tlcore.runs.store import Store
from tlcore.settings import KEEP_DELETED

_LEFT = (".*.partial", ".*.removed")  # what `tlcore.files` calls things that are not whole


def purge(store: Store, keep: timedelta = KEEP_DELETED) -> list[str]:
    """Remove runs for good, with events and files, that were deleted a while ago; the others can be restored.

    Args:
        store: the store.
        keep: how long a deleted run can be restored.

    Returns:
        The ids of the runs that are gone.
    """
    limit = (datetime.now(UTC) - keep).isoformat(timespec="microseconds")
    gone = []
    for run in store.runs(deleted=True):
        lock = try_lock(run.lock_path) if run.deleted < limit else None
        if lock is None:
            continue  # its time is not over, or a worker that lost the run has not noticed it yet
        # Files first: where this is killed in between, the next purge finds the run again and ends the work.
        remove_folder(run.folder)
        store.purge_run(run.id)
        release(lock, run.lock_path)
        gone.append(run.id)
    return gone


def workers_lock() -> Path:
    """The file that all workers lock together while they execute a run, and that `sweep` locks alone."""
    return locks_folder() / "workers.lock"


def sweep() -> bool:
    """Remove what kills have left among the files of runs, unless a worker is busy in this home.

    A folder that the store does not know stays: two stores may share a home.

    Returns:
        Whether nobody was busy.
    """
    alone = try_lock(workers_lock())
    if alone is None:
        return False
    with alone:
        for pattern in _LEFT:
            for path in list(runs_folder().rglob(pattern)):
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)
        for path in set(locks_folder().glob("*.lock")) - {workers_lock()}:
            path.unlink(missing_ok=True)
    return True
