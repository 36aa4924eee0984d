"""Real processes, really killed: nothing is lost, and nobody waits for the dead."""

from __future__ import annotations

import time

import pytest

from tlcore.datasets.importer import import_dataset
from tlcore.runs import client
from tlcore.runs import run as states
from tlcore.runs.run import Run
from tlcore.runs.store import open_store
from tlcore.storage.processes import Process
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


def test_a_worker_that_the_system_kills_leaves_a_run_that_says_so_and_can_be_resumed(home):
    drawing = {"source": "rendered", "options": {"images_per_class": 200, "size": 96}, "name": None}
    store = open_store()
    run = client.submit("import", drawing, "too large")
    wait_until(lambda: store.run(run.id).progress is not None)
    Process(**store.run(run.id).worker).kill()
    assert wait_until(lambda: store.run(run.id).state == states.INTERRUPTED) < 15
    assert "memory ran out" in store.run(run.id).error["message"]
    client.resume(run.id)
    assert store.run(run.id).error == {}
    store.request_stop(run.id)
    assert client.wait(run.id).state == states.STOPPED


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


def test_a_plan_that_cannot_be_executed_fails_with_a_reason_and_leaves_its_log_on_the_disk(home):
    plan = {**lenet_plan(epochs=1), "dataset": "gone-12345678"}
    run = client.wait(client.submit("train", plan, "no data").id)
    assert run.state == states.FAILED
    assert "gone-12345678" in run.error["message"]
    assert run.error["log"] == "" and "Traceback" not in run.error["message"]
    assert "Traceback" in run.log_path.read_text("utf-8")
