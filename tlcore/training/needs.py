"""What a plan needs before it can run. Knows no TensorFlow."""

from __future__ import annotations

from pathlib import Path

from tlcore.training.plan import TrainingPlan
from tlcore.zoo import catalog
from tlcore.zoo.architecture import Architecture
from tlcore.zoo.tables import layer_table


def needs_top(architecture: Architecture, cut: str) -> bool:
    """Whether a cut lies in the classifier of the original network.

    Args:
        architecture: the backbone.
        cut: name of the cut layer.

    Returns:
        True for layers such as VGG's `fc2`: the network is then built, and its weights are read, with its top.
    """
    names = [row.name for row in layer_table(architecture.name).rows]
    return names.index(cut) > names.index(architecture.last_feature_layer)


def missing_weights(plan: TrainingPlan) -> Path | None:
    """The file of pretrained weights that a plan starts from and that is not on this machine.

    Args:
        plan: a sound plan.

    Returns:
        Where the file would be; None if nothing is missing.
    """
    if plan.weights != "imagenet":
        return None
    top = needs_top(plan.architecture, plan.cut)
    if catalog.has_weights(plan.architecture, top, plan.input_size):
        return None
    return catalog.weights_path(plan.architecture, top, plan.input_size)
