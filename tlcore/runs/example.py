"""The first example: five drawn objects, learned by one network under each strategy; works without internet."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tlcore.datasets.checking.report import ImportReport
from tlcore.datasets.dataset import Dataset
from tlcore.datasets.parts import NOT_GIVEN
from tlcore.datasets.sources.rendered import OBJECTS
from tlcore.runs.experiments import EXPERIMENTS, plan_experiment
from tlcore.training.estimate import SOME_RATE, estimate, machine_rate
from tlcore.training.plans.plan import TrainingPlan
from tlcore.zoo.catalog import INSTALLED

NAME = "Five objects"
DRAWN = {"images_per_class": 50, "size": 128, "seed": 0}  # few, as whoever clicks waits until they are drawn
_CHANGES = {"epochs": 3, "shares": (0.4, 0.2, 0.4)}  # many test pictures, so that differences show
_DRAWING_SECONDS = 10.0  # with reading, checking and queueing, on a machine of `SOME_RATE`


def example_plans(dataset: Dataset) -> dict[str, TrainingPlan]:
    """Write the plans of the first example.

    Args:
        dataset: as `DRAWN` describes it.

    Returns:
        Names of runs → plans, in the order to run them.
    """
    return plan_experiment(EXPERIMENTS.find("strategies"), dataset, INSTALLED, _CHANGES)


def example_seconds() -> float:
    """Say how long the first example takes on this machine, from the click to the last result.

    Returns:
        Seconds: measured, where runs of the network were made here, else by the rate of the machine.
    """
    dataset = _as_it_will_be()
    runs = (estimate(plan, len(dataset), len(dataset.classes)).seconds for plan in example_plans(dataset).values())
    return _DRAWING_SECONDS * SOME_RATE / machine_rate() + sum(runs)


def _as_it_will_be() -> Dataset:
    """The dataset before it is drawn: all that a plan asks for, without the images."""
    each, size = DRAWN["images_per_class"], DRAWN["size"]
    count = each * len(OBJECTS)
    return Dataset(
        id="five-objects",
        name=NAME,
        classes=tuple(row.name for row in OBJECTS),
        labels=np.repeat(np.arange(len(OBJECTS), dtype=np.int32), each),
        parts=np.full(count, NOT_GIVEN, np.int8),
        names=(),
        digests=np.empty((0, 32), np.uint8),
        groups=np.arange(count, dtype=np.int32),
        sizes=np.full((count, 2), size, np.int32),
        offsets=np.zeros(count + 1, np.int64),
        source={},
        report=ImportReport(count),
        digest="",
        created="",
        folder=Path(),
    )
