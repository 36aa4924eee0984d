"""The tables of the store, and the one place that opens the database."""

from __future__ import annotations

import functools
import time
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table, Text

from tlcore.access.private import private_file
from tlcore.errors import StateError
from tlcore.settings import settings

_metadata = sa.MetaData()

RUNS = Table(
    "runs",
    _metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("plan", sa.JSON, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("created", String(40), nullable=False),
    Column("started", String(40), nullable=False, default=""),
    Column("ended", String(40), nullable=False, default=""),
    Column("heartbeat", String(40), nullable=False, default=""),
    Column("worker", sa.JSON, nullable=False, default=dict),
    Column("progress", sa.JSON, nullable=False, default=dict),
    Column("result", sa.JSON, nullable=False, default=dict),
    Column("error", sa.JSON, nullable=False, default=dict),
    Column("experiment", String(32), nullable=False, default="", index=True),
    Column("stop_requested", sa.Boolean, nullable=False, default=False),
    # Younger than the first stores: each has a default on the server's side, with which it is added to old tables.
    Column("owner", Text, nullable=False, default="", server_default=""),
    Column("notes", Text, nullable=False, default="", server_default=""),
    Column("tags", sa.JSON, nullable=False, default=list, server_default="[]"),
    Column("deleted", String(40), nullable=False, default="", server_default=""),
    Column("visitor", String(40), nullable=False, default="", server_default=""),
    Column("token", String(32), nullable=False, default="", server_default=""),
)

EVENTS = Table(
    "events",
    _metadata,
    Column("run", String(32), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("time", String(40), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("payload", sa.JSON, nullable=False),
)

LEASES = Table(
    "leases",
    _metadata,
    Column("name", String(32), primary_key=True),
    Column("holder", sa.JSON, nullable=False),
    Column("expires", String(40), nullable=False),
)


def now() -> str:
    """The present moment.

    Returns:
        UTC, ISO 8601 with microseconds: sorts as text.
    """
    return datetime.now(UTC).isoformat(timespec="microseconds")


def database_time(engine: sa.Engine, seconds: float = 0.0) -> sa.ColumnElement[str]:
    """The clock that all processes share, whatever each machine's own says.

    Args:
        engine: of the database.
        seconds: to add to it.

    Returns:
        An expression for statements, which gives text of the form of `now`.
    """
    if engine.dialect.name == "sqlite":
        return sa.func.strftime("%Y-%m-%dT%H:%M:%f000+00:00", "now", f"{seconds} seconds")
    moment = sa.func.timezone("UTC", sa.func.clock_timestamp() + timedelta(seconds=seconds))
    return sa.func.to_char(moment, 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')


def _prepare_sqlite(connection, _record) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


@functools.cache
def open_engine(address: str) -> sa.Engine:
    """Open a database, making the tables that are missing.

    Args:
        address: SQLAlchemy address, such as `sqlite:////home/me/studio.sqlite`.

    Returns:
        One engine for each address and process.

    Raises:
        StateError: if a folder lies where the file of the store is to be.
    """
    # A home may hold what means something in an address, such as a question mark.
    is_own = not settings().store and address == settings().store_address
    if is_own and settings().store_file.is_dir():
        raise StateError(f"a file at {settings().store_file}", "a folder", "Move it away.")
    url = sa.URL.create("sqlite", database=str(settings().store_file)) if is_own else sa.make_url(address)
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = sa.create_engine(url, connect_args={"timeout": 30} if is_sqlite else {})
    if is_sqlite:
        sa.event.listen(engine, "connect", _prepare_sqlite)
    if is_own:
        private_file(settings().store_file)  # what SQLite puts beside it gets the same rights
    _create_tables(engine)
    return engine


def _create_tables(engine: sa.Engine) -> None:
    # Two processes may open a new or an old store at the same moment; the loser of the race finds the work done.
    for attempt in range(5):
        try:
            _metadata.create_all(engine)
            _add_missing_columns(engine)
            return
        except sa.exc.DBAPIError:
            if attempt == 4:
                raise
            time.sleep(0.2)


def _add_missing_columns(engine: sa.Engine) -> None:
    """Bring the tables of an older store up to date; its rows get the defaults of the new columns."""
    for table in _metadata.tables.values():
        present = {column["name"] for column in sa.inspect(engine).get_columns(table.name)}
        for column in table.columns:
            if column.name not in present:
                definition = sa.schema.CreateColumn(column).compile(engine)
                with engine.begin() as connection:
                    connection.execute(sa.DDL(f"ALTER TABLE {table.name} ADD COLUMN {definition}"))
