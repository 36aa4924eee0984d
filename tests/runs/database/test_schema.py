"""The tables and their versions: new, of today, of the first days, of a later program; one at a time makes them."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import ROOT
from tlcore.cli import main
from tlcore.errors import StateError
from tlcore.runs.database import schema
from tlcore.runs.database.engine import _prepare_sqlite, open_engine
from tlcore.runs.database.tables import EVENTS, RUNS, SCHEMA
from tlcore.runs.store import open_store
from tlcore.settings import settings

VERSION = len(schema._STEPS)


def put_in_place(database: str, home: Path, server, version: int = 0) -> None:
    """Make the store what it was at a version, 0 for before there were any: dumps of what was written then."""
    dump = (Path(__file__).parent / f"schema_{version}.{database}.sql").read_text("utf-8")
    if database == "sqlite":
        home.mkdir()
        with contextlib.closing(sqlite3.connect(home / "studio.sqlite")) as old:
            old.executescript(dump)
    else:
        server.execute(dump, sa.make_url(settings().store).database)


def version() -> int:
    with open_engine(settings().store_address).connect() as connection:
        return connection.scalar(sa.select(SCHEMA.c.version))


def shape(engine: sa.Engine) -> dict:
    """What tables a database has: columns with types and what they must hold, keys and indexes."""
    inspector = sa.inspect(engine)
    return {
        table: (
            {column["name"]: (str(column["type"]), column["nullable"]) for column in inspector.get_columns(table)},
            inspector.get_pk_constraint(table)["constrained_columns"],
            sorted((index["name"], index["column_names"]) for index in inspector.get_indexes(table)),
        )
        for table in inspector.get_table_names()
    }


@pytest.fixture(params=range(VERSION))
def old_store(each_store, home, request):
    server = request.getfixturevalue("postgresql_server") if each_store == "postgresql" else None
    put_in_place(each_store, home, server, request.param)
    return open_store()


def test_a_store_of_each_older_version_is_brought_up_to_date_without_loss(old_store):
    waiting, done = old_store.runs()
    assert (done.name, done.owner, done.notes) == ("Frozen – “erster” Lauf", "Ada", "it's good")
    assert (done.tags, done.result, done.experiment) == (["pets", "to show"], {"seconds": 4.0}, "strategies-1")
    assert [event.payload.get("epoch") for event in old_store.events(done.id)] == [1, 2, 3, None]
    assert [run.name for run in old_store.runs(deleted=True)] == ["gone"] and waiting.state == "queued"
    assert (done.lesson, done.most_seconds) == ("", 0.0)
    assert old_store.claim(waiting.id, {}) and old_store.add_event(waiting.id, "epoch", {})
    assert version() == VERSION


def test_a_store_that_was_brought_up_to_date_is_as_a_new_one(old_store, each_store, tmp_path, request):
    old = shape(open_engine(settings().store_address))
    if each_store == "sqlite":
        address = f"sqlite:///{tmp_path / 'new.sqlite'}"
    else:
        server = request.getfixturevalue("postgresql_server")
        address = server.address(server.new_database())
    assert old == shape(open_engine(address))
    open_engine(address).dispose()


# As the first versions made it, without the columns that came later.
_FIRST_RUNS = """CREATE TABLE runs (
    id VARCHAR(32) NOT NULL PRIMARY KEY, kind VARCHAR(32) NOT NULL, name TEXT NOT NULL, plan JSON NOT NULL,
    state VARCHAR(16) NOT NULL, created VARCHAR(40) NOT NULL, started VARCHAR(40) NOT NULL, ended VARCHAR(40) NOT NULL,
    heartbeat VARCHAR(40) NOT NULL, worker JSON NOT NULL, progress JSON NOT NULL, result JSON NOT NULL,
    error JSON NOT NULL, experiment VARCHAR(32) NOT NULL, stop_requested BOOLEAN NOT NULL)"""


def test_a_store_of_the_first_version_opens_with_its_runs(home):
    home.mkdir()
    with contextlib.closing(sqlite3.connect(home / "studio.sqlite")) as old, old:
        old.execute(_FIRST_RUNS)
        row = ("abc", "train", "old", "{}", "finished", "2024", "2024", "2024", "", "{}", "{}", "{}", "{}", "", 0)
        old.execute(f"INSERT INTO runs VALUES ({', '.join('?' * len(row))})", row)
    store = open_store()
    assert (store.run("abc").name, store.run("abc").owner, store.run("abc").tags) == ("old", "", [])
    run = store.add_run("train", {}, "new", owner="Ada")
    assert [run.id for run in store.runs()] == [run.id, "abc"]
    assert store.run(run.id).owner == "Ada" and version() == VERSION


def test_a_store_of_a_newer_version_is_refused_with_a_sentence_and_left_alone(each_store, home, capsys):
    run = open_store().add_run("train", {}, "a run")
    engine = open_engine(settings().store_address)
    with engine.begin() as connection:
        connection.execute(SCHEMA.update().values(version=VERSION + 1))
    open_engine.cache_clear()
    assert main(["runs", "list"]) == 1
    said = capsys.readouterr().err
    assert f"of version {VERSION} or older, but got one of version {VERSION + 1}" in said
    assert "Update the program" in said and said.count("\n") == 1
    with engine.begin() as connection:
        assert connection.scalar(sa.select(RUNS.c.id)) == run.id
        connection.execute(SCHEMA.update().values(version=VERSION))
    engine.dispose()


def test_a_step_that_fails_leaves_the_store_as_it_was(each_store, home, monkeypatch, request):
    server = request.getfixturevalue("postgresql_server") if each_store == "postgresql" else None
    put_in_place(each_store, home, server)

    def fail(connection: sa.Connection) -> None:
        connection.execute(sa.DDL("ALTER TABLE runs ADD COLUMN half VARCHAR(8) DEFAULT ''"))
        raise StateError("power", "none", "Wait.")

    with monkeypatch.context() as broken:
        broken.setattr(schema, "_STEPS", (*schema._STEPS, fail))
        with pytest.raises(StateError, match="power"):
            open_store()
    assert len(open_store().runs()) == 2 and version() == VERSION
    assert "half" not in shape(open_engine(settings().store_address))["runs"][0]


@pytest.mark.parametrize("is_old", [False, True])
def test_processes_that_open_a_store_at_once_all_find_it_whole(each_store, home, request, is_old):
    server = request.getfixturevalue("postgresql_server") if each_store == "postgresql" else None
    if is_old:
        put_in_place(each_store, home, server)
    code = (
        "import sys; from tlcore.runs.store import open_store; print('ready', flush=True); sys.stdin.readline()\n"
        "open_store().add_run('train', {}, 'a run')"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, **pipes) for _ in range(6)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.communicate(timeout=120)[1] for process in processes] == [""] * 6
    assert len(open_store().runs()) == 6 + 2 * is_old and version() == VERSION


def test_polling_is_one_statement_that_indexes_answer(each_store, home):
    store = open_store()
    runs = [store.add_run("train", {}, "a run").id for _ in range(50)]
    rows = [
        {"run": run, "sequence": sequence, "time": "", "kind": "epoch", "payload": {}}
        for run in runs
        for sequence in range(1, 401)
    ]
    engine, statements = open_engine(settings().store_address), []
    with engine.begin() as connection:
        connection.execute(EVENTS.insert(), rows)
    with engine.begin() as connection:
        connection.execute(sa.text("ANALYZE"))

    def note(_connection, _cursor, statement, parameters, *_rest) -> None:
        statements.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", note)
    assert store.poll(runs[7]) == (store.run(runs[7]), 400)
    polled = len(statements)
    store.events(runs[7], after=399)
    sa.event.remove(engine, "before_cursor_execute", note)
    assert polled == 2, "one for each of the two looks"
    how = "EXPLAIN QUERY PLAN " if each_store == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        for statement, parameters in statements:
            steps = [str(row) for row in connection.exec_driver_sql(how + statement, parameters)]
            on_events = [step for step in steps if "events" in step]
            assert on_events and not [step for step in on_events if "SCAN" in step or "Seq Scan" in step], steps


def test_a_folder_in_the_place_of_the_store_is_called_one(home):
    (home / "studio.sqlite").mkdir(parents=True)
    with pytest.raises(StateError, match="a folder"):
        open_store()


def test_who_may_not_change_the_mode_of_a_file_at_this_moment_waits(home):
    """Another process is just about to change it, and SQLite refuses at once."""
    home.mkdir()
    path = settings().store_file
    with sqlite3.connect(path, timeout=0, check_same_thread=False) as other:
        other.execute("CREATE TABLE anything (x)")
    other.execute("BEGIN EXCLUSIVE")
    timer = threading.Timer(0.5, other.rollback)
    timer.start()
    started = time.monotonic()
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 0})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    assert time.monotonic() - started > 0.3
    timer.join()
    other.close()
