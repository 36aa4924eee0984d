"""In what the plans of some runs differ, and in what they agree."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from tlcore.comparison.comparison import ComparedRun
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.plans.words import field_title, value_text

Sides = tuple[list[dict], list[dict]]


def plan_differences(compared: Sequence[ComparedRun]) -> Sides:
    """Set the plans side by side.

    Args:
        compared: at least one run.

    Returns:
        Rows of the fields that differ (field, one column a run, meaning) and of those that are equal (field, value,
        meaning), in the order of the plan. Values are texts as the command line takes them.
    """
    return _side_by_side(compared, ("field", "value", "meaning"), str, lambda _, value: _text(value))


def plan_table(compared: Sequence[ComparedRun]) -> Sides:
    """Set the plans side by side in words, for people to read.

    Args:
        compared: at least one run.

    Returns:
        The same rows as `plan_differences`, with the titles of columns, fields and values.
    """
    return _side_by_side(compared, ("Setting", "Value", "Meaning"), field_title, value_text)


def _side_by_side(
    compared: Sequence[ComparedRun],
    columns: tuple[str, str, str],
    title: Callable[[str], str],
    text: Callable[[str, object], str],
) -> Sides:
    differing, equal = [], []
    setting, one, meaning = columns
    for field in dataclasses.fields(TrainingPlan):
        values = [item.run.plan.get(field.name, field.default) for item in compared]
        texts = [text(field.name, value) for value in values]
        last = {meaning: field.metadata["help"]}
        if len({_text(value) for value in values}) > 1:
            runs = zip([item.title for item in compared], texts, strict=True)
            differing.append({setting: title(field.name), **dict(runs), **last})
        else:
            equal.append({setting: title(field.name), one: texts[0], **last})
    return differing, equal


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
