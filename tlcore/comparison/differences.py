"""In what the plans of some runs differ, and in what they agree."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from tlcore.comparison.comparison import ComparedRun
from tlcore.text import names_together
from tlcore.training.plans.fields import EXACT
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
    return _side_by_side(compared, ("field", "value", "meaning"), str, lambda plan, name: _text(plan[name]))


def plan_table(compared: Sequence[ComparedRun]) -> Sides:
    """Set the plans side by side in words, for people to read.

    Args:
        compared: at least one run.

    Returns:
        The same rows as `plan_differences`, with the titles of columns, fields and values.
    """
    return _side_by_side(compared, ("Setting", "Value", "Meaning"), field_title, _words)


def many_plans(compared: Sequence[ComparedRun], differing: Sequence[dict]) -> list[list[dict]]:
    """Put the settings of many plans together, so that their tables stay narrow.

    Args:
        compared: runs.
        differing: the settings in which they differ, as `plan_table` gives them.

    Returns:
        Tables that are not empty: settings that go with the strategy, a column a strategy; and the others, a row a
        value with the runs that have it.
    """
    by_strategy: dict[str, list[str]] = {}
    for item in compared:
        by_strategy.setdefault(item.strategy.title, []).append(item.title)
    together, single = [], []
    for row in differing:
        values = {name: {row[title] for title in titles} for name, titles in by_strategy.items()}
        if all(len(found) == 1 for found in values.values()):
            row_of_strategies = {name: found.pop() for name, found in values.items()}
            if [*row_of_strategies] != [*row_of_strategies.values()]:  # the strategy itself is the heading
                together.append({"Setting": row["Setting"], **row_of_strategies})
            continue
        having: dict[str, list[str]] = {}
        for item in compared:
            having.setdefault(row[item.title], []).append(item.title)
        single += [
            {"Setting": row["Setting"], "Value": value, "Runs": names_together(titles)}
            for value, titles in having.items()
        ]
    return [rows for rows in (together, single) if rows]


def _side_by_side(
    compared: Sequence[ComparedRun],
    columns: tuple[str, str, str],
    title: Callable[[str], str],
    text: Callable[[dict, str], str],
) -> Sides:
    differing, equal = [], []
    setting, one, meaning = columns
    for field in dataclasses.fields(TrainingPlan):
        plans = [{field.name: field.default, **item.run.plan} for item in compared]
        values = [plan[field.name] for plan in plans]
        texts = [text(plan, field.name) for plan in plans]
        last = {meaning: field.metadata["help"]}
        if len({_text(value) for value in values}) > 1:
            runs = zip([item.title for item in compared], texts, strict=True)
            differing.append({setting: title(field.name), **dict(runs), **last})
        else:
            equal.append({setting: title(field.name), one: texts[0], **last})
    return differing, equal


def _words(plan: dict, name: str) -> str:
    """The value of a field for people; a head that is solved takes as many passes as it needs, not epochs."""
    if name == "warmup_epochs" and plan[name] and plan.get("optimizer") == EXACT:
        return "Until the head is solved"
    return value_text(name, plan[name])


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
