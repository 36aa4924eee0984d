"""The plan of a pupil's run: what the lesson fixes, what the pupil chose, and suitable values for the rest."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.errors import InputError
from tlcore.lessons.lesson import Lesson
from tlcore.lessons.ready import EACH, HERE
from tlcore.runs.run import FINISHED, Run
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.fields import DEFAULTS
from tlcore.training.plans.plan import TrainingPlan, plan_from_json
from tlcore.training.plans.words import field_title, value_text
from tlcore.training.results.result import TrainResult
from tlcore.zoo import catalog

_MOST_COMBINATIONS = 500


def checked_choices(choices: Mapping[str, Sequence[Any]], fixed: Mapping[str, Any]) -> dict[str, list]:
    """Read what a teacher lets pupils choose.

    Args:
        choices: fields of the plan, or `EACH`, → values; `HERE` stands for backbones.
        fixed: fields that are the same for all.

    Returns:
        The same as plain values, with the backbones that are here.

    Raises:
        InputError: if there is no such field, a field is fixed as well, or has no value to choose.
    """
    known = {*DEFAULTS, EACH} - {"dataset"}
    for name in (*choices, *fixed):
        if name not in known:
            raise InputError("a field of a plan", repr(name), f"The fields are {', '.join(sorted(known))}.")
    found = {name: _backbones(values) if name == "backbone" else list(values) for name, values in choices.items()}
    for name, values in found.items():
        if not values or name in fixed:
            raise InputError(f"values to choose for {name}, which is not fixed", repr(values), "Fix it, or allow some.")
    return found


def _backbones(names: Sequence[str]) -> list[str]:
    here = [row.name for row in catalog.CLASSIFIERS if catalog.has_weights_of_any_size(row, include_top=False)]
    return [name for each in names for name in (here if each == HERE else [each])]


def pupil_plan(lesson: Lesson, dataset: Dataset, chosen: Mapping[str, Any]) -> TrainingPlan:
    """Write the plan of a pupil's run.

    Args:
        lesson: fixes some fields, and offers values for others.
        dataset: what to learn from.
        chosen: field → one of the values offered; for what is missing the first one holds.

    Raises:
        InputError: if a field or value is not offered.
        PlanError: if the plan has problems.
        DatasetError: if the images have to be counted and the dataset cannot be split.
    """
    settled: dict[str, Any] = {**lesson.fixed, **{name: values[0] for name, values in lesson.choices.items()}}
    for name, value in chosen.items():
        if name not in lesson.choices:
            raise InputError("what this lesson lets you choose", name, f"Choose {', '.join(lesson.choices)}.")
        if value not in lesson.choices[name]:
            offered = ", ".join(choice_text(name, each) for each in lesson.choices[name])
            raise InputError(f"one of {offered}", choice_text(name, value), "Choose one of these.")
        settled[name] = value
    if EACH in settled:
        settled["fraction"] = _fraction(dataset, settled.pop(EACH), settled)
    strategy, backbone = settled.get("strategy", "frozen"), settled.get("backbone", catalog.INSTALLED)
    return plan_from_json(suggest_plan(dataset, str(strategy), str(backbone), settled))


def _fraction(dataset: Dataset, each: int, settled: Mapping[str, Any]) -> float:
    """The share of the training images that leaves about so many of each class."""
    fields = {name: settled[name] for name in ("subset", "shares", "split_seed") if name in settled}
    training = plan_from_json({"dataset": dataset.id, **fields}).split(dataset).train
    return float(min(1.0, each / np.bincount(dataset.labels[training]).mean()))


def all_plans(lesson: Lesson, dataset: Dataset) -> list[TrainingPlan]:
    """The plans of all that pupils can choose, at most some hundred of them.

    Args:
        lesson: offers the values.
        dataset: what to learn from.
    """
    combinations = itertools.islice(itertools.product(*lesson.choices.values()), _MOST_COMBINATIONS)
    return [pupil_plan(lesson, dataset, dict(zip(lesson.choices, values, strict=True))) for values in combinations]


def choice_title(name: str) -> str:
    """What a pupil calls a field.

    Args:
        name: of a field of the plan, or `EACH`.
    """
    titles = {EACH: "Training images of each class", "split_seed": "Draw of the images", "learning_rate": "Step size"}
    return titles.get(name) or field_title(name)


def choice_text(name: str, value: Any) -> str:
    """What a pupil calls a value.

    Args:
        name: of a field of the plan, or `EACH`.
        value: of it.
    """
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return f"{value:,}" if name in (EACH, "split_seed") else value_text(name, value)


def chosen_text(run: Run, name: str) -> str:
    """What a pupil chose for a run.

    Args:
        run: of a lesson.
        name: of a field of the plan, or `EACH`: of that a run that has not finished only knows the share.
    """
    if name != EACH:
        return choice_text(name, run.plan[name])
    if run.state != FINISHED:
        return choice_text("fraction", run.plan["fraction"])
    result = TrainResult.from_json(run.result)
    return choice_text(EACH, round(result.scores["train"].images / len(result.classes)))
