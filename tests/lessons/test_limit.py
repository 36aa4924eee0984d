"""A run of a lesson ends when its time is up: its worker stops, or is stopped, and says why."""

from __future__ import annotations

import time

import pytest

from tests.lessons.conftest import ANN
from tlcore.access.asker import asking
from tlcore.lessons import joining, teaching
from tlcore.lessons.ready import READY
from tlcore.runs.execution import dispatcher
from tlcore.runs.execution.dispatcher import Dispatcher
from tlcore.runs.execution.worker import execute
from tlcore.runs.kinds import JobKind
from tlcore.runs.run import STOPPED
from tlcore.runs.store import open_store


@pytest.fixture
def run(home, monkeypatch):
    """A run in a lesson whose runs may take 5 s; the clock of the worker goes ten times as fast."""
    lesson = teaching.make_lesson(READY.find("few"), "", 60, seconds=5)
    with asking(ANN):
        joining.join(lesson.code, "Ann")
        return open_store().add_run("train", {}, "run", lesson=lesson.id)


def _train_for_ever(_plan, _folder, monitor) -> dict:
    while True:
        monitor.check()
        time.sleep(0.02)


def test_a_worker_stops_a_run_that_takes_too_long_and_says_so(run, monkeypatch):
    monkeypatch.setattr(JobKind, "load", lambda _self: _train_for_ever)
    began, monotonic = time.monotonic(), time.monotonic
    monkeypatch.setattr("tlcore.runs.execution.worker.time.monotonic", lambda: began + 10 * (monotonic() - began))
    assert execute(run.id)
    ended = open_store().run(run.id)
    assert ended.state == STOPPED and "Stopped after 5 s, the most" in ended.error["message"]
    with asking(ANN):
        assert open_store().add_run("train", {}, "next", lesson=run.lesson)


def test_the_dispatcher_ends_a_worker_that_does_not_notice(run, monkeypatch):
    class Deaf:
        places, cancelled = 1, ()

        def poll(self, _run):
            return True

        def holds(self, _id):
            return True

        def tidy(self, _runs):
            pass

        def cancel(self, run):
            self.cancelled = (*self.cancelled, run.id)

    executor = Deaf()
    monkeypatch.setattr(dispatcher, "_STOP_GRACE_SECONDS", 0.0)
    served = Dispatcher(open_store(), executor)
    open_store().claim(run.id, dispatcher.this_process().to_json())
    served.step()
    assert executor.cancelled == (), "in time"
    open_store().move(run.id, ["preparing"], "training", started="2024-01-01T00:00:00+00:00")
    served.step()
    served.step()
    assert executor.cancelled == (run.id,) and "Stopped after 5 s" in open_store().run(run.id).error["message"]
