"""What the dispatcher does about workers that die early, and about runs that are stopped twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tlcore.runs import run as states
from tlcore.runs.execution import dispatcher as module
from tlcore.runs.execution.dispatcher import Dispatcher
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.storage.processes import this_process

pytestmark = pytest.mark.usefixtures("each_store")


class Executor:
    """Hands runs to workers that die at once; those under way live."""

    places = 1

    def __init__(self):
        self.submitted: list[str] = []
        self.canceled: list[str] = []

    def submit(self, run):
        self.submitted.append(run.id)

    def last_words(self, run):
        return "The reason is in workers.log."

    def poll(self, run):
        return True

    def was_killed(self, run):
        return False

    def cancel(self, run):
        self.canceled.append(run.id)

    def holds(self, run_id):
        return False

    def tidy(self, unfinished):
        pass


@pytest.fixture
def clock(monkeypatch):
    """The monotonic clock, to be set."""
    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_workers_that_die_early_do_not_fail_a_run_and_let_others_pass(home, clock):
    store, executor = open_store(), Executor()
    dispatcher = Dispatcher(store, executor)
    unlucky, other = store.add_run("train", {}, "unlucky"), store.add_run("train", {}, "other")
    dispatcher.step()
    dispatcher.step()
    assert executor.submitted == [unlucky.id, other.id]  # while the first one pauses the place is free
    for _ in range(200):
        clock[0] += 1.0
        dispatcher.step()
    tries = executor.submitted.count(unlucky.id)
    assert 6 <= tries <= 12, "at first soon, then once a minute"
    waiting = store.run(unlucky.id)
    assert waiting.state == states.QUEUED and "workers.log" in waiting.error["message"]


def test_the_runs_of_an_experiment_wait_for_the_job_that_prepares_it(home, clock):
    store, executor = open_store(), Executor()
    dispatcher = Dispatcher(store, executor)
    job = store.add_run("example", {}, "First example", "strategies-1")
    run, other = (store.add_run("train", {}, "a run", experiment) for experiment in ("strategies-1", ""))
    dispatcher.step()
    assert executor.submitted == [other.id, job.id]  # as in a step between the queueing of runs and the job's end
    for done in (job, other):
        store.move(done.id, [states.QUEUED], states.FINISHED)
    dispatcher.step()
    assert executor.submitted == [other.id, job.id, run.id]


def test_a_run_that_was_stopped_and_resumed_may_be_stopped_again(home, clock):
    store, executor = open_store(), Executor()
    dispatcher = Dispatcher(store, executor)
    run = store.add_run("train", {}, "a run")
    for _ in range(2):
        store.move(run.id, [states.QUEUED], states.TRAINING, worker=this_process().to_json())
        dispatcher.step()
        store.request_stop(run.id)
        dispatcher.step()
        assert executor.canceled == [] and store.run(run.id).state == states.TRAINING
        clock[0] += 15  # it stops by itself in good time
        store.move(run.id, states.ACTIVE, states.STOPPED)
        store.resume(run.id)


def test_only_a_heartbeat_that_stays_the_same_is_silence_whatever_it_says(home, clock):
    store, executor = open_store(), Executor()
    dispatcher = Dispatcher(store, executor)
    elsewhere = replace(this_process(), host="elsewhere").to_json()
    run = store.add_run("train", {}, "a run")
    beats = ["2001-01-01T00:00:00+00:00", "2099-01-01T00:00:00+00:00", "2098-12-31T23:00:00+00:00"]
    for beat in beats:
        store.move(run.id, [states.QUEUED, *states.ACTIVE], states.TRAINING, worker=elsewhere, heartbeat=beat)
        dispatcher.step()
        clock[0] += settings().silence_seconds - 1
        dispatcher.step()
        assert store.run(run.id).state == states.TRAINING
    clock[0] += 2
    dispatcher.step()
    assert store.run(run.id).state == states.INTERRUPTED


@pytest.mark.parametrize(("kind", "advice"), [("train", "batch size"), ("import", "Close other programs")])
def test_a_worker_without_memory_says_what_to_lower(home, monkeypatch, kind, advice):
    store, executor = open_store(), Executor()
    monkeypatch.setattr(executor, "poll", lambda run: False)
    run = store.claim(store.add_run(kind, {}, "a run").id, {"pid": 1})
    monkeypatch.setattr(executor, "was_killed", lambda run: True, raising=False)
    Dispatcher(store, executor).step()
    message = store.run(run.id).error["message"]
    assert "memory ran out" in message and advice in message
    assert [event.payload for event in store.events(run.id)] == [{"message": message}]
