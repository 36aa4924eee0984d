"""The plan: the complete, validated, serialisable description of one training run."""

from __future__ import annotations

import copy
import dataclasses
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlcore.errors import InputError, NotFoundError, PlanError, Problem
from tlcore.images.augment_presets import read_augmentation
from tlcore.images.preprocess import PREPROCESSING
from tlcore.images.resize import RESIZE_MODES
from tlcore.training.schedules import SCHEDULES
from tlcore.training.strategies import STRATEGIES, find_strategy
from tlcore.zoo import catalog
from tlcore.zoo.tables import layer_table

SCHEMA = 1
POOLINGS = ("average", "max", "flatten")
OPTIMIZERS = ("adam", "rmsprop", "sgd")
WEIGHTS = ("imagenet", "embedded", "none")


def _field(default: Any, help: str, low: float | None = None, high: float | None = None, choices: tuple = ()) -> Any:
    metadata = {"help": help, "low": low, "high": high, "choices": choices}
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Phase:
    """A stretch of a run with one set of trainable layers.

    Args:
        title: what a person calls it.
        epochs: how many, at least 1.
        first_trainable: the first backbone layer that is trained; "" trains the head only.
        learning_rate: step size of the optimizer.
    """

    title: str
    epochs: int
    first_trainable: str
    learning_rate: float


