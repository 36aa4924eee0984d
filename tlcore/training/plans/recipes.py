"""Recipes: runs that courses teach, by name, with the figures that they must come to. Knows no TensorFlow.

The rows stand in `recipes.json`; what each fixes are fields of a plan.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tlcore.datasets.dataset import Dataset
from tlcore.rows import find_row
from tlcore.training.plans.defaults import suggest_plan

SLOW_STATISTICS = 0.999  # the momentum of MobileNetV2 in Keras; of networks with a lower one, theirs stays
# Known since https://github.com/tensorflow/tensorflow/issues/36065
SLOW_STATISTICS_WHY = (
    "With slow batch statistics (the usual Keras momentum of 0.99 or 0.999), the running averages of "
    "BatchNormalization are still near their random start after a few steps. Training looks fine, because it uses the "
    "statistics of each batch; validation uses the averages, so it is most likely at chance. The studio's 0.9 lets "
    "the averages keep up."
)


@dataclass(frozen=True)
class Recipe:
    """A run with a name.

    Args:
        name: its key on the command line.
        title: what a person calls it.
        sentence: what it shows.
        data: what it is made for.
        values: the fields of the plan that it fixes; the others follow from the dataset.
        classes: of the dataset for which the figures hold.
        total: parameters of the whole network.
        trainable: parameters that the last phase changes.
        flatten: numbers that go into the head after flattening; 0 where it pools.
        source: source of a dataset that needs no network; "" if there is none.
        photos: how many images of the dataset take part, before it is split; 0 for all.
        reported: accuracy by part of the split, 0..1, where one was published with the recipe.
    """

    name: str
    title: str
    sentence: str
    data: str
    values: Mapping[str, object]
    classes: int
    total: int
    trainable: int
    flatten: int = 0
    source: str = ""
    photos: int = 0
    reported: Mapping[str, float] = field(default_factory=dict)

    @property
    def frozen(self) -> int:
        """Parameters that stay as they were."""
        return self.total - self.trainable


def _read_recipes() -> tuple[Recipe, ...]:
    rows = json.loads(Path(__file__).with_name("recipes.json").read_text("utf-8"))
    for row in rows:
        row["sentence"] = row["sentence"].replace("{why}", SLOW_STATISTICS_WHY)
        values = row["values"].items()
        row["values"] = {name: tuple(value) if isinstance(value, list) else value for name, value in values}
    return tuple(Recipe(**row) for row in rows)


RECIPES = _read_recipes()


def find_recipe(name: str) -> Recipe:
    """Look a recipe up.

    Args:
        name: its key.

    Returns:
        The row.

    Raises:
        NotFoundError: if there is none of this name.
    """
    return find_row("recipe", name, RECIPES)


def recipe_values(recipe: Recipe, dataset: Dataset) -> dict[str, object]:
    """Values for the fields of a plan that follows a recipe.

    Args:
        recipe: which.
        dataset: what to learn from.

    Returns:
        What `tlcore.training.plans.plan.plan_from_json` takes: what the recipe fixes, and suitable values for the rest.
    """
    subset = float(recipe.photos) if 0 < recipe.photos < len(dataset) else 1.0
    settled = {"subset": subset, "optimizer": "adam", **recipe.values}  # as their sources have it, step by step
    return suggest_plan(dataset, str(recipe.values["strategy"]), str(recipe.values["backbone"]), settled)
