"""The first example: makes a dataset and queues training runs on it, so that one click shows the whole loop."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.importer import import_dataset
from tlcore.runs.store import open_store
from tlcore.training.defaults import run_name, suggest_plan
from tlcore.training.plan import TrainingPlan, plan_from_json
from tlcore.zoo import catalog

_BACKBONE = "MobileNetV2"
_INPUT_SIZE = 160
_OBJECTS = {"images_per_class": 60, "size": 128, "seed": 0}


def has_pretrained_example() -> bool:
    """Tell whether the weights for the example with a pretrained network are on this machine."""
    return catalog.has_weights(catalog.find(_BACKBONE), include_top=False, input_size=_INPUT_SIZE)


def run_example(request: dict, _folder: Path, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> dict:
    """Make a dataset without network and queue the runs that this machine can do.

    Args:
        request: {"owner": nickname of who asks}, or {}.
        _folder: not needed.
        emit: takes progress reports.
        should_stop: asked between pictures.

    Returns:
        {"runs": ids in the order of their queue, "experiment": id}.
    """
    if has_pretrained_example():
        dataset = import_dataset("rendered", _OBJECTS, "Five objects", emit=emit, should_stop=should_stop)
        plans = _strategies_compared(dataset)
    else:
        dataset = import_dataset("digits", {}, "Handwritten digits", emit=emit, should_stop=should_stop)
        plans = [_lenet_from_scratch(dataset)]
    experiment = secrets.token_hex(5)
    store = open_store()
    runs = [
        store.add_run("train", plan.to_json(), run_name(plan), experiment, request.get("owner", "")).id
        for plan in plans
    ]
    return {"runs": runs, "experiment": experiment}


def _strategies_compared(dataset: Dataset) -> list[TrainingPlan]:
    """The same pretrained network frozen, from scratch and fine-tuned on five drawn objects."""
    changes = {"input_size": _INPUT_SIZE, "epochs": 6}
    strategies = ("frozen", "fine_tune", "scratch")
    return [plan_from_json({**suggest_plan(dataset, name, _BACKBONE), **changes}) for name in strategies]


def _lenet_from_scratch(dataset: Dataset) -> TrainingPlan:
    """The network of 1998 on what it was made for, handwritten digits: learns from scratch within seconds."""
    changes = {"cut_layer": "F6", "input_size": 32}
    return plan_from_json({**suggest_plan(dataset, "scratch", "LeNet5"), **changes})