@dataclass(frozen=True)
class TrainingPlan:
    """One training run, described in full. Each field's help, range and choices are in its metadata.

    Raises:
        PlanError: on construction, with every problem of the plan at once.
    """

    dataset: str = _field("", "The dataset to learn from.")
    strategy: str = _field(
        "frozen", "What is trained, and from which start.", choices=tuple(row.name for row in STRATEGIES)
    )
    backbone: str = _field("MobileNetV2", "The network that turns photos into features.")
    weights: str = _field(
        "imagenet",
        "Where the backbone's weights come from: imagenet, embedded (they come with this project), none, or a file.",
    )
    input_size: int = _field(160, "Side of the square that each photo is resized to, in pixels.", 16, 1024)
    resize: str = _field("stretch", "How a photo becomes a square.", choices=tuple(row.name for row in RESIZE_MODES))
    preprocessing: str = _field(
        "",
        "How pixels are scaled; empty for what the backbone expects, anything else to see what a mismatch does.",
        choices=("", *(row.name for row in PREPROCESSING)),
    )
    cut_layer: str = _field("", "The backbone layer whose output feeds the head; empty for the last one.")
    pooling: str = _field("average", "How a map of features becomes a list of numbers.", choices=POOLINGS)
    hidden_units: tuple[int, ...] = _field((), "Units of each hidden dense layer of the head.", 1, 8192)
    dropout: float = _field(0.0, "Share of the head's inputs that are switched off at random.", 0.0, 0.9)
    first_trainable: str = _field("", "The first backbone layer that fine-tuning changes.")
    warmup_epochs: int = _field(0, "Epochs that train the head alone before the backbone joins.", 0, 1000)
    epochs: int = _field(10, "How often the training photos are gone through, warm-up included.", 1, 1000)
    batch_size: int = _field(32, "Photos in one step of the optimizer.", 1, 1024)
    optimizer: str = _field("adam", "The rule that turns gradients into steps.", choices=OPTIMIZERS)
    learning_rate: float = _field(1e-3, "Step size for the head, and for training from scratch.", 1e-8, 10.0)
    fine_tune_learning_rate: float = _field(1e-4, "Step size once pretrained layers are trained too.", 1e-8, 10.0)
    schedule: str = _field(
        "constant", "How the learning rate moves within each phase.", choices=tuple(row.name for row in SCHEDULES)
    )
    layer_decay: float = _field(
        1.0,
        "Each stage of the backbone learns with this share of the rate of the stage above it; 1 for the same rate.",
        0.05,
        1.0,
    )
    learn_statistics: bool = _field(
        False, "Let the BatchNormalization layers that are fine-tuned take new statistics; it often does harm."
    )
    augmentation: str = _field(
        "none", "Random changes of the training photos: a mixture's name, or strengths such as flip=0.5,rotate=10."
    )
    augmented_views: int = _field(
        4, "Changed copies of each photo that are computed once and used in turn; 0 makes new ones each epoch.", 0, 64
    )
    early_stopping: int = _field(
        0, "End after this many epochs without a better validation loss and keep the best; 0 never.", 0, 1000
    )
    class_weights: bool = _field(False, "Whether rare classes count more.")
    label_smoothing: float = _field(0.0, "How far the targets are moved from certainty.", 0.0, 0.5)
    fraction: float = _field(1.0, "Share of the training photos that is used.", 0.001, 1.0)
    shares: tuple[float, float, float] = _field((0.7, 0.15, 0.15), "Training, validation and test share.", 0.0, 1.0)
    split_seed: int = _field(0, "Seed of the split; the same seed gives the same split.", 0, 2**31 - 1)
    seed: int = _field(0, "Seed of the weights and of the order of photos.", 0, 2**31 - 1)

    def __post_init__(self) -> None:
        problems = self.problems()
        if problems:
            raise PlanError(problems)

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the plan.

        Returns:
            All problems, each naming field, value and mend; an empty list for a sound plan.
        """
        found = _type_problems(self)
        # What is of the wrong type is set aside, so that the rest is checked as well.
        ill_typed = {problem.field for problem in found}
        sound = copy.copy(self)
        for field in dataclasses.fields(self):
            if field.name in ill_typed:
                object.__setattr__(sound, field.name, field.default)
        checks = (
            _range_problems,
            _share_problems,
            _strategy_problems,
            _statistics_problems,
            _augmentation_problems,
            _backbone_problems,
        )
        others = [problem for check in checks for problem in check(sound)]
        return found + [problem for problem in others if problem.field not in ill_typed]

    @property
    def architecture(self) -> catalog.Architecture:
        """The backbone's row in the catalog."""
        return catalog.find(self.backbone)

    @property
    def cut(self) -> str:
        """The cut layer in force."""
        return self.cut_layer or self.architecture.last_feature_layer

    @property
    def pixel_mode(self) -> str:
        """The mode of `tlcore.images.preprocess` in force."""
        return self.preprocessing or self.architecture.preprocessing

    def phases(self) -> tuple[Phase, ...]:
        """The stretches of the run, in order.

        Returns:
            One phase; two if the head is warmed up before the backbone joins.
        """
        strategy = find_strategy(self.strategy)
        if not strategy.trains_backbone:
            return (Phase("Training the head", self.epochs, "", self.learning_rate),)
        first = self.first_trainable or layer_table(self.architecture.name).rows[0].name
        if not strategy.needs_weights:
            return (Phase("Training every layer", self.epochs, first, self.learning_rate),)
        title = "Fine-tuning" if strategy.needs_layer else "Training every layer"
        main = Phase(title, self.epochs - self.warmup_epochs, first, self.fine_tune_learning_rate)
        if self.warmup_epochs == 0:
            return (main,)
        return (Phase("Warming up the head", self.warmup_epochs, "", self.learning_rate), main)

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
    """
    if not isinstance(values, dict):
        raise InputError("a plan as a JSON object", type(values).__name__, 'Write it as {"dataset": …, …}.')
    if values.get("schema", SCHEMA) != SCHEMA:
        raise InputError(f"a plan of schema {SCHEMA}", f"schema {values['schema']!r}", "Update this program.")
    fields = {field.name: field for field in dataclasses.fields(TrainingPlan)}
    known = {name: _plain_to_field(fields[name], value) for name, value in values.items() if name in fields}
    unknown = [
        Problem(name, value, f"There is no such field. The fields are {', '.join(fields)}.")
        for name, value in values.items()
        if name not in fields and name != "schema"
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
    field = {field.name: field for field in dataclasses.fields(TrainingPlan)}.get(name)
    if field is None:
        return text
    try:
        if isinstance(field.default, tuple):
            number = float if name == "shares" else int
            return tuple(number(part) for part in text.split(",") if part.strip())
        if isinstance(field.default, bool):
            return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.lower()]
        return type(field.default)(text)
    except (ValueError, KeyError):
        return text


def _plain_to_field(field: dataclasses.Field, value: object) -> object:
    if isinstance(field.default, tuple) and isinstance(value, list):
        return tuple(value)
    if isinstance(field.default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _type_problems(plan: TrainingPlan) -> list[Problem]:
    words = {str: "text", int: "a whole number", float: "a number", bool: "true or false", tuple: "a list of numbers"}
    found = []
    for field in dataclasses.fields(plan):
        value, kind = getattr(plan, field.name), type(field.default)
        fits = type(value) is kind and not (kind is float and not math.isfinite(value))
        if kind is tuple and fits:
            fits = all(isinstance(item, int | float) and not isinstance(item, bool) for item in value)
        if not fits:
            found.append(Problem(field.name, value, f"Expected {words[kind]}."))
    return found


def _range_problems(plan: TrainingPlan) -> list[Problem]:
    found = []
    for field in dataclasses.fields(plan):
        value, limits = getattr(plan, field.name), field.metadata
        if limits["choices"] and value not in limits["choices"]:
            found.append(Problem(field.name, value, f"Choose one of {', '.join(filter(None, limits['choices']))}."))
        if limits["low"] is not None:
            values = value if isinstance(value, tuple) else (value,)
            if any(not limits["low"] <= item <= limits["high"] for item in values):
                found.append(Problem(field.name, value, f"Choose between {limits['low']:g} and {limits['high']:g}."))
    return found


def _share_problems(plan: TrainingPlan) -> list[Problem]:
    found = []
    if not plan.dataset:
        found.append(Problem("dataset", plan.dataset, "Choose a dataset."))
    if len(plan.shares) != 3 or min(plan.shares) <= 0 or abs(sum(plan.shares) - 1) > 1e-6:
        found.append(Problem("shares", plan.shares, "Give three shares above 0 that add up to 1."))
    return found


def _strategy_problems(plan: TrainingPlan) -> list[Problem]:
    try:
        strategy = find_strategy(plan.strategy)
    except NotFoundError:
        return []  # already named among the choices
    found = []
    if strategy.needs_weights and plan.weights == "none":
        mend = f"The strategy {strategy.name} starts from pretrained weights: choose imagenet, embedded or a file."
        found.append(Problem("weights", plan.weights, mend))
    if not strategy.needs_weights and plan.weights != "none":
        found.append(Problem("weights", plan.weights, "Training from scratch starts from random weights: choose none."))
    if plan.weights not in WEIGHTS and not Path(plan.weights).is_file():
        found.append(Problem("weights", plan.weights, "There is no such file. Name one, or imagenet, embedded, none."))
    if strategy.needs_layer and not plan.first_trainable:
        found.append(Problem("first_trainable", "", "Name the first layer to fine-tune, such as block_11_expand_BN."))
    if not strategy.needs_layer and plan.first_trainable:
        mend = f"The strategy {strategy.name} chooses its layers by itself: leave this empty."
        found.append(Problem("first_trainable", plan.first_trainable, mend))
    if plan.warmup_epochs and not (strategy.needs_weights and strategy.trains_backbone):
        found.append(Problem("warmup_epochs", plan.warmup_epochs, f"{strategy.name} has no warm-up: choose 0."))
    elif plan.warmup_epochs >= plan.epochs:
        found.append(Problem("warmup_epochs", plan.warmup_epochs, f"Choose fewer than the {plan.epochs} epochs."))
    return found


def _statistics_problems(plan: TrainingPlan) -> list[Problem]:
    if plan.learn_statistics and plan.strategy == "frozen":
        return [Problem("learn_statistics", True, "Nothing of a frozen backbone learns: choose false.")]
    return []


def _augmentation_problems(plan: TrainingPlan) -> list[Problem]:
    try:
        read_augmentation(plan.augmentation)
    except InputError as error:
        return [Problem("augmentation", plan.augmentation, f"Expected {error.expected}. {error.action}")]
    return []


def _backbone_problems(plan: TrainingPlan) -> list[Problem]:
    try:
        architecture = catalog.find(plan.backbone)
    except NotFoundError as error:
        return [Problem("backbone", plan.backbone, error.action)]
    found = []
    if not architecture.can_be_backbone and plan.strategy != "scratch":
        mend = (
            "Nobody pretrained this network, so it has no features to reuse: train it from scratch or choose another."
        )
        found.append(Problem("backbone", plan.backbone, mend))
    if plan.weights in ("imagenet", "embedded") and plan.weights != architecture.pretrained_weights:
        mend = f"There are no such weights for {architecture.title}: choose {architecture.pretrained_weights}."
        found.append(Problem("weights", plan.weights, mend))
    if plan.input_size < architecture.minimum_size:
        mend = f"{architecture.title} needs at least {architecture.minimum_size} pixels."
        found.append(Problem("input_size", plan.input_size, mend))
    if plan.input_size % architecture.size_step:
        mend = f"{architecture.title} takes multiples of {architecture.size_step} pixels only."
        found.append(Problem("input_size", plan.input_size, mend))
    names = [row.name for row in layer_table(architecture.name).rows]
    for field in ("cut_layer", "first_trainable"):
        value = getattr(plan, field)
        if value and value not in names:
            action = NotFoundError("layer", value, names).action
            found.append(Problem(field, value, f"{architecture.title} has no such layer. {action}"))
    cut = plan.cut_layer or architecture.last_feature_layer
    if cut in names and plan.weights != "none" and plan.input_size != architecture.input_size:
        below = layer_table(architecture.name).rows[: names.index(cut)]
        if any(row.type == "Flatten" for row in below):
            mend = f"Up to {cut} the network takes only the original's {architecture.input_size} pixels."
            found.append(Problem("input_size", plan.input_size, mend))
    if plan.first_trainable in names and cut in names and names.index(plan.first_trainable) > names.index(cut):
        found.append(Problem("first_trainable", plan.first_trainable, f"It lies above the cut layer {cut}."))
    return found
