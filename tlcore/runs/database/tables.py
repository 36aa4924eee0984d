"""The tables of the store, and the moment by the clock that all its processes share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

METADATA = sa.MetaData()

RUNS = Table(
    "runs",
    METADATA,
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
    Column("lesson", String(32), nullable=False, default="", server_default="", index=True),
    Column("most_seconds", sa.Float, nullable=False, default=0.0, server_default="0"),
)

# The primary key is the index that polling needs: of one run, what is younger than a sequence number.
EVENTS = Table(
    "events",
    METADATA,
    Column("run", String(32), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("time", String(40), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("payload", sa.JSON, nullable=False),
)

LEASES = Table(
    "leases",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("holder", sa.JSON, nullable=False),
    Column("expires", String(40), nullable=False),
)

LESSONS = Table(
    "lessons",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("code", String(16), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("source", String(80), nullable=False),
    Column("dataset", String(80), nullable=False),
    Column("hidden", String(80), nullable=False),
    Column("fixed", sa.JSON, nullable=False),
    Column("choices", sa.JSON, nullable=False),
    Column("seconds", sa.Float, nullable=False),
    Column("created", String(40), nullable=False),
    Column("ends", String(40), nullable=False),
    Column("ended", String(40), nullable=False),
    Column("keep", String(16), nullable=False),
    Column("shows_names", sa.Boolean, nullable=False),
    Column("job", String(32), nullable=False),
    Column("removed", String(40), nullable=False),
    Column("results", sa.JSON, nullable=False),
)

PUPILS = Table(
    "pupils",
    METADATA,
    Column("lesson", String(32), primary_key=True),
    Column("visitor", String(40), primary_key=True, index=True),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("joined", String(40), nullable=False),
)

SCHEMA = Table("schema_version", METADATA, Column("version", Integer, primary_key=True, autoincrement=False))


def now(seconds: float = 0.0) -> str:
    """The moment by the clock of this machine, which is also that of SQLite.

    Args:
        seconds: to add to it.

    Returns:
        UTC, ISO 8601 with microseconds: sorts as text.
    """
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="microseconds")


class Moment(FunctionElement[str]):
    """The moment by the clock of the database, whatever each machine's own says: text of the form of `now`.

    Args:
        seconds: to add to it.
    """

    type = String()
    inherit_cache = True

    def __init__(self, seconds: float = 0.0):
        super().__init__(sa.literal(seconds, sa.Float))


@compiles(Moment, "sqlite")
def _moment_of_sqlite(element: Moment, compiler: SQLCompiler, **options: Any) -> str:
    # SQLite's own functions know milliseconds only, within which two runs can be queued; so `now` is lent to it.
    return compiler.process(sa.func.studio_now(*element.clauses), **options)


@compiles(Moment, "postgresql")
def _moment_of_postgresql(element: Moment, compiler: SQLCompiler, **options: Any) -> str:
    interval = sa.func.make_interval(0, 0, 0, 0, 0, 0, *element.clauses)
    moment = sa.func.timezone("UTC", sa.func.clock_timestamp() + interval)
    return compiler.process(sa.func.to_char(moment, 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'), **options)
