"""An experiment whose dispatcher and worker are killed in the middle is resumed as one and completed."""

from __future__ import annotations

import time

import pytest

from tests.conftest import end_dispatcher
from tlcore.comparison.comparison import load_compared
from tlcore.comparison.conclusions import conclusions
from tlcore.datasets.dataset import open_dataset
from tlcore.runs import experiments
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.run import FINISHED, INTERRUPTED, QUEUED, TRAINING
from tlcore.runs.store import open_store
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import plan_from_json

pytestmark = pytest.mark.slow
RUNS = 15


def wait_until(condition, seconds: float = 200.0) -> None:
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "waited in vain"
        ensure_dispatcher()
        time.sleep(0.05)


def test_fifteen_runs_killed_in_the_middle_are_all_finished_after_one_resume(two_classes):
    suggested = suggest_plan(open_dataset(two_classes), "scratch", "LeNet5")
    small = {**suggested, "input_size": 32, "epochs": 2}
    plans = {f"LeNet-5, seed {seed} on noise": plan_from_json({**small, "seed": seed}) for seed in range(RUNS)}
    experiment = experiments.launch("seeds", plans)

    def states() -> list[str]:
        return [run.state for run in experiments.runs_of(experiment)]

    wait_until(lambda: states().count(FINISHED) >= 3 and TRAINING in states())
    end_dispatcher()  # a kill that cannot be caught, of the dispatcher and all its workers
    before = {run.id: run for run in experiments.runs_of(experiment) if run.state == FINISHED}
    assert 3 <= len(before) < RUNS

    wait_until(lambda: INTERRUPTED in states())
    [interrupted] = [run for run in experiments.runs_of(experiment) if run.state == INTERRUPTED]
    assert [run.id for run in experiments.resume(experiment)] == [interrupted.id]
    wait_until(lambda: states() == [FINISHED] * RUNS)

    runs = experiments.runs_of(experiment)
    assert {run.id: run for run in runs if run.id in before} == before  # nothing finished was done again
    assert experiments.seconds_left(runs) == 0 and experiments.share_of_all(runs) == 1
    assert f"with {RUNS} random seeds" in conclusions(load_compared([run.id for run in runs]))[-1]
    assert QUEUED not in {run.state for run in open_store().runs()}
