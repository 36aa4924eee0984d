"""The store: states change once, events keep their order, leases exclude each other."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from tlcore.errors import InputError, NotFoundError, StateError
from tlcore.runs import client
from tlcore.runs import run as states
from tlcore.runs.execution import dispatcher
from tlcore.runs.execution.leases import Lease
from tlcore.runs.purge import purge
from tlcore.runs.store import open_store
from tlcore.runs.tables import database_time, now
from tlcore.settings import settings
from tlcore.storage.processes import this_process


def test_only_one_of_many_claims_a_queued_run(home):
    store = open_store()
    run = store.add_run("train", {"epochs": 1}, "a run")
    start, won = threading.Barrier(8), []

    def claim() -> None:
        start.wait()
        if store.move(run.id, [states.QUEUED], states.PREPARING):
            won.append(True)

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert store.run(run.id).state == states.PREPARING


def test_events_come_back_in_order_and_after_a_sequence(home):
    store = open_store()
    run = store.add_run("train", {}, "a run")
    for epoch in range(3):
        store.add_event(run.id, "epoch", {"epoch": epoch})
    store.add_event(run.id, "evaluated", {})
    assert [event.payload["epoch"] for event in store.events(run.id, kind="epoch")] == [0, 1, 2]
    assert [event.sequence for event in store.events(run.id, after=2)] == [3, 4]


def test_a_queued_run_stops_at_once_and_can_be_resumed(home):
    store = open_store()
    run = store.add_run("train", {}, "a run")
    store.request_stop(run.id)
    assert store.run(run.id).state == states.STOPPED
    with pytest.raises(StateError, match="nothing to stop"):
        store.request_stop(run.id)
    store.resume(run.id)
    assert store.run(run.id).state == states.QUEUED
    assert not store.run(run.id).stop_requested


def test_a_run_under_way_is_not_deleted_or_resumed(home):
    store = open_store()
    run = store.add_run("train", {}, "a run")
    store.move(run.id, [states.QUEUED], states.TRAINING)
    with pytest.raises(StateError, match="Stop it first"):
        store.delete_run(run.id)
    with pytest.raises(StateError):
        store.resume(run.id)
    store.request_stop(run.id)
    assert store.run(run.id).stop_requested


def test_a_missing_run_names_the_nearest(home):
    store = open_store()
    run = store.add_run("train", {}, "a run")
    with pytest.raises(NotFoundError, match=run.id):
        store.run(run.id[:-1])


def test_a_lease_is_held_while_its_holder_lives_here_and_elsewhere_until_it_lapses(home):
    here, dead = this_process(), replace(this_process(), born="some boot 1")
    elsewhere, other = replace(here, host="elsewhere"), replace(here, host="another")
    open_store()
    lease = Lease(settings().store_address, "some right")
    assert lease.take(here, -3600) and lease.holder() == here  # lapsed by any clock, but alive
    assert not lease.take(elsewhere, 60)
    assert lease.take(here, 60)
    lease.drop(elsewhere)
    assert lease.holder() == here
    lease.drop(here)
    assert lease.holder() is None
    assert lease.take(dead, 3600) and lease.holder() is None  # its time is not over, but it is dead
    assert lease.take(elsewhere, 60) and lease.holder() == elsewhere
    assert not lease.take(other, 60) and not lease.take(here, 60)
    assert lease.take(elsewhere, -1) and lease.holder() is None
    assert lease.take(other, 60) and lease.holder() == other


def test_the_clock_of_each_database_gives_the_same_form():
    on_sqlite = sa.create_engine("sqlite://")
    with on_sqlite.connect() as connection:
        moment = connection.scalar(sa.select(database_time(on_sqlite, -60.0)))
    assert len(moment) == len(now()) and moment[-6:] == now()[-6:] == "+00:00"
    assert datetime.now(UTC) - datetime.fromisoformat(moment) == pytest.approx(
        timedelta(minutes=1), abs=timedelta(0, 5)
    )
    on_postgresql = sa.create_mock_engine("postgresql://", lambda *_: None)
    statement = str(sa.select(database_time(on_postgresql)).compile(dialect=postgresql.dialect()))
    assert "to_char(timezone(" in statement and "clock_timestamp()" in statement and "strftime" not in statement


def test_asking_again_and_again_starts_one_dispatcher(home, monkeypatch):
    started = []
    monkeypatch.setattr(dispatcher, "start_detached", lambda *arguments, **options: started.append(arguments))
    for _ in range(20):
        dispatcher.ensure_dispatcher()
    assert len(started) == 1


# A store as the first versions made it, without the columns that came later.
_OLD_RUNS = """CREATE TABLE runs (
    id VARCHAR(32) NOT NULL PRIMARY KEY, kind VARCHAR(32) NOT NULL, name TEXT NOT NULL, plan JSON NOT NULL,
    state VARCHAR(16) NOT NULL, created VARCHAR(40) NOT NULL, started VARCHAR(40) NOT NULL, ended VARCHAR(40) NOT NULL,
    heartbeat VARCHAR(40) NOT NULL, worker JSON NOT NULL, progress JSON NOT NULL, result JSON NOT NULL,
    error JSON NOT NULL, experiment VARCHAR(32) NOT NULL, stop_requested BOOLEAN NOT NULL)"""


def test_a_store_of_an_earlier_version_opens_with_its_runs(home):
    home.mkdir()
    with contextlib.closing(sqlite3.connect(home / "studio.sqlite")) as old, old:
        old.execute(_OLD_RUNS)
        row = ("abc", "train", "old", "{}", "finished", "2024", "2024", "2024", "", "{}", "{}", "{}", "{}", "", 0)
        old.execute(f"INSERT INTO runs VALUES ({', '.join('?' * len(row))})", row)
    store = open_store()
    assert (store.run("abc").name, store.run("abc").owner, store.run("abc").tags) == ("old", "", [])
    run = store.add_run("train", {}, "new", owner="Ada")
    assert [run.id for run in store.runs()] == [run.id, "abc"]
    assert store.run(run.id).owner == "Ada"


def test_a_deleted_run_can_be_restored_until_it_is_purged(home):
    store = open_store()
    run = store.add_run("train", {}, "a run")
    run.folder.mkdir(parents=True)
    store.add_event(run.id, "epoch", {})
    store.delete_run(run.id)
    assert store.runs() == []
    assert [deleted.id for deleted in store.runs(deleted=True)] == [run.id]
    assert store.run(run.id).state == states.STOPPED  # so that no worker takes it any more
    assert purge(store) == []
    store.restore_run(run.id)
    assert purge(store, timedelta(0)) == []
    store.delete_run(run.id)
    assert purge(store, timedelta(0)) == [run.id]
    assert not run.folder.exists()
    assert store.events(run.id) == []
    with pytest.raises(NotFoundError):
        store.restore_run(run.id)


def test_runs_are_renamed_noted_and_tagged_within_limits(home):
    store = open_store()
    run = store.add_run("train", {}, "a run")
    client.describe(run.id, name="  my   run ", notes="second try", tags="pets, to show,,pets")
    changed = store.run(run.id)
    assert (changed.name, changed.notes, changed.tags) == ("my run", "second try", ["pets", "to show"])
    with pytest.raises(InputError, match="a name"):
        client.describe(run.id, name=" ")
    with pytest.raises(InputError, match="tag"):
        client.describe(run.id, tags="x" * 41)
    with pytest.raises(NotFoundError):
        client.describe("nosuchrun", notes="lost")
    client.describe(run.id, tags="")
    assert (store.run(run.id).name, store.run(run.id).tags) == ("my run", [])


def test_names_are_one_line_of_bounded_length_and_requests_are_bounded(home):
    store = open_store()
    run = store.add_run("train", {}, "a\0b\x1b[31m\n../../x \u202e" + "n" * 20_000_000, owner="o" * 5000)
    assert run.name.startswith("a b [31m ../../x n") and len(run.name) == len(run.owner) == 200
    with pytest.raises(InputError, match="10 MB"):
        store.add_run("import", {"options": {"path": "p" * 11_000_000}}, "large")
    assert [each.id for each in store.runs()] == [run.id]


def test_a_folder_in_the_place_of_the_store_is_called_one(home):
    (home / "studio.sqlite").mkdir(parents=True)
    with pytest.raises(StateError, match="a folder"):
        open_store()


def test_the_latest_experiments_and_single_runs_are_read_and_no_others(home):
    store = open_store()
    first = store.add_run("train", {}, "old")
    pair = [store.add_run("train", {}, name, experiment="strategies-1") for name in ("frozen", "scratch")]
    store.add_run("judge", {}, "no training")
    gone, alone = (store.add_run("train", {}, name) for name in ("gone", "alone"))
    store.delete_run(gone.id)
    named = [[run.name for run in group] for group in store.latest(2)]
    assert named == [["alone"], ["frozen", "scratch"]]
    assert [run.id for run in store.latest(3)[2]] == [first.id]
    assert store.count([states.QUEUED], "train") == len([first, *pair, alone])
