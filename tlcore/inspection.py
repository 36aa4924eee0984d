"""Reading all that is kept, to find what is not as it was written."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tlcore.datasets.dataset import IMAGES, Dataset, damaged_datasets, list_datasets
from tlcore.errors import StateError
from tlcore.runs.run import FINISHED
from tlcore.runs.store import open_store
from tlcore.runs.tables import open_engine
from tlcore.settings import settings
from tlcore.storage.caches import cache_folder
from tlcore.storage.folders import MANIFEST, damaged_files
from tlcore.training.features.kept import KIND, damaged_rows

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
    yield from _store()
    yield from _results()
    yield from _datasets()
    yield from _folders()
    yield from _features()
    yield from _run_files()


def _store() -> Iterator[Damage]:
    engine = open_engine(settings().store_address)
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        answer = connection.scalar(sa.text("PRAGMA quick_check"))
    if answer != "ok":
        yield Damage(str(settings().store_file), str(answer), "Stop the app and bring back a copy of this file.")


def _results() -> Iterator[Damage]:
    """What a run came to stands in the store twice: as its result, and as the event that reported it."""
    store = open_store()
    for run in store.runs(kind="train", states=[FINISHED]):
        reported = [event.payload for event in store.events(run.id, kind="evaluated")]
        later = {"verified": run.result.get("verified")}  # a check that was asked for since changes only this
        if reported and {**reported[-1], **later} != run.result:
            yield Damage(f"run {run.id}", "its result is not what it reported", "Train the run again.")


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
            yield Damage(_name(folder), f"changed: {', '.join(damaged)}", "It is made again when it is next needed.")


def _features() -> Iterator[Damage]:
    for folder in sorted(cache_folder(KIND).glob("[!.]*")):
        count = damaged_rows(folder)
        if count:
            yield Damage(_name(folder), f"{count} damaged rows", "They are computed again when they are next needed.")


def _run_files() -> Iterator[Damage]:
    for path in sorted((settings().home / "runs").glob("*/*")):
        if path.suffix in _ARCHIVES:
            problem = _archive_problem(path)
            if problem:
                yield Damage(_name(path), problem, "Train the run again: nothing else holds this.")


def _archive_problem(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            member = archive.testzip()
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        return f"cannot be read ({error})"
    return f"{member} is changed" if member else ""


def _name(path: Path) -> str:
    return path.relative_to(settings().home).as_posix()
