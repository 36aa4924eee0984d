"""In what the plans of some runs differ, and in what they agree."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from tlcore.reports.comparison import ComparedRun
from tlcore.training.plan import TrainingPlan


def plan_differences(compared: Sequence[ComparedRun]) -> tuple[list[dict], list[dict]]:
    """Set the plans side by side.

    Args:
        compared: at least one run.

    Returns:
        Rows of the fields that differ (field, one column a run, meaning) and of those that are equal (field, value,
        meaning), in the order of the plan. Values are texts as the command line takes them.
    """
    differing, equal = [], []
    for field in dataclasses.fields(TrainingPlan):
        values = [_text(item.run.plan.get(field.name, field.default)) for item in compared]
        meaning = {"meaning": field.metadata["help"]}
        if len(set(values)) > 1:
            columns = zip([item.title for item in compared], values, strict=True)
            differing.append({"field": field.name, **dict(columns), **meaning})
        else:
            equal.append({"field": field.name, "value": values[0], **meaning})
    return differing, equal


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
