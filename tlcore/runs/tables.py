"""The tables of the store, and the one place that opens the database."""

from __future__ import annotations

import functools
import time
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table, Text

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
    """
    url = sa.make_url(address)
    is_sqlite = url.get_backend_name() == "sqlite"
    engine = sa.create_engine(url, connect_args={"timeout": 30} if is_sqlite else {})
    if is_sqlite:
        sa.event.listen(engine, "connect", _prepare_sqlite)
    _create_tables(engine)
    return engine


def _create_tables(engine: sa.Engine) -> None:
    # Two processes may open a new store at the same moment; the loser of the race finds the tables made.
    for attempt in range(5):
        try:
            _metadata.create_all(engine)
            return
        except sa.exc.DBAPIError:
            if attempt == 4:
                raise
            time.sleep(0.2)
