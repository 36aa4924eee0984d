"""What a teacher does, who is the owner of the machine: make a lesson, end it, say what stays, hide names."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from tlcore.access.asker import check_owner
from tlcore.access.codes import draw_code
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import InputError, StateError
from tlcore.lessons import book
from tlcore.lessons.hidden import draw_hidden
from tlcore.lessons.lesson import KEPT, NOTHING, Lesson
from tlcore.lessons.plans import all_plans, checked_choices
from tlcore.lessons.ready import ReadyLesson
from tlcore.runs.client import submit
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.run import RESUMABLE
from tlcore.runs.store import open_store
from tlcore.text import one_line

MOST_TITLE, MOST_TASK = 80, 300  # letters
MOST_MINUTES = 60 * 24 * 31
_MOST_SECONDS = 3600

_TEACHES = "makes, changes and ends lessons"


def make_lesson(
    ready: ReadyLesson,
    dataset: str,
    minutes: float,
    *,
    title: str = "",
    task: str = "",
    seconds: float = 0.0,
    fixed: Mapping[str, Any] | None = None,
    choices: Mapping[str, Sequence[Any]] | None = None,
) -> Lesson:
    """Make a lesson, and queue the job that prepares it; pupils can join at once, and begin once it is prepared.

    Args:
        ready: what it begins with.
        dataset: id of what to learn from; "" where pupils bring their own photos.
        minutes: until it ends.
        title: what to call it; "" for the ready lesson's.
        task: what to do, as pupils read it; "" for the ready lesson's.
        seconds: how long a run may take; 0 for what the ready lesson says.
        fixed: fields of the plan that are the same for all; None for the ready lesson's.
        choices: fields that pupils choose, and their values; None for the ready lesson's.

    Returns:
        The lesson.

    Raises:
        AccessError: if the asker is not the owner of the machine.
        InputError: if a value is out of range, there is no such field, or the dataset was made for another lesson.
        DatasetError: if no images of every class can be hidden.
        NotFoundError: if there is no such dataset.
        PlanError: if what can be chosen gives no sound plan.
    """
    check_owner(_TEACHES)
    seconds, title = seconds or ready.seconds, one_line(title, MOST_TITLE) or ready.title
    _check_range("minutes until it ends", minutes, 1, MOST_MINUTES)
    _check_range("seconds for a run", seconds, 5, _MOST_SECONDS)
    same = dict(ready.fixed if fixed is None else fixed)
    values: dict[str, Any] = {
        "id": secrets.token_hex(5),
        "code": draw_code(2),
        "title": title,
        "task": one_line(task, MOST_TASK) or ready.task,
        "source": dataset,
        "dataset": "",
        "hidden": dataset,  # all of it until the hidden images are drawn
        "fixed": same,
        "choices": checked_choices(ready.choices if choices is None else choices, same),
        "seconds": float(seconds),
        "ended": "",
        "keep": NOTHING,
        "shows_names": True,
        "job": "",
        "removed": "",
        "results": [],
    }
    if dataset:
        source = open_dataset(dataset)
        draw_hidden(source)
        _check_unused(dataset)
        all_plans(Lesson(**{**values, "created": "", "ends": "", "is_over": False}), source)
    book.add(values, minutes)
    if dataset:
        _queue_job(values["id"], title)
    return book.find(values["id"])


def made_for_lessons() -> set[str]:
    """Ids of the datasets that were split off others for lessons."""
    lessons = [lesson for lesson in book.all_lessons() if not lesson.removed]
    return {id for lesson in lessons for id in (lesson.dataset, lesson.hidden) if id and id != lesson.source}


def _check_unused(dataset: str) -> None:
    """Refuse what pupils learn from: images hidden from one class would be those that another one sees."""
    if dataset in made_for_lessons():
        raise InputError("a dataset that was made for no lesson", dataset, "Choose the one that it was made from.")


def _check_range(what: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InputError(f"{low:,} to {high:,} {what}", f"{value:g}", "Choose another number.")


def _queue_job(lesson: str, title: str) -> None:
    book.change(lesson, job=submit("lesson", {"lesson": lesson}, f"Lesson: {title}").id)


def prepare_again(lesson: Lesson) -> None:
    """Queue the job again that prepares a lesson, where it did not finish.

    Args:
        lesson: not prepared yet.

    Raises:
        AccessError: if the asker is not the owner of the machine.
        StateError: if the job is under way.
    """
    check_owner(_TEACHES)
    found = [run for run in open_store().runs(kind="lesson", deleted=None) if run.id == lesson.job]
    if found and found[0].state not in RESUMABLE:
        raise StateError("a lesson whose preparation did not finish", f"one that is {found[0].state}", "Wait.")
    _queue_job(lesson.id, lesson.title)


def all_lessons() -> list[Lesson]:
    """All lessons, newest first, with their codes.

    Raises:
        AccessError: if the asker is not the owner of the machine.
    """
    check_owner("sees all lessons")
    return book.all_lessons()


def end_lesson(lesson: Lesson, keep: str | None = None) -> None:
    """End a lesson: nobody can join or begin any more, and what is not kept is removed soon.

    Args:
        lesson: the lesson.
        keep: a key of `KEPT`; None for what is set.

    Raises:
        AccessError: if the asker is not the owner of the machine.
        InputError: if it is no key.
    """
    check_owner(_TEACHES)
    if keep is not None:
        set_kept(lesson, keep)
    book.end(lesson.id)
    ensure_dispatcher()  # which removes what has to go


def set_kept(lesson: Lesson, keep: str) -> None:
    """Say what stays of the pupils' when a lesson is over.

    Args:
        lesson: the lesson; what is removed stays removed.
        keep: a key of `KEPT`.

    Raises:
        AccessError: if the asker is not the owner of the machine.
        InputError: if it is no key.
        StateError: if more is to stay than is there.
    """
    check_owner(_TEACHES)
    if keep not in KEPT:
        raise InputError(f"one of {', '.join(map(repr, KEPT))}", repr(keep), "Choose one of these.")
    order = list(KEPT)
    if lesson.removed and order.index(keep) > order.index(lesson.keep):
        raise StateError("a lesson of which nothing is removed yet", "one that is removed", "What is gone stays gone.")
    book.change(lesson.id, keep=keep, removed=lesson.removed if keep == lesson.keep else "")
    ensure_dispatcher()


def show_names(lesson: Lesson, are_shown: bool) -> None:
    """Let the wall and the leaderboard say who is who, or not.

    Args:
        lesson: the lesson.
        are_shown: whether they do.

    Raises:
        AccessError: if the asker is not the owner of the machine.
    """
    check_owner(_TEACHES)
    book.change(lesson.id, shows_names=are_shown)


def delete_lesson(lesson: Lesson) -> None:
    """Remove the record of a lesson of which nothing else is left, with the figures in it.

    Args:
        lesson: the lesson.

    Raises:
        AccessError: if the asker is not the owner of the machine.
        StateError: if pupils still have something in it.
    """
    check_owner(_TEACHES)
    if not lesson.is_empty:
        raise StateError(
            "a lesson that is over and of which nothing is kept",
            "one whose pupils still have runs or photos",
            "End it and keep nothing; what pupils made is then removed within a minute.",
        )
    book.delete(lesson.id)
