"""Versions of the tables: a store of an older version is brought up to date, one of a newer version is refused.

A change of the tables is a function at the end of `_STEPS`, which leads from the version before to its own, and never
changes once it is released. It does nothing where its work is done, as new tables are made in their latest form.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from tlcore.errors import StateError
from tlcore.runs.database.tables import METADATA, RUNS, SCHEMA

_LOCK = 0x544C5354  # of PostgreSQL's advisory locks that of this work, in any number that nobody else takes


def bring_up_to_date(engine: sa.Engine) -> None:
    """Make the tables of an empty database, or those of an older version what they are now, in one transaction.

    Args:
        engine: of the database. Where it is up to date it is only read.

    Raises:
        StateError: if a newer version of this project has made the tables.
    """
    with engine.connect() as connection:
        if _version(connection) == len(_STEPS):
            return
    with _alone(engine) as connection:
        found = _version(connection)  # another process may have been faster
        METADATA.create_all(connection)
        for step in _STEPS[found:]:
            step(connection)
        connection.execute(SCHEMA.delete())
        connection.execute(SCHEMA.insert().values(version=len(_STEPS)))


def _version(connection: sa.Connection) -> int:
    """The version of the tables; 0 where there are none, or they are older than versions are."""
    if not sa.inspect(connection).has_table(SCHEMA.name):
        return 0
    found = connection.scalar(sa.select(SCHEMA.c.version)) or 0
    if found > len(_STEPS):
        raise StateError(
            f"a store of version {len(_STEPS)} or older",
            f"one of version {found}, made by a newer version of this program",
            "Update the program, or set TLCORE_HOME or TLCORE_STORE to another store.",
        )
    return found


@contextmanager
def _alone(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that only one process has at a time; the others wait for it."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # Python's driver begins by itself only where rows change
        elif engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        yield connection


def _add_columns(connection: sa.Connection, table: sa.Table, names: tuple[str, ...]) -> None:
    """Add the columns that are missing; the rows get their defaults on the server's side."""
    present = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
    for name in names:
        if name not in present:
            definition = sa.schema.CreateColumn(table.c[name]).compile(connection)
            connection.execute(sa.DDL(f"ALTER TABLE {table.name} ADD COLUMN {definition}"))


def _complete_first_tables(connection: sa.Connection) -> None:
    """Version 1: what came to the tables before they had versions."""
    _add_columns(connection, RUNS, ("owner", "notes", "tags", "deleted", "visitor", "token"))


def _add_lessons(connection: sa.Connection) -> None:
    """Version 2: lessons with their pupils, which are new tables, and what a run has of its lesson."""
    _add_columns(connection, RUNS, ("lesson", "most_seconds"))
    [index] = [index for index in RUNS.indexes if index.columns.keys() == ["lesson"]]
    index.create(connection, checkfirst=True)


_STEPS = (_complete_first_tables, _add_lessons)
