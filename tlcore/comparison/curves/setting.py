"""What has to be known of a run to read its curves: its validation images and what is trained."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np

from tlcore.comparison.curves.reading import Setting
from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.splits import split
from tlcore.errors import InputError
from tlcore.runs.run import EVALUATING, Run
from tlcore.training.plans.plan import plan_from_json
from tlcore.training.plans.strategies import STRATEGIES


def setting_of(run: Run, epochs: Sequence[dict] = ()) -> Setting | None:
    """Look up what `tlcore.comparison.curves.reading.read_curves` has to know of a run.

    Args:
        run: a training run.
        epochs: what it has reported, as `tlcore.runs.client.curve` gives them, where it matters how many follow.

    Returns:
        The setting; None if the dataset is gone, so that nothing can be said.
    """
    plan = run.plan
    shares = tuple(plan.get("shares", ()))
    try:
        images, largest = _validation(plan["dataset"], shares, plan.get("split_seed", 0), plan.get("subset", 1.0))
        classes = len(open_dataset(plan["dataset"]).classes)
    except InputError:
        return None
    return Setting(classes, images, largest / images, STRATEGIES.find(plan["strategy"]), _left(run, epochs))


def _left(run: Run, epochs: Sequence[dict]) -> int:
    """How many epochs follow."""
    if run.has_ended or run.state == EVALUATING:
        return 0
    last = plan_from_json(run.plan).phases()[-1]
    return max(0, last.epochs - sum(epoch["phase"] == last.title for epoch in epochs))


@functools.lru_cache(maxsize=64)
def _validation(dataset_id: str, shares: tuple[float, ...], seed: int, subset: float) -> tuple[int, int]:
    """How many validation images there are, and how many of them belong to the largest class."""
    dataset = open_dataset(dataset_id)
    labels = dataset.labels[split(dataset, shares, seed, subset=subset).validation]
    return len(labels), int(np.bincount(labels).max())
