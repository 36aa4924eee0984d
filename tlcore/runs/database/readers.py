"""Who may read what others have made: what a pupil of a lesson makes is for them and the owner of the machine alone.

Visitors who are in no lesson show each other their runs and datasets, as everybody shows theirs to pupils.
"""

from __future__ import annotations

import functools
import time

import sqlalchemy as sa

from tlcore.access.asker import Visitor
from tlcore.runs.database.engine import open_engine
from tlcore.runs.database.tables import LESSONS, PUPILS, RUNS
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


def private_makers() -> frozenset[str]:
    """Ids of all who are or were in a lesson: what they make is private. The owner of the machine is not among them."""
    return _read(settings().store_address, int(time.monotonic() / _SECONDS))[0]


def hidden_tests() -> frozenset[str]:
    """Ids of the datasets whose images no visitor may see, as lessons that are not over test with them."""
    return _read(settings().store_address, int(time.monotonic() / _SECONDS))[1]


def forget() -> None:
    """Read anew, as somebody has joined or a lesson was made in this process."""
    _read.cache_clear()


@functools.lru_cache(maxsize=2)
def _read(address: str, _moment: int) -> tuple[frozenset[str], frozenset[str]]:
    with open_engine(address).connect() as connection:
        makers = connection.scalars(sa.select(PUPILS.c.visitor).where(PUPILS.c.visitor != "").distinct())
        hidden = connection.scalars(sa.select(LESSONS.c.hidden).where(LESSONS.c.hidden != "", LESSONS.c.removed == ""))
        return frozenset(makers), frozenset(hidden)
