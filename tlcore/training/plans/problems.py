"""What can be wrong with a plan: every problem at once, each with its field, its value and how to mend it."""

from __future__ import annotations

import copy
import dataclasses
import math
from pathlib import Path

from tlcore.access.folders import folders_sentence, may_read
from tlcore.errors import InputError, NotFoundError, Problem
from tlcore.images.augment_presets import read_augmentation
from tlcore.training.plans.fields import DEFAULTS, EXACT, WEIGHTS, PlanFields
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo import catalog
from tlcore.zoo.layers.tables import layer_table
from tlcore.zoo.opened.foreign import Foreign, find_foreign


def plan_problems(plan: PlanFields) -> list[Problem]:
    """Check a plan.

    Args:
        plan: with any values.

    Returns:
        All problems; an empty list for a sound plan.
    """
    found = _type_problems(plan)
    # What is of the wrong type is set aside, so that the rest is checked as well.
    ill_typed = {problem.field for problem in found}
    sound = copy.copy(plan)
    for name in ill_typed:
        object.__setattr__(sound, name, DEFAULTS[name])
    checks = (
        _range_problems,
        _share_problems,
        _strategy_problems,
        _statistics_problems,
        _head_problems,
        _exact_problems,
        _augmentation_problems,
        _backbone_problems,
    )
    others = [problem for check in checks for problem in check(sound)]
    return found + [problem for problem in others if problem.field not in ill_typed]


def _type_problems(plan: PlanFields) -> list[Problem]:
    words = {str: "text", int: "a whole number", float: "a number", bool: "true or false", tuple: "a list of numbers"}
    found = []
    for name, default in DEFAULTS.items():
        value, kind = getattr(plan, name), type(default)
        fits = type(value) is kind and not (kind is float and not math.isfinite(value))
        if kind is tuple and fits:
            fits = all(isinstance(item, int | float) and not isinstance(item, bool) for item in value)
        if not fits:
            found.append(Problem(name, value, f"Expected {words[kind]}."))
    return found


def _range_problems(plan: PlanFields) -> list[Problem]:
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


def _share_problems(plan: PlanFields) -> list[Problem]:
    found = []
    if not plan.dataset:
        found.append(Problem("dataset", plan.dataset, "Choose a dataset."))
    if plan.shares and (len(plan.shares) != 3 or min(plan.shares) <= 0 or abs(sum(plan.shares) - 1) > 1e-6):
        mend = "Give three shares above 0 that add up to 1, or none to keep the parts that the dataset came with."
        found.append(Problem("shares", plan.shares, mend))
    if plan.subset > 1 and plan.subset != int(plan.subset):
        found.append(Problem("subset", plan.subset, "Above 1 it is a number of images: choose a whole number."))
    return found


