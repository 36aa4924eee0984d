"""The lessons and pupils in the store. It asks nobody who they are: `teaching` and `joining` do."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa

from tlcore.access.codes import bare
from tlcore.access.private import private_home
from tlcore.errors import NotFoundError, StateError
from tlcore.lessons.lesson import Lesson, Pupil
from tlcore.runs.database import readers
from tlcore.runs.database.engine import open_engine
from tlcore.runs.database.tables import LESSONS, PUPILS, RUNS, Moment
from tlcore.runs.run import Run
from tlcore.settings import settings

MOST_PUPILS = 200

_IS_OVER = sa.or_(LESSONS.c.ended != "", LESSONS.c.ends <= Moment()).label("is_over")


def _begin() -> AbstractContextManager[sa.Connection]:
    """A transaction."""
    private_home()
    return open_engine(settings().store_address).begin()


def add(values: Mapping[str, Any], minutes: float) -> None:
    """Note a new lesson.

    Args:
        values: of the columns.
        minutes: until it ends.
    """
    with _begin() as connection:
        moments = {"created": Moment(), "ends": Moment(60 * minutes)}
        connection.execute(LESSONS.insert().values({**values, **moments}))
    readers.forget()


def all_lessons() -> list[Lesson]:
    """All lessons, newest first."""
    with _begin() as connection:
        rows = connection.execute(sa.select(LESSONS, _IS_OVER).order_by(LESSONS.c.created.desc()))
        return [_lesson(row) for row in rows.mappings()]


def find(id: str) -> Lesson:
    """Look a lesson up.

    Args:
        id: its id.

    Raises:
        NotFoundError: if there is none.
    """
    return _one(LESSONS.c.id == id, id)


def find_by_code(code: str) -> Lesson:
    """Look a lesson up by what pupils type.

    Args:
        code: in small or capital letters, with or without dashes.

    Raises:
        NotFoundError: if there is none.
    """
    typed = bare(code)
    half = len(typed) // 2
    return _one(LESSONS.c.code == f"{typed[:half]}-{typed[half:]}", code)


def _one(condition: sa.ColumnElement[bool], name: str) -> Lesson:
    with _begin() as connection:
        row = connection.execute(sa.select(LESSONS, _IS_OVER).where(condition)).mappings().first()
    if row is None:
        raise NotFoundError("lesson", name[:40], ())  # no code is told to who does not know it
    return _lesson(row)


def _lesson(row: sa.RowMapping) -> Lesson:
    return Lesson(**{**row, "is_over": bool(row["is_over"]), "shows_names": bool(row["shows_names"])})


def change(id: str, **values: Any) -> None:
    """Change a lesson.

    Args:
        id: its id.
        **values: of the columns.
    """
    with _begin() as connection:
        connection.execute(LESSONS.update().where(LESSONS.c.id == id).values(**values))
    readers.forget()


def end(id: str) -> None:
    """Note that a lesson has ended, unless that is noted already.

    Args:
        id: its id.
    """
    with _begin() as connection:
        connection.execute(LESSONS.update().where(LESSONS.c.id == id, LESSONS.c.ended == "").values(ended=Moment()))
    readers.forget()


def delete(id: str) -> None:
    """Remove the record of a lesson; who its pupils were stays, so that what they make later is still theirs alone.

    Args:
        id: its id.
    """
    with _begin() as connection:
        connection.execute(LESSONS.delete().where(LESSONS.c.id == id))
    readers.forget()


def pupils(lesson: str) -> list[Pupil]:
    """The pupils of a lesson, in the order of joining.

    Args:
        lesson: its id.
    """
    query = PUPILS.select().where(PUPILS.c.lesson == lesson).order_by(PUPILS.c.number)
    with _begin() as connection:
        return [Pupil(**row) for row in connection.execute(query).mappings()]


def lessons_of(visitor: str) -> list[Lesson]:
    """The lessons that somebody has joined, newest first.

    Args:
        visitor: their id, "" for the owner of the machine.
    """
    own = LESSONS.c.id.in_(sa.select(PUPILS.c.lesson).where(PUPILS.c.visitor == visitor))
    with _begin() as connection:
        rows = connection.execute(sa.select(LESSONS, _IS_OVER).where(own).order_by(LESSONS.c.created.desc()))
        return [_lesson(row) for row in rows.mappings()]


def set_name(lesson: str, visitor: str, name: str, is_new: bool) -> Pupil:
    """Put a pupil into a lesson, or give one another name. Where somebody has the name, a number makes it another one.

    Args:
        lesson: its id.
        visitor: id of who is to have the name.
        name: checked.
        is_new: whether they join now; nothing happens then if they have joined before.

    Returns:
        The pupil.

    Raises:
        StateError: if the lesson is full, or a pupil who is to have another name has not joined.
    """
    own = PUPILS.c.lesson == lesson, PUPILS.c.visitor == visitor
    with _begin() as connection:
        # Whoever changes the lesson's row has it alone until the transaction ends: no two get one name or number.
        connection.execute(LESSONS.update().where(LESSONS.c.id == lesson).values(id=lesson))
        rows = connection.execute(PUPILS.select().where(PUPILS.c.lesson == lesson)).mappings()
        known = {row["visitor"]: Pupil(**row) for row in rows}
        if is_new and visitor in known:
            return known[visitor]
        if is_new and len(known) >= MOST_PUPILS:
            raise StateError(f"a lesson of at most {MOST_PUPILS} pupils", "one more", "Ask your teacher.")
        if not is_new and visitor not in known:
            raise StateError("somebody who has joined the lesson", "somebody else", "Join it with its code.")
        taken = {pupil.name.casefold() for pupil in known.values() if pupil.visitor != visitor}
        names = (name if number == 1 else f"{name} {number}" for number in range(1, MOST_PUPILS + 2))
        free = next(each for each in names if each.casefold() not in taken)
        if is_new:
            number = 1 + max((pupil.number for pupil in known.values()), default=0)
            row = {"lesson": lesson, "visitor": visitor, "number": number, "name": free, "joined": Moment()}
            connection.execute(PUPILS.insert().values(row))
        else:
            connection.execute(PUPILS.update().where(*own).values(name=free))
        pupil = Pupil(**connection.execute(PUPILS.select().where(*own)).mappings().one())
    readers.forget()
    return pupil


def forget_names(lesson: str) -> None:
    """Remove the names of a lesson's pupils; who they are stays, so that what they make later is still theirs alone.

    Args:
        lesson: its id.
    """
    with _begin() as connection:
        connection.execute(PUPILS.update().where(PUPILS.c.lesson == lesson).values(name=""))


def runs(lesson: str) -> list[Run]:
    """All runs of a lesson that can be restored or are not deleted, in the order of their queue, whoever asks.

    Args:
        lesson: its id.
    """
    with _begin() as connection:
        rows = connection.execute(RUNS.select().where(RUNS.c.lesson == lesson).order_by(RUNS.c.created))
        return [Run.from_row(row) for row in rows.mappings()]
