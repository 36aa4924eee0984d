"""Deleted runs can be restored for a while; this removes those whose time is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tlcore.runs.store import Store
from tlcore.settings import KEEP_DELETED
from tlcore.storage.files import remove_folder


def purge(store: Store, keep: timedelta = KEEP_DELETED) -> list[str]:
    """Remove runs for good, with events and files, that were deleted a while ago. Dispatchers do so when they start.

    Args:
        store: the store.
        keep: how long a deleted run can be restored.

    Returns:
        The ids of the runs that are gone.
    """
    limit = (datetime.now(UTC) - keep).isoformat(timespec="microseconds")
    old = [run for run in store.runs(deleted=True) if run.deleted < limit]
    for run in old:
        # Files first: where this is killed in between, the next purge finds the run again and ends the work.
        remove_folder(run.folder)
        store.purge_run(run.id)
    return [run.id for run in old]
