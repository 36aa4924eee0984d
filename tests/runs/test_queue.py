"""The queue: people take turns, and no more workers run than the settings allow."""

from __future__ import annotations

import os
import sys

import pytest

from tlcore.access.asker import asking
from tlcore.runs import client
from tlcore.runs import run as states
from tlcore.runs.database.tables import now
from tlcore.runs.execution.dispatcher import Dispatcher
from tlcore.runs.execution.executors import LocalExecutor, start_detached
from tlcore.runs.execution.queue import fair_order, place_text, places_in_line
from tlcore.runs.run import Run
from tlcore.runs.store import open_store
from tlcore.settings import settings


def queued(owner: str, number: int) -> Run:
    return Run(f"{owner}{number}", "train", "", {}, states.QUEUED, f"2025-01-01T00:00:{number:02}", owner=owner)


def names(line: list[Run]) -> list[str]:
    return [run.id for run in line]


def test_owners_take_turns_and_keep_their_own_order():
    waiting = [queued("a", 1), queued("a", 2), queued("a", 3), queued("b", 4), queued("c", 5)]
    assert names(fair_order(waiting, [], {})) == ["a1", "b4", "c5", "a2", "a3"]
    # Whoever has something under way waits for those who have nothing.
    assert names(fair_order(waiting, [queued("a", 0)], {})) == ["b4", "c5", "a1", "a2", "a3"]
    # Among equals the turn is with the one whose last turn is longest ago, or never was.
    starts = {"a": "2025-01-01T09", "b": "2025-01-01T08"}
    assert names(fair_order(waiting, [], starts)) == ["c5", "b4", "a1", "a2", "a3"]


def test_the_line_is_what_happens_one_start_after_the_other():
    waiting = [queued("a", 1), queued("a", 2), queued("b", 3), queued("b", 4)]
    busy, starts = [queued("a", 0)], {"a": "2025-01-01T09"}
    predicted, happened = names(fair_order(waiting, busy, starts)), []
    while waiting:
        run = fair_order(waiting, [], {**starts})[0]  # one place, free again
        happened.append(run.id)
        waiting.remove(run)
        starts[run.owner] = f"2025-01-01T1{len(happened)}"
    assert happened == predicted == ["b3", "a1", "b4", "a2"]


class Started:
    """An executor that starts what it is given in the store, and nothing else."""

    def __init__(self, store):
        self.store = store
        self.order: list[str] = []
        self.places = LocalExecutor().places

    def submit(self, run):
        self.store.move(run.id, [states.QUEUED], states.TRAINING, started=now())
        self.order.append(run.name)

    def poll(self, run):
        return True

    def holds(self, run_id):
        return False

    def tidy(self, unfinished):
        pass


@pytest.mark.parametrize("workers", [1, 2])
def test_a_crowd_is_served_in_turns_and_never_by_more_workers_than_allowed(home, monkeypatch, workers):
    monkeypatch.setenv("TLCORE_WORKERS", str(workers))
    settings.cache_clear()
    store = open_store()
    for owner, runs in (("greedy", 6), ("modest", 2), ("late", 1)):
        for number in range(runs):
            store.add_run("train", {}, f"{owner} {number}", owner=owner)
    store.add_run("import", {}, "short")
    executor = Started(store)
    # The executor keeps its runs on the machine of this test, so that nobody takes them for silent.
    monkeypatch.setattr(Dispatcher, "_is_silent_elsewhere", lambda self, run: False)
    dispatcher = Dispatcher(store, executor)
    while dispatcher.step():
        training = [run for run in store.runs(kind="train") if run.is_active]
        assert len(training) <= workers
        for run in training[-1:]:
            store.move(run.id, states.ACTIVE, states.FINISHED)
        for run in store.runs(kind="import"):
            store.move(run.id, states.ACTIVE, states.FINISHED)
    turns = [name for name in executor.order if name != "short"]
    assert len(turns) == 9
    assert turns[:4] == ["greedy 0", "modest 0", "late 0", "greedy 1"] or workers > 1
    assert turns.index("late 0") <= 3
    assert turns.index("modest 1") <= 5
    assert turns[-1] == "greedy 5"


def test_places_are_counted_for_training_and_short_jobs_apart(home):
    store = open_store()
    busy = store.add_run("train", {}, "busy", owner="Ada")
    store.move(busy.id, [states.QUEUED], states.TRAINING, started=now())
    again = store.add_run("train", {}, "again", owner="Ada")
    other = store.add_run("train", {}, "other", owner="Grace")
    short = store.add_run("import", {}, "short", owner="Ada")
    assert places_in_line(store) == {other.id: 1, again.id: 2, short.id: 1}
    assert [place_text(place) for place in (1, 2, 11)] == [
        "next in the queue",
        "second in the queue",
        "number 11 in the queue",
    ]


def test_a_retried_run_is_a_new_one_with_the_same_plan(home, monkeypatch):
    monkeypatch.setattr("tlcore.runs.client.ensure_dispatcher", lambda: None)
    store = open_store()
    run = store.add_run("train", {"epochs": 2}, "a run", "seeds-1", "Ada")
    store.move(run.id, [states.QUEUED], states.FAILED, error={"message": "no"})
    again = client.retry(run.id, "Grace")
    assert again.id != run.id
    assert (again.plan, again.name) == ({"epochs": 2}, "a run, run 2")
    assert (again.experiment, again.owner) == ("seeds-1", "Grace")
    assert store.run(run.id).state == states.FAILED


def test_workers_share_the_threads_of_the_machine(home, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    monkeypatch.setenv("TLCORE_WORKERS", "3")
    settings.cache_clear()
    assert settings().worker_threads == 2
    code = "import os; print(os.environ['OMP_NUM_THREADS'], os.environ['TF_NUM_INTRAOP_THREADS'])"
    start_detached([sys.executable, "-c", code], home / "log").wait()
    assert (home / "log").read_text().split() == ["2", "2"]


def test_a_worker_is_free_again_when_its_run_was_resumed_at_once(home, monkeypatch):
    """Stopped and resumed between two looks of the dispatcher, a run must not be taken for one that is in hand."""
    start = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    monkeypatch.setattr("tlcore.runs.execution.executors.python_command", lambda *_: start)
    store, executor = open_store(), LocalExecutor()
    run = store.add_run("train", {}, "a run")
    executor.submit(run)
    executor.tidy([run])
    assert executor.holds(run.id)
    store.claim(run.id, {})
    executor.tidy([store.run(run.id)])
    assert executor.holds(run.id)
    store.move(run.id, states.ACTIVE, states.STOPPED)
    store.resume(run.id)
    executor.tidy([store.run(run.id)])
    assert not executor.holds(run.id)
    executor.close()


def test_visitors_take_turns_by_who_they_are_whatever_they_call_themselves(each_store, home):
    store = open_store()
    for visitor, nickname in (("ann", "A"), ("ann", "B"), ("ann", "C"), ("ben", "A"), ("", "owner")):
        with asking(visitor):
            store.add_run("train", {}, f"{visitor} {nickname}", owner=nickname)
    places = places_in_line(store)
    order = [run.name for run in sorted(store.runs(), key=lambda run: places[run.id])]
    assert order == ["ann A", "ben A", "owner", "ann B", "ann C"]
    [first] = [run for run in store.runs() if run.name == "ann B"]
    store.claim(first.id, {})
    assert set(store.last_starts()) == {"ann"}
    places = places_in_line(store)
    order = [run.name for run in sorted(store.runs(states=["queued"]), key=lambda run: places[run.id])]
    assert order == ["ben A", "owner", "ann A", "ann C"]
