"""What pupils do: join a lesson with a first name, change the name, begin a run with what they may choose."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from tlcore.access.asker import asker, check_known, check_owner
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import InputError, StateError
from tlcore.lessons import book
from tlcore.lessons.lesson import Lesson, Pupil
from tlcore.lessons.plans import pupil_plan
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.limits import check_share
from tlcore.runs.run import Run
from tlcore.runs.store import open_store

MOST_NAME = 20  # letters
_BETWEEN = " -'’."  # what a name may have besides letters and digits


def checked_name(text: str) -> str:
    """Read a first name.

    Args:
        text: as somebody typed it.

    Returns:
        It without surplus blanks.

    Raises:
        InputError: if it is none: empty, too long, of several lines, or with signs that no name has.
    """
    name = " ".join(filter(None, text.split(" ")))
    wrong = [letter for letter in name if not (letter.isalnum() or letter in _BETWEEN or _is_mark(letter))]
    if not name or len(name) > MOST_NAME or wrong or not name[0].isalpha():
        raise InputError(
            f"a first name of at most {MOST_NAME} letters",
            repr(text[: 2 * MOST_NAME]) if text.strip() else "nothing",
            "Enter your first name only.",
        )
    return name


def _is_mark(letter: str) -> bool:
    """Whether it belongs to the letter before it, as vowels do in some scripts."""
    return unicodedata.category(letter).startswith("M")


def join(code: str, name: str) -> Pupil:
    """Join a lesson; who has joined it already stays who they are.

    Args:
        code: as the teacher shows it.
        name: a first name; where somebody in the lesson has it, a number is added.

    Returns:
        The pupil.

    Raises:
        AccessError: if nobody knows the asker.
        InputError: if it is no name.
        NotFoundError: if no lesson has the code.
        StateError: if the lesson is over or full.
    """
    check_known()
    lesson = book.find_by_code(code)
    check_open(lesson)
    return book.set_name(lesson.id, asker().id, checked_name(name), is_new=True)


def rename(lesson: Lesson, name: str) -> Pupil:
    """Change the asker's own name.

    Args:
        lesson: that they have joined.
        name: a first name.

    Raises:
        InputError: if it is no name.
        StateError: if they have not joined, or the lesson is over.
    """
    check_open(lesson)
    return book.set_name(lesson.id, asker().id, checked_name(name), is_new=False)


def rename_pupil(lesson: Lesson, number: int, name: str) -> Pupil:
    """Change the name of a pupil, as only the owner of the machine may: some names should not be on a wall.

    Args:
        lesson: the lesson.
        number: of the pupil.
        name: a first name.

    Raises:
        AccessError: if the asker is not the owner of the machine.
        InputError: if it is no name, or there is no pupil of that number.
    """
    check_owner("names others")
    found = [pupil for pupil in book.pupils(lesson.id) if pupil.number == number]
    if not found:
        raise InputError("the number of a pupil", str(number), "Look at the wall for the numbers.")
    return book.set_name(lesson.id, found[0].visitor, checked_name(name), is_new=False)


def me(lesson: Lesson) -> Pupil | None:
    """The asker as a pupil of a lesson; None if they have not joined.

    Args:
        lesson: the lesson.
    """
    return next((pupil for pupil in book.pupils(lesson.id) if pupil.visitor == asker().id), None)


def own_runs(lesson: Lesson) -> list[Run]:
    """The asker's own runs in a lesson that are not deleted, in the order of their queue.

    Args:
        lesson: the lesson.
    """
    return [run for run in book.runs(lesson.id) if run.visitor == asker().id and not run.deleted]


def check_open(lesson: Lesson) -> None:
    """Refuse a lesson that is over.

    Args:
        lesson: the lesson.

    Raises:
        StateError: if it is.
    """
    if lesson.is_over:
        raise StateError("a lesson that goes on", f"“{lesson.title}”, which is over", "Ask your teacher for a new one.")


def start_run(lesson: Lesson, chosen: Mapping[str, Any], dataset: str = "") -> Run:
    """Queue a run of the asker in a lesson.

    Args:
        lesson: that they have joined.
        chosen: fields of the plan that the lesson lets them choose; for what is missing the first choice holds.
        dataset: id of what they bring, in a lesson without a dataset.

    Returns:
        The queued run.

    Raises:
        AccessError: if a visitor has reached their share of the machine.
        InputError: if a field or value is not among the choices.
        NotFoundError: if there is no such dataset, or the asker may not see it.
        PlanError: if the plan has problems.
        StateError: if the lesson is over or not prepared, the asker has not joined, or a run of theirs has not ended.
    """
    check_open(lesson)
    pupil = me(lesson)
    if pupil is None:
        raise StateError("somebody who has joined the lesson", "somebody else", "Join it with its code.")
    if not lesson.is_prepared:
        raise StateError("a lesson that is prepared", "one that is being prepared", "Wait a moment.")
    check_share()
    plan = pupil_plan(lesson, open_dataset(lesson.dataset or dataset), chosen)
    ensure_dispatcher()
    # The name stays out of the run, which outlives the lesson where it is kept.
    return open_store().add_run("train", plan.to_json(), f"{lesson.title}, pupil {pupil.number}", lesson=lesson.id)
