"""The one place that opens the database."""

from __future__ import annotations

import functools
import sqlite3
import time
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from tlcore.access.private import private_file
from tlcore.errors import InputError, StateError
from tlcore.runs.database.schema import bring_up_to_date
from tlcore.runs.database.tables import Moment, now
from tlcore.settings import settings

_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_LOCKED_SECONDS = 30  # how long SQLite waits for another process
_MOMENT_SECONDS = 0.02
_POSTGRESQL = {
    "connect_timeout": 10,  # seconds; a server that is switched off would be waited for for minutes
    "tcp_user_timeout": 30_000,  # milliseconds; likewise one that vanishes
    "application_name": "Transfer Learning Studio",
}


@functools.cache
def open_engine(address: str) -> sa.Engine:
    """Open a database, with its tables made or brought up to date.

    Args:
        address: SQLAlchemy address, such as `sqlite:////home/me/studio.sqlite`.

    Returns:
        One engine for each address and process.

    Raises:
        InputError: if it is no address.
        StateError: if a folder lies where the file of the store is to be, or a newer version has made the tables.
    """
    # A home may hold what means something in an address, such as a question mark.
    is_own = not settings().store and address == settings().store_address
    if is_own and settings().store_file.is_dir():
        raise StateError(f"a file at {settings().store_file}", "a folder", "Move it away.")
    url = sa.URL.create("sqlite", database=str(settings().store_file)) if is_own else parse_address(address)
    if url.drivername == "sqlite":
        engine = sa.create_engine(url, connect_args={"timeout": _LOCKED_SECONDS})
        sa.event.listen(engine, "connect", _prepare_sqlite)
    else:
        own = {name: value for name, value in _POSTGRESQL.items() if name not in url.query}
        # A connection is tried before each use, so that a server that was started anew is found again.
        engine = sa.create_engine(url, connect_args=own, pool_pre_ping=True)
    if is_own:
        private_file(settings().store_file)  # what SQLite puts beside it gets the same rights
    bring_up_to_date(engine)
    return engine


def parse_address(address: str) -> sa.URL:
    """Read an address; what cannot be read is not repeated, as it may hold a password.

    Args:
        address: as the settings give it.

    Returns:
        It, with the driver that is used here.

    Raises:
        InputError: if it is no address of a database that is known here.
    """
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        url = None
    driver = _DRIVERS.get(url.get_backend_name()) if url else None
    # Where a password ends is only clear if neither sign stands before the last @.
    is_clear = driver == "sqlite" or not set("@?").intersection(address.rpartition("@")[0])
    if url is None or driver is None or not is_clear:
        raise InputError(
            "the address of a PostgreSQL database or SQLite file in TLCORE_STORE",
            "something else",
            "Correct or unset the variable. An address looks like postgresql://user:password@host:5432/name, where a "
            "password has %40 for @, %3F for ? and %25 for %.",
        )
    return url.set(drivername=driver)


def _prepare_sqlite(connection, _record) -> None:
    connection.create_function("studio_now", 1, now)
    cursor = connection.cursor()
    deadline = time.monotonic() + _LOCKED_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError:
            # Of several processes that change a file's mode at once SQLite lets none wait; soon one has done it.
            if time.monotonic() > deadline:
                raise
            time.sleep(_MOMENT_SECONDS)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def present(address: str) -> datetime:
    """The present moment by the clock of a database, to tell how long ago something was that it noted.

    Args:
        address: as `open_engine` takes it.
    """
    return datetime.now(UTC) + _ahead(address)


@functools.cache
def _ahead(address: str) -> timedelta:
    """How far the clock of a database is ahead of this machine's; asked once a process."""
    with open_engine(address).connect() as connection:
        said = connection.scalar(sa.select(Moment()))
    return datetime.fromisoformat(str(said)) - datetime.now(UTC)


def is_away(error: sa.exc.DBAPIError) -> bool:
    """Whether an error says that a database server is not there at present, as while it is started anew.

    Args:
        error: as SQLAlchemy raised it.
    """
    if error.connection_invalidated:
        return True
    # PostgreSQL's driver gives no code where nobody answered; 08: connection lost, 57P: shut down or starting.
    code = getattr(error.orig, "sqlstate", "")
    return isinstance(error, sa.exc.OperationalError) and (code is None or code.startswith(("08", "57P")))
