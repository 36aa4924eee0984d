"""The first example: makes a dataset and queues training runs on it, so that one click shows the whole loop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tlcore.datasets.importer import import_dataset
from tlcore.errors import Stopped
from tlcore.runs.experiments import find_experiment, launch, plan_experiment, runs_of
from tlcore.zoo.catalog import INSTALLED

_OBJECTS = {"images_per_class": 70, "size": 128, "seed": 0}
_CHANGES = {"epochs": 3, "shares": (0.5, 0.1, 0.4)}  # many test pictures, so that differences show


def run_example(request: dict, _folder: Path, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> dict:
    """Draw a dataset and queue the same network from scratch, frozen and fine-tuned on it; needs no network.

    Args:
        request: {"owner": nickname of who asks}, or {}.
        _folder: not needed.
        emit: takes progress reports.
        should_stop: asked between pictures, and before the runs are queued.

    Returns:
        {"runs": ids in the order of their queue, "experiment": id}.

    Raises:
        Stopped: if asked to stop.
    """
    dataset = import_dataset("rendered", _OBJECTS, "Five objects", emit=emit, should_stop=should_stop)
    if should_stop():
        raise Stopped
    plans = plan_experiment(find_experiment("strategies"), dataset, INSTALLED, _CHANGES)
    experiment = launch("strategies", plans, request.get("owner", ""))
    return {"runs": [run.id for run in runs_of(experiment)], "experiment": experiment}
