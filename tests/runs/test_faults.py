"""Real processes, really killed: nothing is lost, and nobody waits for the dead."""

from __future__ import annotations

import time

import pytest

from tlcore.datasets.importer import import_dataset
from tlcore.runs import client
from tlcore.runs import run as states
from tlcore.runs.execution.processes import Process
from tlcore.runs.run import Run
from tlcore.runs.store import open_store
from tlcore.training.plans.defaults import suggest_plan

pytestmark = pytest.mark.slow


def lenet_plan(epochs: int) -> dict:
    """A plan that trains for about half a second an epoch, without any weights."""
    dataset = import_dataset("digits", {}, "digits")
    return {**suggest_plan(dataset, "scratch", "LeNet5"), "input_size": 32, "epochs": epochs}


def wait_until(condition, seconds: float = 90.0) -> float:
    """Wait for a condition and say how long it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "waited in vain"
        time.sleep(0.05)
    return time.monotonic() - started


def epochs_of(run: Run) -> list[dict]:
    return client.curve(open_store().events(run.id))


def test_a_killed_worker_leaves_an_interrupted_run_that_resumes_where_it_was(home):
    plan = lenet_plan(epochs=8)
    store = open_store()
    undisturbed = client.submit("train", plan, "undisturbed")
    assert client.wait(undisturbed.id).state == states.FINISHED

    run = client.submit("train", plan, "disturbed")
    wait_until(lambda: len(epochs_of(run)) >= 3)
    Process(**store.run(run.id).worker).kill()
    assert wait_until(lambda: store.run(run.id).state == states.INTERRUPTED) < 15
    assert "ended unexpectedly" in store.run(run.id).error["message"]
    done = len(epochs_of(run))
    assert done < 8

    client.resume(run.id)
    assert client.wait(run.id).state == states.FINISHED
    assert any(event.kind == "resumed" and event.payload["epoch"] >= done - 1 for event in store.events(run.id))
    # The resumed curve is the one that an undisturbed run draws.
    expected = [epoch["train_loss"] for epoch in epochs_of(undisturbed)]
    assert [epoch["train_loss"] for epoch in epochs_of(run)] == pytest.approx(expected, rel=1e-4)
    assert store.run(run.id).result["scores"]["test"] == pytest.approx(
        store.run(undisturbed.id).result["scores"]["test"], rel=1e-4
    )


def test_stop_keeps_the_last_epoch_and_frees_the_place_for_the_next_run(home):
    plan = lenet_plan(epochs=500)
    run = client.submit("train", plan, "endless")
    waiting = client.submit("train", {**plan, "epochs": 1}, "next")
    wait_until(lambda: len(epochs_of(run)) >= 1)
    assert open_store().run(waiting.id).state == states.QUEUED
    open_store().request_stop(run.id)
    assert client.wait(run.id).state == states.STOPPED
    assert client.wait(waiting.id).state == states.FINISHED
    assert list(run.folder.glob("checkpoint.*/state.json"))


def test_a_plan_that_cannot_be_executed_fails_with_a_reason_and_a_log(home):
    plan = {**lenet_plan(epochs=1), "dataset": "gone-12345678"}
    run = client.wait(client.submit("train", plan, "no data").id)
    assert run.state == states.FAILED
    assert "gone-12345678" in run.error["message"]
    assert "Traceback" in run.error["log"]
    assert "Traceback" not in run.error["message"]
