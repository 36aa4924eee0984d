"""How much of a shared machine one visitor may take; its owner may take all of it."""

from __future__ import annotations

from tlcore.access.asker import asker, check_known
from tlcore.access.folders import uploads_folder
from tlcore.datasets.dataset import dataset_ids
from tlcore.datasets.deleting import deleted_datasets
from tlcore.datasets.places import datasets_folder, maker_of
from tlcore.errors import AccessError
from tlcore.inference.own.kept import own_bytes_of
from tlcore.runs.run import ACTIVE, QUEUED
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.storage.files import bytes_of


def check_share(runs: int = 1) -> None:
    """Refuse further runs of a visitor who has many already, or whose things take much disk space.

    Args:
        runs: how many are to be queued.

    Raises:
        AccessError: if a limit is reached, or nobody knows who asks.
    """
    check_known()
    if asker().is_owner:
        return
    own = [run for run in open_store().runs(states=[QUEUED, *ACTIVE]) if run.visitor == asker().id]
    most = settings().visitor_runs
    if len(own) + runs > most:
        raise AccessError(
            f"at most {most} runs of yours that wait or are in progress",
            f"{len(own)} and {runs} more",
            "Wait until some have ended, or stop some.",
        )
    used, room = _used_bytes(), settings().visitor_bytes
    if used >= room:
        raise AccessError(
            f"datasets and runs of yours that take at most {room / 1e9:.1f} GB",
            f"{used / 1e9:.1f} GB",
            "Ask the owner of this machine for more room, or to remove some for good.",
        )


def _used_bytes() -> int:
    """What the datasets, runs and uploads of the asker take; deleted ones do so until they are purged."""
    id, store = asker().id, open_store()
    runs = [run.folder for run in store.runs(deleted=None) if run.visitor == id]
    kept = [*dataset_ids(), *deleted_datasets()]
    datasets = [datasets_folder() / each for each in kept if maker_of(each) == id]
    return sum(map(bytes_of, [*runs, *datasets, *own_bytes_of(id), uploads_folder()]))
