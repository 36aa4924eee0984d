"""The clock of the machine is really set, forth and back, while a dispatcher and its worker are busy."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tlcore.datasets.importer import import_dataset
from tlcore.runs import client
from tlcore.runs import run as states
from tlcore.runs.execution.dispatcher import dispatcher_lease
from tlcore.runs.store import open_store
from tlcore.training.plans.defaults import suggest_plan

STEPS = (1, -1, 3600, -3600)  # seconds from the true time, one after the other

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux" or not shutil.which("cc"), reason="needs Linux and a C compiler"),
]


@pytest.fixture
def set_clock(tmp_path, monkeypatch):
    """A function that sets the wall clock of all processes that are started from now on, seconds from the true one."""
    library, offset = tmp_path / "stepped_clock.so", tmp_path / "offset"
    source = Path(__file__).parent / "stepped_clock.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, source], check=True)
    offset.write_bytes(struct.pack("q", 0))
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("STEPPED_CLOCK", str(offset))

    def step(seconds: int) -> None:
        with offset.open("r+b") as file:  # in place, as it is mapped
            file.write(struct.pack("q", seconds))

    return step


def wait_until(condition) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.mark.parametrize("place", ["here", "elsewhere"])
def test_steps_of_the_clock_change_nothing_about_a_run(home, set_clock, monkeypatch, place):
    """Also where the worker is on another machine, so that only its heartbeat tells that it lives."""
    monkeypatch.setenv("TLCORE_HEARTBEAT_SECONDS", "0.3")
    monkeypatch.setenv("TLCORE_SILENCE_SECONDS", "6")
    digits = import_dataset("digits", {}, "digits")
    plan = {
        **suggest_plan(digits, "scratch", "LeNet5"),
        "input_size": 32,
        "epochs": 60,  # as many as take longer than all steps
        "early_stopping": 0,
        "fraction": 0.3,
    }
    store = open_store()
    run = client.submit("train", plan, "a run")

    def epochs() -> list[int]:
        return [epoch["epoch"] for epoch in client.curve(store.events(run.id))]

    wait_until(lambda: len(epochs()) >= 1)
    dispatcher, began = dispatcher_lease().holder(), store.run(run.id)
    if place == "elsewhere":
        store.move(run.id, states.ACTIVE, states.TRAINING, worker={**began.worker, "host": "elsewhere"})
    for number, step in enumerate(STEPS, start=2):
        set_clock(step)
        wait_until(lambda number=number: len(epochs()) > number or store.run(run.id).has_ended)
        time.sleep(0.4)  # a few looks of the dispatcher and a heartbeat
    ended = client.wait(run.id)
    assert ended.state == states.FINISHED and epochs() == list(range(1, 61))
    assert ended.token == began.token, "one worker did it all"
    assert dispatcher_lease().holder() == dispatcher, "and one dispatcher saw to it"
    kinds = [event.kind for event in store.events(run.id)]
    assert states.INTERRUPTED not in kinds and "resumed" not in kinds
    # The steps were really seen: the run's own times are an hour apart from each other.
    moments = sorted(event.time for event in store.events(run.id))
    assert moments[-1][:13] != moments[0][:13]
