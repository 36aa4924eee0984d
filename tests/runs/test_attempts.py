"""Attempts at a run: what a worker writes holds only while the run is its own, and only one writes in its folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tlcore.runs import run as states
from tlcore.runs.execution import worker
from tlcore.runs.execution.executors import python_command
from tlcore.runs.execution.worker import Reporter
from tlcore.runs.kinds import JobKind
from tlcore.runs.purge import purge, remove_stale_locks
from tlcore.runs.store import open_store
from tlcore.settings import KEEP_DELETED
from tlcore.storage.locks import try_lock

pytestmark = pytest.mark.usefixtures("each_store")

SAID = {"kind": "epoch", "epoch": 1}
WORKED = {"kind": "progress", "what": "Training", "done": 1, "total": 1}


@pytest.fixture
def attempt(home, monkeypatch):
    """A run that a worker has just taken, and what reports for it."""
    monkeypatch.setattr(worker, "_STOP_CHECK_SECONDS", 0.0)
    store = open_store()
    run = store.claim(store.add_run("train", {}, "a run").id, {})
    run.folder.mkdir(parents=True)
    return store, run, Reporter(store, run)


def interrupt(store, run) -> None:
    """What a dispatcher does that takes a worker for dead."""
    assert store.move(run.id, states.ACTIVE, states.INTERRUPTED, attempt=run.token, error={"message": "dead"})


def test_a_worker_that_lost_its_run_never_touches_the_next_attempt(attempt):
    store, run, reporter = attempt
    interrupt(store, run)
    store.resume(run.id)
    assert store.claim(run.id, {"pid": 2}).token != run.token
    before = store.run(run.id)
    reporter.emit(SAID)
    reporter.emit(WORKED)
    reporter.emit({"kind": "phase", "state": states.EVALUATING, "title": "Evaluating"})
    assert reporter.should_stop()
    reporter.end(states.FINISHED, {}, result={"wrong": True})
    assert store.run(run.id) == before and [event.kind for event in store.events(run.id)] == ["attempt"]
    stopped, dropped = run.log_path.read_text().splitlines()
    assert "taken from this worker" in stopped and "does not count" in dropped


@pytest.mark.parametrize("resumed", [False, True])
def test_a_worker_that_was_taken_for_dead_takes_its_run_back(attempt, resumed):
    store, run, reporter = attempt
    reporter.emit({"kind": "phase", "state": states.TRAINING, "title": "Training"})
    interrupt(store, run)
    if resumed:
        store.resume(run.id)
    reporter.emit(SAID)
    again = store.run(run.id)
    assert (again.state, again.token, again.error) == (states.TRAINING, run.token, {})
    assert [event.kind for event in store.events(run.id)] == ["phase", "epoch"]
    assert not reporter.should_stop() and "goes on" in run.log_path.read_text()
    assert store.claim(run.id, {}) is None


def test_a_result_counts_though_its_worker_was_taken_for_dead(attempt):
    store, run, reporter = attempt
    interrupt(store, run)
    reporter.end(states.FINISHED, {}, result={"accuracy": 1.0})
    ended = store.run(run.id)
    assert (ended.state, ended.result, ended.error) == (states.FINISHED, {"accuracy": 1.0}, {})


def test_a_deleted_or_stopped_run_is_not_taken_back(attempt):
    store, run, reporter = attempt
    interrupt(store, run)
    store.delete_run(run.id)
    assert reporter.should_stop()
    assert store.run(run.id).state == states.INTERRUPTED

    other = store.claim(store.add_run("train", {}, "other").id, {})
    store.move(other.id, states.ACTIVE, states.STOPPED)
    assert Reporter(store, other).should_stop()
    assert store.run(other.id).state == states.STOPPED


def test_nothing_is_written_about_a_run_that_was_purged(attempt):
    store, run, reporter = attempt
    interrupt(store, run)
    store.delete_run(run.id)
    store.purge_run(run.id)
    reporter.emit(SAID)
    assert reporter.should_stop() and store.events(run.id) == []


def test_the_folder_of_a_run_is_not_purged_under_a_worker(attempt):
    store, run, _ = attempt
    interrupt(store, run)
    store.delete_run(run.id)
    held = try_lock(run.lock_path)
    assert purge(store, -KEEP_DELETED) == [] and run.folder.exists()
    held.close()
    assert purge(store, -KEEP_DELETED) == [run.id]
    assert not run.folder.exists() and not run.lock_path.exists()


def test_the_lock_of_a_worker_that_was_killed_goes_and_that_of_a_living_one_stays(attempt):
    _, run, _ = attempt
    busy = try_lock(run.lock_path)
    left = run.lock_path.with_name("killed.lock")
    left.touch()
    remove_stale_locks()
    assert run.lock_path.exists() and not left.exists()
    busy.close()
    remove_stale_locks()
    assert not run.lock_path.exists()


def test_a_run_whose_folder_another_worker_writes_in_waits_and_can_be_stopped(home, monkeypatch):
    store = open_store()
    run = store.add_run("train", {}, "a run")
    monkeypatch.setattr(JobKind, "load", lambda kind: pytest.fail("began beside the other worker"))
    held = try_lock(run.lock_path)
    monkeypatch.setattr(worker.Reporter, "should_stop", lambda self: bool(store.run(run.id).progress))
    assert worker.execute(run.id)
    assert store.run(run.id).state == states.STOPPED
    assert "earlier attempt" in store.run(run.id).progress.what
    assert not run.folder.exists()
    held.close()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs a signal that halts a process")
def test_two_real_workers_take_turns_in_the_folder(home):
    """One that hangs for a while loses its run; when it wakes up it stops, and only then the other one begins."""
    store = open_store()
    drawing = {"source": "rendered", "options": {"images_per_class": 60, "size": 64}, "name": None}
    run = store.add_run("import", drawing, "pictures")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    def start() -> subprocess.Popen:
        process = subprocess.Popen(python_command("worker"), stdin=subprocess.PIPE, env=environment)
        process.stdin.write(f"{run.id}\n".encode())
        process.stdin.close()
        return process

    def progress() -> str:
        return getattr(store.run(run.id).progress, "what", "")

    def wait_until(condition) -> None:
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    first = start()
    wait_until(lambda: progress() not in ("", "Waiting until an earlier attempt has ended"))
    first.send_signal(signal.SIGSTOP)
    store.move(run.id, states.ACTIVE, states.INTERRUPTED)
    store.resume(run.id)
    second = start()
    wait_until(lambda: progress() == "Waiting until an earlier attempt has ended")
    assert store.run(run.id).worker["pid"] == second.pid
    first.send_signal(signal.SIGCONT)
    assert first.wait(60) == second.wait(60) == 0
    assert store.run(run.id).state == states.FINISHED
    assert [event.kind for event in store.events(run.id)] == ["attempt", states.FINISHED]
    assert "taken from this worker" in run.log_path.read_text()


def test_a_folder_that_cannot_be_made_fails_the_run_and_not_the_worker(home):
    store = open_store()
    run = store.add_run("train", {}, "a run")
    run.folder.parent.touch()  # a file where the folder belongs
    assert worker.execute(run.id)
    assert store.run(run.id).state == states.FAILED and "runs" in store.run(run.id).error["message"]


def test_a_run_knows_how_long_its_earlier_attempts_took(home):
    store = open_store()
    run = store.add_run("train", {}, "run")
    moments = {"started": "2026-01-01T10:00:00+00:00", "heartbeat": "2026-01-01T10:02:00+00:00"}
    assert store.claim(run.id, {}) and store.seconds_spent(run.id) == 0
    for spent in (120, 240):
        store.move(run.id, states.ACTIVE, states.STOPPED, **moments)
        store.resume(run.id)
        assert store.claim(run.id, {}) and store.seconds_spent(run.id) == spent
    assert store.claim("gone", {}) is None
