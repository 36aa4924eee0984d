"""A plan in the words of a person: what its fields are called, and their values as one would write them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from tlcore.images.augment_presets import PRESETS
from tlcore.images.preprocess import PREPROCESSING
from tlcore.images.resize import RESIZE_MODES
from tlcore.text import count_text, decimal_text
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.plans.schedules import SCHEDULES
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo import catalog

PERCENTAGES = ("fraction", "dropout", "label_smoothing", "layer_decay")  # fields that hold one share, 0..1

NOT_HERE = "–"  # what does not apply; a 0 is a zero
AS_GIVEN = "as given"  # the parts that a dataset came with

_OFF: Mapping[str, Any] = {  # values with which a field does nothing
    **{"hidden_units": (), "dropout": 0.0, "normalize": False, "preprocessing": "", "last_trainable": ""},
    **{"layer_decay": 1.0, "learn_statistics": False, "augmentation": "none", "mixup": 0.0, "weight_averaging": 0.0},
    **{"early_stopping": 0, "class_weights": False, "label_smoothing": 0.0, "subset": 1.0, "fraction": 1.0},
}
_TITLES = {
    "input_size": "Input size in pixels",
    "subset": "Images used (share or number)",
    "fraction": "Share of the training images",
    "resize": "Resizing",
    "preprocessing": "Pixel scaling",
    "cut_layer": "Cut layer",
    "hidden_units": "Hidden dense layers",
    "first_trainable": "Fine-tune from layer",
    "last_trainable": "Fine-tune up to layer",
    "normalize": "Features scaled to length 1",
    "optimizer": "Optimizer",
    "mixup": "Image mixing (mixup)",
    "weight_averaging": "Weight averaging",
    "warmup_epochs": "Warm-up epochs",
    "batch_size": "Batch size (images)",
    "learning_rate": "Learning rate for the head",
    "fine_tune_learning_rate": "Learning rate for fine-tuning",
    "schedule": "Learning rate schedule",
    "layer_decay": "Learning rate by depth",
    "statistics_momentum": "Batch statistics momentum",
    "learn_statistics": "New batch statistics",
    "augmented_views": "Changed copies of each image",
    "early_stopping": "Early stopping after (epochs)",
    "shares": "Training, validation and test shares",
    "split_seed": "Split seed",
}
_VALUES: Mapping[str, Mapping[object, str]] = {
    "strategy": {row.name: row.title for row in STRATEGIES},
    "backbone": {row.name: row.title for row in catalog.ARCHITECTURES},
    "weights": {"imagenet": "ImageNet", "package": "ImageNet (installed)", "none": "None (random)"},
    "resize": {row.name: row.title for row in RESIZE_MODES},
    "preprocessing": {"": "As the backbone expects", **{row.name: row.title for row in PREPROCESSING}},
    "cut_layer": {"": "The last one"},
    "last_trainable": {"": "The last one"},
    "head": {"": "Whatever suits the network", "new": "A new head", "own": "The network's own classifier"},
    "pooling": {"average": "Average", "max": "Maximum", "flatten": "None, all values (flatten)"},
    "optimizer": {"lbfgs": "L-BFGS (exact)", "adam": "Adam", "rmsprop": "RMSprop", "sgd": "SGD"},
    "mixup": {0.0: "None"},
    "weight_averaging": {0.0: "None"},
    "schedule": {row.name: row.title for row in SCHEDULES},
    "augmentation": {row.name: row.title for row in PRESETS},
    "early_stopping": {0: "Never"},
    "augmented_views": {0: "New ones each epoch"},
}


def course_sentence(plan: TrainingPlan) -> str:
    """Say what training will do, in the order in which it happens.

    Args:
        plan: a sound plan.

    Returns:
        Such as "First the best head is computed, in some dozen quick passes, then 7 epochs of fine-tuning with Adam."
    """
    *before, last = plan.phases()
    if last.is_exact:
        return "The best head for these features is computed exactly, in some dozen quick passes."
    with_what = f"with {value_text('optimizer', last.optimizer)}, learning rate {decimal_text(last.learning_rate)}"
    epochs = count_text(last.epochs, "epoch")
    if not before:
        what = "every layer" if last.first_trainable else "the head"
        return f"{epochs} that train {what}, {with_what}."
    [head] = before
    first = (
        "the best head is computed, in some dozen quick passes"
        if head.is_exact
        else f"{count_text(head.epochs, 'epoch')} for the head alone"
    )
    joined = "fine-tuning" if STRATEGIES.find(plan.strategy).needs_layer else "training every layer"
    return f"First {first}, then {epochs} of {joined} {with_what}."


def settings_in_force(plan: TrainingPlan) -> list[tuple[str, str]]:
    """List the settings of a plan that make a difference to its run.

    Args:
        plan: a sound plan.

    Returns:
        Title and value of each, as a person would write them; what is off or means nothing here is left out.
    """
    idle = {name for name in _OFF if getattr(plan, name) == _OFF[name]} | {"dataset"} | without_meaning(plan)
    names = [field.name for field in dataclasses.fields(plan) if field.name not in idle]
    return [(field_title(name), value_text(name, getattr(plan, name))) for name in names]


def without_meaning(plan: TrainingPlan) -> set[str]:
    """Find the fields of a plan that do not apply to its run, whatever they hold.

    Args:
        plan: a sound plan.

    Returns:
        Their names, such as the learning rate for fine-tuning where nothing is fine-tuned.
    """
    idle: set[str] = set()
    strategy = STRATEGIES.find(plan.strategy)
    warms_up = len(plan.phases()) > 1
    if not warms_up:
        idle |= {"warmup_epochs"}
    if not (strategy.needs_weights and strategy.trains_backbone):
        idle |= {"fine_tune_learning_rate", "layer_decay", "learn_statistics"}
    if strategy.needs_weights:
        idle |= {"statistics_momentum"}
    if not strategy.needs_layer:
        idle |= {"first_trainable", "last_trainable"}
    if plan.has_own_head:
        idle |= {"pooling", "normalize", "hidden_units", "dropout"}
    if plan.augmentation == "none":
        idle |= {"augmented_views"}
    if plan.phases()[0].is_exact:
        idle |= {"learning_rate", "warmup_epochs", "epochs"}  # the epochs after it are in `course_sentence`
        idle |= set() if warms_up else {"batch_size", "schedule"}
    return idle


def field_title(name: str) -> str:
    """What a person calls a field.

    Args:
        name: of the field.

    Returns:
        Its title.
    """
    return _TITLES.get(name, name.replace("_", " ").capitalize())


def value_text(name: str, value: Any) -> str:
    """A value as a person would write it.

    Args:
        name: of the field.
        value: in the field's type, or as JSON gives it.

    Returns:
        Such as "100 %", "Fine-tuned" or "Never".
    """
    if isinstance(value, list | tuple):
        return shares_text(value) if name == "shares" else ", ".join(map(str, value)) or "None"
    if name == "subset":
        return _share_text(value) if value <= 1 else f"{value:,.0f} images"
    if value in _VALUES.get(name, {}):
        return _VALUES[name][value]
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if name in PERCENTAGES:
        return _share_text(value)
    return decimal_text(value) if isinstance(value, float) else str(value) or NOT_HERE


def _share_text(share: float) -> str:
    """A share that somebody chose, 0..1, such as "12.5 %": with as many digits as it has."""
    return f"{100 * share:.3g} %"


def shares_text(shares: Sequence[float]) -> str:
    """Several shares, 0..1, such as "70 %, 15 %, 15 %"; none are `AS_GIVEN`."""
    return ", ".join(map(_share_text, shares)) or AS_GIVEN


def parse_shares(text: str) -> tuple[float, ...] | str:
    """Read shares as a person writes them.

    Args:
        text: such as "70 %, 15 %, 15 %", "70, 15, 15", "0.7, 0.15, 0.15" or "as given".

    Returns:
        The shares, 0..1, or the text unchanged where it does not parse; the plan then says what is wrong.
    """
    if text.strip().lower() == AS_GIVEN:
        return ()
    try:
        numbers = [float(part) for part in text.replace("%", "").split(",") if part.strip()]
    except ValueError:
        return text
    in_percent = "%" in text or any(number > 1 for number in numbers)
    return tuple(round(number / 100, 6) if in_percent else number for number in numbers)
