"""In what the plans of some runs differ, and in what they agree."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tlcore.comparison.comparison import ComparedRun, by_strategy
from tlcore.comparison.findings.experiments import images_a_class, kind_of
from tlcore.errors import InputError
from tlcore.text import names_together
from tlcore.training.plans.fields import EXACT
from tlcore.training.plans.plan import TrainingPlan, plan_from_json
from tlcore.training.plans.words import NOT_HERE, field_title, value_text, without_meaning

Sides = tuple[list[dict], list[dict]]


@dataclass(frozen=True)
class _Setting:
    """A field of plans as a reader of a comparison meets it.

    Args:
        field: of the plan.
        title: what it is called.
        meaning: what it is.
        text: its value for a run.
    """

    field: str
    title: str
    meaning: str
    text: Callable[[ComparedRun], str]


# What experiments vary on purpose: a kind → fields of the plan.
_VARIED: Mapping[str, tuple[str, ...]] = {
    "strategies": ("strategy",),
    "photos": ("fraction", "strategy"),
    "few": ("fraction", "strategy"),
    "cuts": ("cut_layer",),
    "backbones": ("backbone",),
    "seeds": ("seed", "strategy"),
}
# Settings that an experiment speaks of in words of its own.
_OWN_WORDS: Mapping[str, _Setting] = {
    "few": _Setting(
        "fraction",
        "Training images per class",
        "How many images of each class it learns from, on average; all runs are tested on the same images.",
        lambda item: f"{images_a_class(item):.0f}",
    ),
}


def plan_differences(compared: Sequence[ComparedRun]) -> Sides:
    """Set the plans side by side.

    Args:
        compared: at least one run.

    Returns:
        Rows of the fields that differ (field, one column a run, meaning) and of those that are equal (field, value,
        meaning), in the order of the plan. Values are texts as the command line takes them.
    """

    def as_given(name: str) -> Callable[[ComparedRun], str]:
        return lambda item: _text(_value(item, name))

    settings = [_Setting(name, name, help, as_given(name)) for name, help in _helps().items()]
    return _side_by_side(compared, settings, ("field", "value", "meaning"))


def plan_table(compared: Sequence[ComparedRun]) -> Sides:
    """Set the plans side by side in words, for people to read.

    Args:
        compared: at least one run.

    Returns:
        Rows as those of `plan_differences`, with the titles of columns, fields and values; what does not apply to a run
        is a dash. What their experiment varies comes first, in its own words.
    """
    return _side_by_side(compared, _settings(compared), ("Setting", "Value", "Meaning"))


def varied_settings(compared: Sequence[ComparedRun]) -> list[str]:
    """Name what the experiment of some runs varies.

    Args:
        compared: at least one run.

    Returns:
        Titles of settings, as `plan_table` has them; none for runs of no experiment or one that varies all kinds of
        things.
    """
    varied = _VARIED.get(kind_of(compared), ())
    return [setting.title for setting in _settings(compared) if setting.field in varied]


def _settings(compared: Sequence[ComparedRun]) -> list[_Setting]:
    """All settings in words, those first that the runs' experiment varies."""
    kind, idle = kind_of(compared), {item.run.id: _idle(item) for item in compared}
    own, varied = _OWN_WORDS.get(kind), _VARIED.get(kind, ())

    def in_words(name: str) -> Callable[[ComparedRun], str]:
        return lambda item: _words(item, name, idle[item.run.id])

    settings = [
        own if own and own.field == name else _Setting(name, field_title(name), help, in_words(name))
        for name, help in _helps().items()
    ]
    places = {name: place for place, name in enumerate(varied)}
    return sorted(settings, key=lambda setting: places.get(setting.field, len(places)))


def many_plans(compared: Sequence[ComparedRun], differing: Sequence[dict]) -> list[list[dict]]:
    """Put the settings of many plans together, so that their tables stay narrow.

    Args:
        compared: runs.
        differing: the settings in which they differ, as `plan_table` gives them.

    Returns:
        Tables that are not empty: a row a value with the runs that have it; and the settings that go with the strategy,
        a column a strategy.
    """
    titles_of = {runs[0].strategy.title: [item.title for item in runs] for runs in by_strategy(compared)}
    together, single = [], []
    for row in differing:
        values = {name: {row[title] for title in titles} for name, titles in titles_of.items()}
        if all(len(found) == 1 for found in values.values()):
            row_of_strategies = {name: found.pop() for name, found in values.items()}
            if [*row_of_strategies] != [*row_of_strategies.values()]:  # the strategy itself is the heading
                together.append({"Strategy": row["Setting"], **row_of_strategies})
            continue
        having: dict[str, list[str]] = {}
        for item in compared:
            having.setdefault(row[item.title], []).append(item.title)
        single += [
            {"Setting": row["Setting"], "Value": value, "Runs": names_together(titles)}
            for value, titles in having.items()
        ]
    return [rows for rows in (single, together) if rows]


def _side_by_side(
    compared: Sequence[ComparedRun], settings: Sequence[_Setting], columns: tuple[str, str, str]
) -> Sides:
    differing, equal = [], []
    setting, one, meaning = columns
    for row in settings:
        texts = [row.text(item) for item in compared]
        if len(set(texts)) > 1:
            runs = zip([item.title for item in compared], texts, strict=True)
            differing.append({setting: row.title, **dict(runs), meaning: row.meaning})
        else:
            equal.append({setting: row.title, one: texts[0], meaning: row.meaning})
    return differing, equal


def _helps() -> dict[str, str]:
    """The fields of a plan, in its order, and what they are."""
    return {field.name: field.metadata["help"] for field in dataclasses.fields(TrainingPlan)}


def _value(item: ComparedRun, name: str) -> object:
    return item.run.plan.get(name, TrainingPlan.__dataclass_fields__[name].default)


def _idle(item: ComparedRun) -> set[str]:
    """The fields that do not apply to a run; none are known where its plan can no longer be made."""
    try:
        return without_meaning(plan_from_json(item.run.plan))
    except InputError:  # such as a file that the plan names and that is gone
        return set()


def _words(item: ComparedRun, name: str, idle: set[str]) -> str:
    """The value of a field for people; a head that is solved takes as many passes as it needs, not epochs."""
    value = _value(item, name)
    is_solved = _value(item, "optimizer") == EXACT and item.strategy.trains_backbone and item.strategy.needs_weights
    if name == "warmup_epochs" and value and is_solved:
        return "Until the head is solved"
    return NOT_HERE if name in idle else value_text(name, value)


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
