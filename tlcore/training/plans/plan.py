"""The plan: the complete, validated, serializable description of one training run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.splits import Split, split
from tlcore.errors import InputError, PlanError, Problem
from tlcore.training.plans.fields import DEFAULTS, EXACT, PlanFields
from tlcore.training.plans.problems import plan_problems
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo.layers.tables import layer_table

SCHEMA = 2
WARM_UP = "Warming up the head"  # title of the phase before the backbone joins
# What a run says it does before its epochs, or between two phases.
LOOKING = "Looking at the images"  # through the layers that are not trained
LOOKING_AGAIN = "Looking at the images once more"  # as fewer layers stay as they are than in the phase before
READING = "Reading images"  # where no layer stays as it is
CHANGED_COPY = "changed copy"  # of the training images, of which the same is said
TRYING = "Finding the best head"
FIRST_STEP = "Preparing the first step, which takes longest"
EXACT_PASSES = 100  # at most, whatever the plan says of epochs: a head is usually solved in 20 to 40
# What fields that came later meant before there were any: plans of an earlier schema are read with these.
_BEFORE: Mapping[int, Mapping[str, Any]] = {1: {"head": "new", "shares": (0.7, 0.15, 0.15)}}


@dataclass(frozen=True)
class Phase:
    """A stretch of a run with one set of trainable layers.

    Args:
        title: what a person calls it.
        epochs: how many, at least 1.
        first_trainable: the first backbone layer that is trained; "" trains the head only.
        learning_rate: step size of the optimizer.
        optimizer: one of `OPTIMIZERS`.
    """

    title: str
    epochs: int
    first_trainable: str
    learning_rate: float
    optimizer: str

    @property
    def is_exact(self) -> bool:
        """Whether its head is solved instead of trained step by step."""
        return self.optimizer == EXACT


@dataclass(frozen=True)
class TrainingPlan(PlanFields):
    """One training run, described in full.

    Raises:
        PlanError: on construction, with every problem of the plan at once.
    """

    def __post_init__(self) -> None:
        problems = self.problems()
        if problems:
            raise PlanError(problems)

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the plan.

        Returns:
            All problems, each naming field, value and mend; an empty list for a sound plan.
        """
        return plan_problems(self)

    @property
    def cut(self) -> str:
        """The cut layer in force."""
        return self.cut_layer or self.architecture.last_feature_layer

    @property
    def trains_head_only(self) -> bool:
        """Whether a new head on the frozen backbone is all that is trained."""
        return not STRATEGIES.find(self.strategy).trains_backbone and not self.has_own_head

    def split(self, dataset: Dataset) -> Split:
        """Split a dataset as the plan says.

        Args:
            dataset: the plan's.

        Returns:
            Which images serve for what.

        Raises:
            DatasetError: if a class would have no image in a part.
        """
        return split(dataset, self.shares, self.split_seed, self.fraction, self.subset)

    @property
    def pixel_mode(self) -> str:
        """The mode of `tlcore.images.preprocess` in force."""
        return self.preprocessing or self.architecture.preprocessing

    def phases(self) -> tuple[Phase, ...]:
        """The stretches of the run, in order.

        Returns:
            One phase; two if the head is warmed up before the backbone joins.
        """
        strategy = STRATEGIES.find(self.strategy)
        if not strategy.trains_backbone:
            return (self._head_phase("Training the head", self.epochs),)
        first = self.first_trainable or layer_table(self.architecture.name).rows[0].name
        steps = "adam" if self.optimizer == EXACT else self.optimizer
        if not strategy.needs_weights:
            return (Phase("Training every layer", self.epochs, first, self.learning_rate, steps),)
        title = "Fine-tuning" if strategy.needs_layer else "Training every layer"
        main = Phase(title, self.epochs - self.warmup_epochs, first, self.fine_tune_learning_rate, steps)
        if self.warmup_epochs == 0:
            return (main,)
        return (self._head_phase(WARM_UP, self.warmup_epochs), main)

    def _head_phase(self, title: str, epochs: int) -> Phase:
        epochs = EXACT_PASSES if self.optimizer == EXACT else epochs
        return Phase(title, epochs, "", self.learning_rate, self.optimizer)

    def to_json(self) -> dict:
        """The plan as plain values, with its schema version."""
        return {"schema": SCHEMA, **dataclasses.asdict(self)}


def plan_from_json(values: dict) -> TrainingPlan:
    """Make a plan of plain values; fields that are missing take their defaults.

    Args:
        values: field names and values, as `TrainingPlan.to_json` gives or a person wrote.

    Returns:
        The plan.

    Raises:
        PlanError: with every problem at once, unknown fields included.
        InputError: if the values were written by a newer version of this project.

    Example:
        >>> plan = plan_from_json({"dataset": "my-photos-1a2b3c4d", "backbone": "VGG16", "epochs": 3})
        >>> [phase.title for phase in plan.phases()]
        ['Training the head']
    """
    if not isinstance(values, dict):
        raise InputError("a plan as a JSON object", type(values).__name__, 'Write it as {"dataset": …, …}.')
    schema = values.get("schema", SCHEMA)
    if schema != SCHEMA and schema not in _BEFORE:
        raise InputError(f"a plan of schema {SCHEMA} or earlier", f"schema {schema!r}", "Update this program.")
    values = {**_BEFORE.get(schema, {}), **values}
    known = {name: _plain_to_field(DEFAULTS[name], value) for name, value in values.items() if name in DEFAULTS}
    unknown = [
        Problem(name, value, f"There is no such field. The fields are {', '.join(DEFAULTS)}.")
        for name, value in values.items()
        if name not in DEFAULTS and name != "schema"
    ]
    try:
        plan = TrainingPlan(**known)
    except PlanError as error:
        raise PlanError([*unknown, *error.problems]) from None
    if unknown:
        raise PlanError(unknown)
    return plan


def parse_field(name: str, text: str) -> object:
    """Read one field of a plan as a person writes it on the command line.

    Args:
        name: the field.
        text: its value; several numbers are separated by commas.

    Returns:
        The value in the field's type, or the text unchanged where it does not parse; the plan then says what is wrong.
    """
    default = DEFAULTS.get(name)
    if default is None:
        return text
    try:
        if name == "shares":
            return () if text.strip().lower() == "as given" else tuple(map(float, filter(str.strip, text.split(","))))
        if isinstance(default, tuple):
            return tuple(int(part) for part in text.split(",") if part.strip())
        if isinstance(default, bool):
            return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.lower()]
        return type(default)(text)
    except (ValueError, KeyError):
        return text


def _plain_to_field(default: Any, value: Any) -> Any:
    if isinstance(default, tuple) and isinstance(value, list):
        return tuple(value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
