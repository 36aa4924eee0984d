"""Suitable values for the fields of a plan, as pure functions of facts about dataset and network."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from tlcore.datasets.dataset import Dataset, short_name
from tlcore.text import distinct_name
from tlcore.training.features.boundary import used_rows
from tlcore.training.plans.fields import EXACT
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo import catalog
from tlcore.zoo.layers.tables import layer_table

_EPOCHS = 10
_MANY_FEATURES = 512
_WARMUP_EPOCHS = 3
# Of fine-tuning that begins with a solved head. Measured with EfficientNet-Lite0 and MobileNetV2 on five splits each of
# 1,000 cats and dogs and of 250 pictures of objects: after 4 epochs 95.1 % of the validation images are right, after 7
# 95.2 %; of the test images 0.3 points less than after 8, with a standard error of 0.4.
_TUNING_EPOCHS = 4
_OF_ONE_BACKBONE = (
    *("backbone", "weights", "input_size", "preprocessing"),
    *("cut_layer", "first_trainable", "last_trainable"),
)
_FROZEN_SHARE = 100 / 154  # of MobileNetV2's layers, in TensorFlow's tutorial "Transfer learning and fine-tuning"


def suggest_plan(
    dataset: Dataset, strategy: str, backbone: str, settled: Mapping[str, Any] = MappingProxyType({})
) -> dict:
    """Suggest a plan for a dataset.

    Args:
        dataset: what to learn from.
        strategy: a key of `tlcore.training.plans.strategies`.
        backbone: name of an architecture.
        settled: fields that have their values already; the suggestions fit them.

    Returns:
        Values for the fields whose best value depends on dataset, strategy or backbone, and those that are settled.

    Example:
        >>> from tlcore.datasets.importer import import_dataset
        >>> plan = suggest_plan(import_dataset("digits", {"size": 32}), "frozen", "EfficientNetLite0")
        >>> plan["optimizer"], plan["weights"]
        ('lbfgs', 'package')
    """
    row, architecture = STRATEGIES.find(strategy), catalog.find(backbone)
    warms_up = row.needs_weights and row.trains_backbone
    is_exact = row.needs_weights and _suits_exact_head(settled)
    few = _WARMUP_EPOCHS + _TUNING_EPOCHS if row.needs_layer and is_exact else _EPOCHS
    epochs = settled.get("epochs", few)
    # Few epochs leave a shorter warm-up, so that all runs of an experiment go on equally long.
    warmup = min(_WARMUP_EPOCHS, max(0, epochs - 1)) if warms_up else 0
    suggested = {
        "dataset": dataset.id,
        "strategy": strategy,
        "backbone": architecture.name,
        "weights": architecture.pretrained_weights if row.needs_weights else "none",
        "input_size": suggest_input_size(dataset, architecture),
        "first_trainable": suggest_first_trainable(architecture) if row.needs_layer else "",
        "warmup_epochs": warmup,
        "epochs": epochs,
        "batch_size": suggest_batch_size(len(dataset)),
        "optimizer": EXACT if is_exact and (warmup or not warms_up) else "adam",
        "normalize": is_exact,
        "learning_rate": suggest_head_rate(architecture) if row.needs_weights else 1e-3,
        "fine_tune_learning_rate": 3e-5,
        "class_weights": suggest_class_weights(dataset),
    }
    return {**suggested, **settled}


def _suits_exact_head(settled: Mapping[str, object]) -> bool:
    """Whether nothing that is settled asks for a head that is trained step by step."""
    if settled.get("optimizer", EXACT) != EXACT or settled.get("head") == "own":
        return False
    streams = settled.get("augmentation", "none") != "none" and settled.get("augmented_views", 1) == 0
    return not streams and not any(settled.get(name) for name in ("hidden_units", "dropout", "mixup"))


def suggest_backbone() -> str:
    """Choose a backbone: the most accurate one whose weights are here, and that is no more work than the installed one.

    Returns:
        Name of an architecture.
    """
    installed = catalog.find(catalog.INSTALLED)
    here = [
        row
        for row in catalog.CLASSIFIERS
        if catalog.has_weights_of_any_size(row, include_top=False)
        and layer_table(row.name).multiply_adds <= layer_table(installed.name).multiply_adds
    ]
    return max([installed, *here], key=lambda row: row.top1 or 0).name


def suggest_input_size(dataset: Dataset, architecture: catalog.Architecture) -> int:
    """Choose an input size by the size of the images; see `tlcore.zoo.catalog.training_size`.

    Args:
        dataset: what to learn from.
        architecture: the backbone.

    Returns:
        Pixels.
    """
    return catalog.training_size(architecture, int(np.median(dataset.sizes.min(axis=1))))


def suggest_head_rate(architecture: catalog.Architecture) -> float:
    """Choose the learning rate of a head on pretrained features that is trained step by step.

    Small steps take too long to get there. Measured with EfficientNet-Lite0's 1,280 features of cats and dogs, Adam,
    ten epochs, ten draws of 3, 5, 20 and 100 photos a class: 0.001 gets 81.5, 89.6, 96.1 and 97.8 % right, 0.003 gets
    89.6, 93.5, 96.7 and 98.0 %. Few features have to count for more each: with 320 of them 0.01 is best.

    Args:
        architecture: the backbone.

    Returns:
        0.003, or 0.01 where the backbone has fewer than 512 features.
    """
    features = layer_table(architecture.name).row(architecture.last_feature_layer).output_shape[-1]
    return 3e-3 if features >= _MANY_FEATURES else 1e-2


def suggest_first_trainable(architecture: catalog.Architecture, cut: str = "") -> str:
    """Choose where fine-tuning begins: with the block that begins nearest to two thirds of the layers.

    In the middle of a block a convolution could stay as it is while the normalization behind it learns.

    Args:
        architecture: the backbone.
        cut: name of the layer whose output feeds the head; "" for the last feature layer.

    Returns:
        The name of the first layer of a block.
    """
    rows = used_rows(architecture, cut)
    starts: dict[str, int] = {}
    for index, row in enumerate(rows):
        starts.setdefault(row.block, index)
    return rows[min(starts.values(), key=lambda index: abs(index - _FROZEN_SHARE * len(rows)))].name


def suggest_batch_size(images: int) -> int:
    """Choose a batch size: at least some twenty steps in each epoch, where there are enough photos.

    Args:
        images: in the dataset.

    Returns:
        Photos in one step.
    """
    return 32 if images >= 500 else 16 if images >= 100 else 8


def suggest_class_weights(dataset: Dataset) -> bool:
    """Tell whether rare classes should count more: when the largest has at least three times as many images.

    Args:
        dataset: what to learn from.

    Returns:
        True if so.
    """
    counts = np.bincount(dataset.labels)
    return bool(counts.max() >= 3 * counts.min())


def run_name(plan: TrainingPlan, taken: Collection[str] = ()) -> str:
    """Name a run so that a person recognizes it in a list.

    Args:
        plan: of the run.
        taken: names of other runs, none of which it gets.

    Returns:
        Such as "Frozen MobileNetV2 on cats-and-dogs", or "Frozen MobileNetV2, run 2 on cats-and-dogs".
    """
    ending = f" on {short_name(plan.dataset)}"
    return distinct_name(f"{STRATEGIES.find(plan.strategy).title} {plan.architecture.title}{ending}", taken, ending)


def on_another_backbone(dataset: Dataset, values: Mapping[str, Any], backbone: str) -> dict:
    """Take a plan over to another backbone: what holds for the old one only gives way to suggestions.

    Args:
        dataset: what to learn from.
        values: of the plan, "strategy" among them.
        backbone: name of the other architecture.

    Returns:
        As `suggest_plan` gives them.
    """
    kept = {name: value for name, value in values.items() if name not in _OF_ONE_BACKBONE}
    return suggest_plan(dataset, values["strategy"], backbone, kept)
