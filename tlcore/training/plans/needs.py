"""What a plan needs before it can run. Knows no TensorFlow."""

from __future__ import annotations

from pathlib import Path

from tlcore.training.plans.plan import TrainingPlan
from tlcore.zoo import catalog
from tlcore.zoo.needs import needs_top


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
