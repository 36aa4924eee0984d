"""Reading all that is kept, to find what is not as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tlcore.datasets.dataset import Dataset, damaged_datasets, list_datasets
from tlcore.datasets.places import IMAGES
from tlcore.errors import StateError
from tlcore.explain import explain
from tlcore.inference.networks.prepared import MODEL_FILE, OWN, PREPARED, read_card
from tlcore.runs.database.engine import open_engine
from tlcore.runs.run import FINISHED, Run, runs_folder
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.storage.caches import cache_folder
from tlcore.storage.files import archive_problem
from tlcore.storage.folders import MANIFEST, damaged_files
from tlcore.training.features.kept import KIND, count_damaged
from tlcore.training.results.evaluation import PREDICTIONS_FILE

_ARCHIVES = (".npz", ".keras")  # zip files, with a check sum for each member


@dataclass(frozen=True)
class Damage:
    """Something that is not as it was written.

    Args:
        what: where it lies, or what it is called.
        problem: how that shows.
        action: what becomes of it, or what the user can do.
    """

    what: str
    problem: str
    action: str


def inspect() -> Iterator[Damage]:
    """Read everything in the home folder; that takes as long as the disk needs.

    Yields:
        What is damaged.
    """
    for look in (_places, _store, _runs, _datasets, _folders, _features, _run_files):
        try:
            yield from look()
        except Exception as error:  # what is damaged so that it cannot be looked through
            explained = explain(error)
            yield Damage(look.__name__.strip("_").replace("_", " "), explained.received, explained.action)


def _places() -> Iterator[Damage]:
    """Folders of the home that are something else."""
    home = settings().home
    names = ("datasets", "runs", PREPARED, "logs", "locks", "uploads")
    for path in [*(home / name for name in names), *(home / "datasets").glob("[a-z0-9]*"), *(home / "runs").glob("*")]:
        if path.exists() and not path.is_dir():
            yield Damage(_name(path), "no folder", "Move it away. What it held is lost.")


def _store() -> Iterator[Damage]:
    engine = open_engine(settings().store_address)
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        answer = connection.scalar(sa.text("PRAGMA integrity_check"))
    if answer != "ok":
        yield Damage(str(settings().store_file), str(answer), "Stop the app and bring back a copy of this file.")


def _runs() -> Iterator[Damage]:
    """Each run that the store knows, with its events and files."""
    store = open_store()
    runs = store.runs(deleted=None)
    for run in runs:
        try:
            reported = [event.payload for event in store.events(run.id) if event.kind == "evaluated"]
        except (ValueError, LookupError, TypeError) as error:
            yield Damage(f"run {run.id}", f"what it reported cannot be read ({error})", "Train the run again.")
            continue
        if run.kind == "train" and run.state == FINISHED:
            yield from _finished(run, reported)
    known = {run.id for run in runs}
    for folder in sorted(runs_folder().glob("[!.]*")):
        if folder.name not in known:
            yield Damage(_name(folder), "no run of this id is in the store", "Bring back the store, or delete it.")


def _finished(run: Run, reported: list[dict]) -> Iterator[Damage]:
    later = {"verified": run.result.get("verified")}  # a check that was asked for since changes only this
    if reported and {**reported[-1], **later} != run.result:
        yield Damage(f"run {run.id}", "its result is not what it reported", "Train the run again.")
    if not (run.folder / PREDICTIONS_FILE).is_file():
        yield Damage(f"run {run.id}", f"{PREDICTIONS_FILE} is gone", "Train the run again: nothing else holds this.")
    if not (run.folder / MODEL_FILE).is_file() and read_card(run.folder / PREPARED) is None:
        yield Damage(f"run {run.id}", "its network is gone", "Train the run again: nothing else holds this.")


def _datasets() -> Iterator[Damage]:
    for id, error in damaged_datasets().items():
        yield Damage(f"dataset {id}", error.received, error.action)
    for dataset in list_datasets():
        damaged = [dataset.names[index] for index in range(len(dataset)) if not _is_readable(dataset, index)]
        if damaged:
            few = ", ".join(damaged[:5]) + (" …" if len(damaged) > 5 else "")
            action = "Remove them in a new version, or delete the dataset and import it again."
            yield Damage(f"dataset {dataset.id}", f"{len(damaged)} damaged images: {few}", action)


def _is_readable(dataset: Dataset, index: int) -> bool:
    try:
        dataset.image_bytes(index)
    except StateError:
        return False
    return True


def _folders() -> Iterator[Damage]:
    for manifest in sorted(settings().home.rglob(MANIFEST)):
        folder = manifest.parent
        is_dataset = (folder / IMAGES).is_file()
        damaged = [] if is_dataset else damaged_files(folder, deep=True)
        if damaged:
            is_head = (folder.parent / PREDICTIONS_FILE).is_file() and not (folder.parent / MODEL_FILE).is_file()
            action = "Train the run again: nothing else holds this." if is_head else "It is made again when needed."
            if folder.name.startswith(OWN):
                action = "Prepare it again from its file."
            yield Damage(_name(folder), f"changed: {', '.join(damaged)}", action)


def _features() -> Iterator[Damage]:
    for folder in sorted(cache_folder(KIND).glob("[!.]*")):
        count = count_damaged(folder)
        if count:
            yield Damage(_name(folder), f"{count} damaged rows", "They are computed again when they are next needed.")


def _run_files() -> Iterator[Damage]:
    for path in sorted(runs_folder().rglob("[!.]*")):
        has_digests = (path.parent / MANIFEST).is_file()  # they were compared already
        if path.suffix in _ARCHIVES and path.is_file() and not has_digests:
            problem = archive_problem(path)
            if problem:
                yield Damage(_name(path), problem, "Train the run again: nothing else holds this.")


def _name(path: Path) -> str:
    return path.relative_to(settings().home).as_posix()
