"""The end of a lesson: what pupils made is removed for good, files too, unless the teacher keeps it.

Each step can be done again, and that the lesson is removed is noted last of all: where this is killed, the next call
goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta

from tlcore.access.asker import check_owner
from tlcore.access.folders import UPLOADS
from tlcore.datasets.dataset import dataset_ids, open_dataset
from tlcore.datasets.deleting import deleted_datasets, purge_dataset
from tlcore.datasets.places import DELETED, datasets_folder, origin_of
from tlcore.datasets.versions import MADE_FOR
from tlcore.errors import NotFoundError, StateError
from tlcore.lessons import book
from tlcore.lessons.hidden import LESSONS
from tlcore.lessons.lesson import EVERYTHING, NETWORKS, NOTHING, Lesson
from tlcore.lessons.results import result_rows
from tlcore.runs.database.tables import Moment
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.purge import purge_run
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import Store
from tlcore.settings import settings
from tlcore.storage.files import remove_folder
from tlcore.training.features.kept import remove_unused_features
from tlcore.training.results.trained_features import FEATURES_FILE

logger = logging.getLogger(__name__)

STAYS = {
    NOTHING: (
        "The photos, runs and names of the pupils are removed for good. What stays are figures without names, and "
        "what somebody downloaded."
    ),
    NETWORKS: (
        "The photos of the pupils are removed for good, with all that was computed of each photo. Their networks stay: "
        "a trained head is a list of weights with no picture in it, but it was fitted to the photos, and the stored "
        "answers say how sure it was about each."
    ),
    EVERYTHING: "Everything stays, also the photos of the pupils, until you remove it.",
}

_CLOCKS = timedelta(seconds=5)  # by which those of machines that share a home may differ


def wake_dispatcher() -> None:
    """Start what removes things, if a lesson is over and nothing else has started it."""
    if _due(book.all_lessons()):
        ensure_dispatcher()


def _due(lessons: Collection[Lesson]) -> list[Lesson]:
    return [lesson for lesson in lessons if lesson.is_over and not lesson.removed and lesson.keep != EVERYTHING]


def remove_what_is_over(store: Store) -> list[str]:
    """Remove what is not kept of all lessons that are over.

    Args:
        store: the store.

    Returns:
        Ids of the lessons of which all that had to go is gone now; what is still in use goes next time.

    Raises:
        AccessError: if the asker is not the owner of the machine.
    """
    check_owner("removes what pupils made")
    lessons = book.all_lessons()
    return [lesson.id for lesson in _due(lessons) if _remove(lesson, [*lessons], store)]


def _remove(lesson: Lesson, lessons: Collection[Lesson], store: Store) -> bool:
    book.end(lesson.id)
    is_all = lesson.keep == NOTHING
    if is_all and not lesson.results:
        book.change(lesson.id, results=_last_results(lesson))
    visitors = _visitors(lesson, lessons)
    runs = [run for run in store.runs(deleted=None) if _goes(run, lesson, visitors, is_all)]
    if [run for run in runs if not _remove_run(run, store)]:
        return False  # nothing is taken from under a worker, and none may bring a photo behind this
    _remove_datasets([id for id in _datasets_since(lesson.created) if origin_of(id)[0] in visitors])
    for visitor in visitors:
        remove_folder(settings().home / UPLOADS / visitor)
    if is_all:
        _remove_datasets(_versions(lesson, lessons, store))
        book.forget_names(lesson.id)
    else:
        for run in book.runs(lesson.id):
            (run.folder / FEATURES_FILE).unlink(missing_ok=True)
    left = [run.id for run in store.runs(deleted=None)]
    if not remove_unused_features([*dataset_ids(), *deleted_datasets()], left):
        return False
    book.change(lesson.id, removed=Moment())
    logger.info("what pupils made in lesson %s is removed", lesson.id)
    return True


def _last_results(lesson: Lesson) -> list[dict]:
    try:
        return result_rows(lesson, names=False)
    except Exception:  # figures that cannot be read must not keep photos here
        logger.exception("the results of lesson %s cannot be kept", lesson.id)
        return []


def _visitors(lesson: Lesson, lessons: Collection[Lesson]) -> set[str]:
    """The pupils whose photos and other runs go: not the owner of the machine, and nobody whom another lesson needs."""
    others = [other for other in lessons if other.id != lesson.id and not other.removed and not _due([other])]
    busy = {pupil.visitor for other in others for pupil in book.pupils(other.id)}
    return {pupil.visitor for pupil in book.pupils(lesson.id)} - busy - {""}


def _goes(run: Run, lesson: Lesson, visitors: set[str], is_all: bool) -> bool:
    is_of_it = run.lesson == lesson.id or run.id == lesson.job
    is_of_pupil = not run.lesson and run.visitor in visitors and run.created >= lesson.created
    is_network = run.kind == "train" and run.state == FINISHED
    return (is_of_it or is_of_pupil) and (is_all or not is_network)


def _remove_run(run: Run, store: Store) -> bool:
    """Remove a run; tells whether it is gone, as a worker has to stop first."""
    with suppress(StateError):  # it has ended in this moment
        if run.is_active:
            store.request_stop(run.id)
            return False
    with suppress(StateError):  # a worker took it in this moment
        store.delete_run(run.id)
        return purge_run(store, run)
    return False


def _datasets_since(moment: str) -> list[str]:
    """Ids of the datasets that were brought since a moment, also of deleted and damaged ones."""
    since = datetime.fromisoformat(moment) - _CLOCKS
    ids = [*dataset_ids(), *deleted_datasets()]
    return [id for id in ids if (created := origin_of(id)[1]) and datetime.fromisoformat(created) >= since]


def _versions(lesson: Lesson, lessons: Collection[Lesson], store: Store) -> list[str]:
    """Ids of the datasets that were made for a lesson, which no other lesson and no run needs."""
    needed = {run.plan.get("dataset") for run in store.runs(deleted=None)} | {lesson.source}
    for other in lessons:
        if other.id != lesson.id and not other.removed:
            needed |= {other.dataset, other.hidden, other.source}
    return [id for id in (lesson.dataset, lesson.hidden) if id not in needed and _is_made_for_lessons(id)]


def _is_made_for_lessons(id: str) -> bool:
    try:
        return open_dataset(id).source.get(MADE_FOR) == LESSONS
    except (NotFoundError, StateError):  # gone already, or damaged: the owner sees to that
        return False


def _remove_datasets(ids: Collection[str]) -> None:
    for id in ids:
        (datasets_folder() / id / DELETED).touch()
        purge_dataset(id)
