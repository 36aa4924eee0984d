"""What lessons mean for everything else: who may read what others have made, and how long a run may take.

What a pupil of a lesson makes is for them and the owner of the machine alone.
Visitors who are in no lesson show each other their runs and datasets, as everybody shows theirs to pupils.
"""

from __future__ import annotations

import functools
import time

import sqlalchemy as sa

from tlcore.access.asker import Visitor, asker
from tlcore.runs.database.engine import open_engine
from tlcore.runs.database.tables import LESSONS, PUPILS, RUNS, Moment
from tlcore.settings import settings

_SECONDS = 0.5  # how old an answer may be


def readable(visitor: Visitor) -> tuple[sa.ColumnElement[bool], ...]:
    """What a selection of runs asks for, so that it holds no run that somebody may not read.

    Args:
        visitor: who asks.

    Returns:
        Conditions on `RUNS`; none for the owner of the machine.
    """
    if visitor.is_owner:
        return ()
    by_a_pupil = sa.exists().where(PUPILS.c.visitor == RUNS.c.visitor)
    return (sa.or_(RUNS.c.visitor.in_(["", visitor.id]), ~by_a_pupil),)


def may_read(made_by: str) -> bool:
    """Tell whether the asker may read what somebody has made.

    Args:
        made_by: id of the visitor who made it; "" for the owner of the machine.
    """
    visitor = asker()
    return visitor.is_owner or made_by in ("", visitor.id) or made_by not in private_makers()


def private_makers() -> frozenset[str]:
    """Ids of all who are or were in a lesson: what they make is private. The owner of the machine is not among them."""
    return _read(settings().store_address, int(time.monotonic() / _SECONDS))[0]


def hidden_tests() -> frozenset[str]:
    """Ids of the datasets whose images no visitor may see, as lessons that are not over test with them."""
    return _read(settings().store_address, int(time.monotonic() / _SECONDS))[1]


def seconds_allowed(connection: sa.Connection, visitor: Visitor, lesson: str) -> float:
    """How long a training run may take: in a lesson what it says, elsewhere what the strictest lesson of a pupil says.

    Args:
        connection: to the store.
        visitor: who asks.
        lesson: id of the one that the run belongs to, or "".

    Returns:
        Seconds; 0 for as long as it takes.
    """
    own = sa.select(PUPILS.c.lesson).where(PUPILS.c.visitor == visitor.id, PUPILS.c.visitor != "")
    going = LESSONS.c.id.in_(own), LESSONS.c.ended == "", LESSONS.c.ends > Moment()
    strictest = sa.select(sa.func.min(LESSONS.c.seconds)).where(*([LESSONS.c.id == lesson] if lesson else going))
    return connection.scalar(strictest) or 0.0


def lesson_datasets() -> frozenset[str]:
    """Ids of the datasets that pupils of lessons that are not over learn from, so that they stay open to them."""
    return _read(settings().store_address, int(time.monotonic() / _SECONDS))[2]


def forget() -> None:
    """Read anew, as somebody has joined or a lesson was made in this process."""
    _read.cache_clear()


@functools.lru_cache(maxsize=2)
def _read(address: str, _moment: int) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    with open_engine(address).connect() as connection:
        makers = connection.scalars(sa.select(PUPILS.c.visitor).where(PUPILS.c.visitor != "").distinct())
        rows = connection.execute(sa.select(LESSONS.c.hidden, LESSONS.c.dataset).where(LESSONS.c.removed == "")).all()
        hidden, learned = ({row[place] for row in rows} - {""} for place in (0, 1))
        return frozenset(makers), frozenset(hidden), frozenset(learned)
