"""Exclusive rights that expire: how processes agree which of them is the dispatcher."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from tlcore.runs.database.engine import open_engine
from tlcore.runs.database.tables import LEASES, Moment
from tlcore.storage.processes import Process


@dataclass(frozen=True)
class _Found:
    """What the database says of a lease."""

    holder: Process
    expires: str
    has_lapsed: bool

    @property
    def is_held(self) -> bool:
        # Of a process on this machine is known whether it lives; only of others the time has to tell.
        return self.holder.is_alive if self.holder.is_here else not self.has_lapsed


class Lease:
    """The exclusive right to do something, which lapses unless renewed, by the clock of the database.

    Args:
        address: SQLAlchemy address of the store.
        name: what the right is for.
    """

    def __init__(self, address: str, name: str):
        self._engine = open_engine(address)
        self._name = name

    def take(self, asking: Process, seconds: float) -> bool:
        """Take or renew the right.

        Args:
            asking: who asks.
            seconds: how long it lasts unless renewed, in the eyes of other machines; on the holder's own machine it
                lasts for as long as the holder lives.

        Returns:
            Whether `asking` has the right now.
        """
        values = {"holder": asking.to_json(), "expires": Moment(seconds)}
        found = self._find()
        if found is not None and found.holder != asking and found.is_held:
            return False
        try:
            with self._engine.begin() as connection:
                if found is None:
                    connection.execute(LEASES.insert().values(name=self._name, **values))
                    return True
                return connection.execute(LEASES.update().where(self._is(found)).values(**values)).rowcount == 1
        except sa.exc.IntegrityError:
            return False  # another one was faster

    def drop(self, holder: Process) -> None:
        """Give the right back.

        Args:
            holder: who has it; another's right is left alone.
        """
        found = self._find()
        if found is not None and found.holder == holder:
            with self._engine.begin() as connection:
                connection.execute(LEASES.delete().where(self._is(found)))

    def holder(self) -> Process | None:
        """Who has the right now.

        Returns:
            The holder, or None if nobody has it, it has lapsed, or the holder is dead.
        """
        found = self._find()
        return found.holder if found is not None and found.is_held else None

    def _find(self) -> _Found | None:
        has_lapsed = LEASES.c.expires < Moment()
        query = sa.select(LEASES.c.holder, LEASES.c.expires, has_lapsed).where(LEASES.c.name == self._name)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else _Found(Process(**row[0]), row[1], row[2])

    def _is(self, found: _Found) -> sa.ColumnElement[bool]:
        """The lease as it was found, not taken or renewed since."""
        return (LEASES.c.name == self._name) & (LEASES.c.expires == found.expires)