def _foreign(path: Path) -> Foreign | None:
    """What a weights file is that is none, as its first bytes tell; archives are left to the job, which opens them."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError:
        return None
    return None if head.startswith(b"PK") else find_foreign(path.name, head)


def _strategy_problems(plan: PlanFields) -> list[Problem]:
    try:
        strategy = STRATEGIES.find(plan.strategy)
    except NotFoundError:
        return []  # already named among the choices
    found = []
    if strategy.needs_weights and plan.weights == "none":
        mend = f"The strategy {strategy.name} starts from pretrained weights: choose imagenet, package or a file."
        found.append(Problem("weights", plan.weights, mend))
    if not strategy.needs_weights and plan.weights != "none":
        found.append(Problem("weights", plan.weights, "Training from scratch starts from random weights: choose none."))
    if plan.weights not in WEIGHTS and not may_read(Path(plan.weights)):
        found.append(Problem("weights", plan.weights, f"Choose a path below an open folder. {folders_sentence()}"))
    elif plan.weights not in WEIGHTS and not Path(plan.weights).is_file():
        found.append(Problem("weights", plan.weights, "No such file. Name one, or choose imagenet, package or none."))
    elif plan.weights not in WEIGHTS and (foreign := _foreign(Path(plan.weights))) is not None:
        mend = f"This is {foreign.what}, and no weights file of Keras (.h5 or .weights.h5). {foreign.action}"
        found.append(Problem("weights", plan.weights, mend))
    if strategy.needs_layer and not plan.first_trainable:
        found.append(Problem("first_trainable", "", "Name the first layer to fine-tune, such as block_11_expand."))
    if not strategy.needs_layer and plan.first_trainable:
        mend = f"The strategy {strategy.name} chooses its layers by itself: leave this empty."
        found.append(Problem("first_trainable", plan.first_trainable, mend))
    if not strategy.needs_layer and plan.last_trainable:
        mend = f"The strategy {strategy.name} chooses its layers by itself: leave this empty."
        found.append(Problem("last_trainable", plan.last_trainable, mend))
    if plan.warmup_epochs and not (strategy.needs_weights and strategy.trains_backbone):
        found.append(Problem("warmup_epochs", plan.warmup_epochs, f"{strategy.name} has no warm-up: choose 0."))
    elif plan.warmup_epochs >= max(1, plan.epochs):
        found.append(Problem("warmup_epochs", plan.warmup_epochs, f"Choose fewer than the {plan.epochs} epochs."))
    return found


def _statistics_problems(plan: PlanFields) -> list[Problem]:
    found = []
    if plan.learn_statistics and plan.strategy == "frozen":
        found.append(Problem("learn_statistics", True, "A frozen backbone learns nothing: choose false."))
    default = DEFAULTS["statistics_momentum"]
    if plan.statistics_momentum != default and plan.strategy != "scratch":
        mend = f"Only training from scratch uses it: leave it at {default}."
        found.append(Problem("statistics_momentum", plan.statistics_momentum, mend))
    return found


def _head_problems(plan: PlanFields) -> list[Problem]:
    try:
        if not plan.has_own_head:
            return []
        cuts = ("", plan.architecture.last_feature_layer)
    except InputError:
        return []  # the backbone is named among the problems already
    mend = "The network's own classifier has this built in: leave it as it is, or choose a new head."
    found = [
        Problem(name, getattr(plan, name), mend)
        for name in ("pooling", "hidden_units", "dropout", "normalize")
        if getattr(plan, name) != DEFAULTS[name]
    ]
    if plan.cut_layer not in cuts:
        mend = f"The network's own classifier follows {cuts[1]}: leave this empty, or choose a new head."
        found.append(Problem("cut_layer", plan.cut_layer, mend))
    return found


def _exact_problems(plan: PlanFields) -> list[Problem]:
    """What does not go with a head that is solved exactly."""
    if plan.optimizer != EXACT:
        return []
    if plan.strategy == "scratch":
        mend = "When training from scratch, nothing is frozen, so no head can be solved on its own: choose adam."
        return [Problem("optimizer", plan.optimizer, mend)]
    found = []
    if plan.warmup_epochs == 0 and plan.strategy != "frozen":
        mend = "L-BFGS solves the head during warm-up: choose at least 1, or another optimizer."
        found.append(Problem("warmup_epochs", 0, mend))
    without = {
        "hidden_units": (),
        "dropout": 0.0,
        **({"mixup": 0.0, "weight_averaging": 0.0} if plan.strategy == "frozen" else {}),
    }
    for name, value in without.items():
        if getattr(plan, name) != value:
            mend = "Not available for a head that is solved exactly: leave it out, or choose another optimizer."
            found.append(Problem(name, getattr(plan, name), mend))
    if plan.head == "own":
        found.append(Problem("head", plan.head, "L-BFGS can only solve a new head: choose new, or another optimizer."))
    if plan.augmentation != "none" and plan.augmented_views == 0:
        mend = "L-BFGS goes through the same rows in each pass: choose at least 1 changed copy."
        found.append(Problem("augmented_views", 0, mend))
    return found


def _augmentation_problems(plan: PlanFields) -> list[Problem]:
    try:
        read_augmentation(plan.augmentation)
    except InputError as error:
        return [Problem("augmentation", plan.augmentation, f"Expected {error.expected}. {error.action}")]
    return []


def _backbone_problems(plan: PlanFields) -> list[Problem]:
    try:
        architecture = catalog.find(plan.backbone)
    except InputError as error:
        return [Problem("backbone", plan.backbone, error.action)]
    if architecture.why_no_classifier:
        return [Problem("backbone", plan.backbone, architecture.why_no_classifier)]
    found = []
    if not architecture.can_be_backbone and plan.strategy != "scratch":
        mend = (
            "This network was never pretrained, so it has no features to reuse: train it from scratch or use another."
        )
        found.append(Problem("backbone", plan.backbone, mend))
    if plan.weights in ("imagenet", "package") and plan.weights != architecture.pretrained_weights:
        mend = f"There are no such weights for {architecture.title}: choose {architecture.pretrained_weights}."
        found.append(Problem("weights", plan.weights, mend))
    if plan.input_size < architecture.minimum_size:
        mend = f"{architecture.title} needs at least {architecture.minimum_size} pixels."
        found.append(Problem("input_size", plan.input_size, mend))
    names = [row.name for row in layer_table(architecture.name).rows]
    for field in ("cut_layer", "first_trainable", "last_trainable"):
        value = getattr(plan, field)
        if value and value not in names:
            action = NotFoundError("layer", value, names).action
            found.append(Problem(field, value, f"{architecture.title} has no such layer. {action}"))
    if plan.cut_layer == names[0] and plan.strategy != "scratch":
        mend = "This is the input itself, so nothing pretrained would be used: choose a later layer."
        found.append(Problem("cut_layer", plan.cut_layer, mend))
    cut = plan.cut_layer or architecture.last_feature_layer
    if cut in names and plan.weights != "none" and plan.input_size != architecture.input_size:
        below = layer_table(architecture.name).rows[: names.index(cut)]
        if any(row.type == "Flatten" for row in below):
            mend = f"Up to {cut}, the network only takes its original {architecture.input_size} pixels."
            found.append(Problem("input_size", plan.input_size, mend))
    for field in ("first_trainable", "last_trainable"):
        value = getattr(plan, field)
        if value in names and cut in names and names.index(value) > names.index(cut):
            found.append(Problem(field, value, f"It is above the cut layer {cut}."))
    block = [names.index(name) for name in (plan.first_trainable, plan.last_trainable) if name in names]
    if block != sorted(block):
        found.append(Problem("last_trainable", plan.last_trainable, f"It is below {plan.first_trainable}."))
    return found
