"""Exclusive rights that expire: how processes agree which of them is the dispatcher."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from tlcore.runs.tables import LEASES, now, open_engine


class Lease:
    """The exclusive right to do something, which lapses unless renewed.

    Args:
        address: SQLAlchemy address of the store.
        name: what the right is for.
    """

    def __init__(self, address: str, name: str):
        self._engine = open_engine(address)
        self._name = name

    def take(self, holder: dict, seconds: float, is_dead: Callable[[dict], bool]) -> bool:
        """Take or renew the right.

        Args:
            holder: who asks, JSON-able.
            seconds: how long it lasts unless renewed.
            is_dead: tells whether another holder is known to be gone, so that its right need not lapse first.

        Returns:
            Whether `holder` has the right now.
        """
        expires = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="microseconds")
        found = self._row()
        if found is None:
            change: sa.Insert | sa.Update = LEASES.insert().values(name=self._name, holder=holder, expires=expires)
        elif found["holder"] == holder or found["expires"] < now() or is_dead(found["holder"]):
            change = (
                LEASES.update()
                .where(LEASES.c.name == self._name, LEASES.c.expires == found["expires"])
                .values(holder=holder, expires=expires)
            )
        else:
            return False
        try:
            with self._engine.begin() as connection:
                return connection.execute(change).rowcount == 1
        except sa.exc.IntegrityError:
            return False

    def drop(self, holder: dict) -> None:
        """Give the right back.

        Args:
            holder: who has it; another's right is left alone.
        """
        found = self._row()
        if found is not None and found["holder"] == holder:
            mine = (LEASES.c.name == self._name) & (LEASES.c.expires == found["expires"])
            with self._engine.begin() as connection:
                connection.execute(LEASES.delete().where(mine))

    def holder(self) -> dict | None:
        """Who has the right now.

        Returns:
            The holder, or None if nobody has it or it has lapsed.
        """
        found = self._row()
        return found["holder"] if found is not None and found["expires"] >= now() else None

    def _row(self) -> sa.RowMapping | None:
        with self._engine.connect() as connection:
            return connection.execute(LEASES.select().where(LEASES.c.name == self._name)).mappings().first()
