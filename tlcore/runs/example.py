"""The first example: draws a dataset and queues training runs on it, so that one click shows the whole loop."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from tlcore.datasets.importer import import_dataset
from tlcore.runs.store import open_store
from tlcore.training.defaults import run_name, suggest_input_size, suggest_plan
from tlcore.training.plan import TrainingPlan, plan_from_json
from tlcore.zoo import catalog

_PRETRAINED = "MobileNetV2"
_SMALL = "SkipNetProjection"
_OPTIONS = {"images_per_class": 60, "size": 128, "seed": 0}


def run_example(_request: dict, _folder: Path, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> dict:
    """Draw the five objects and queue the runs that this machine can do.

    Args:
        _request: nothing is asked for.
        _folder: not needed.
        emit: takes progress reports.
        should_stop: asked between pictures.

    Returns:
        {"runs": ids in the order of their queue, "experiment": id}.
    """
    dataset = import_dataset("rendered", _OPTIONS, "Five objects", emit=emit, should_stop=should_stop)
    experiment = secrets.token_hex(5)
    runs = [
        open_store().add_run("train", plan.to_json(), run_name(plan), experiment).id for plan in example_plans(dataset)
    ]
    return {"runs": runs, "experiment": experiment}


def example_plans(dataset) -> list[TrainingPlan]:
    """Choose what the example trains.

    Args:
        dataset: the five objects.

    Returns:
        A frozen and a fine-tuned MobileNetV2 if its ImageNet weights are on this machine, and in any case a small
        network from scratch.
    """
    plans = [
        plan_from_json(
            {**suggest_plan(dataset, "scratch", _SMALL), "input_size": 64, "epochs": 10},
        )
    ]
    architecture = catalog.find(_PRETRAINED)
    if catalog.has_weights(architecture, include_top=False, input_size=suggest_input_size(dataset, architecture)):
        frozen = plan_from_json(suggest_plan(dataset, "frozen", _PRETRAINED))
        tuned = plan_from_json({**suggest_plan(dataset, "fine_tune", _PRETRAINED), "epochs": 6})
        plans = [frozen, plans[0], tuned]
    return plans
