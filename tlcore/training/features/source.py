"""Where the boundary of a phase lies, and what computes the features there. Knows no TensorFlow."""

from __future__ import annotations

from tlcore.inference.networks.feature_source import FeatureSource
from tlcore.training.features.boundary import find_boundary, used_rows
from tlcore.training.plans.plan import Phase, TrainingPlan


def boundary_layer(plan: TrainingPlan, phase: Phase) -> str:
    """Find the boundary of a phase.

    Args:
        plan: the run.
        phase: says where training begins.

    Returns:
        Name of the backbone's layer; "" where it is the input itself.
    """
    rows = used_rows(plan.architecture, plan.cut)
    found = find_boundary(plan.cut, {row.name: row.connected_to for row in rows}, phase.first_trainable)
    return "" if found == rows[0].name else found


def feature_source(plan: TrainingPlan, phase: Phase) -> FeatureSource | None:
    """Say what computes the features that a phase trains on.

    Args:
        plan: the run.
        phase: says what is trained.

    Returns:
        The backbone up to the boundary; None where the phase trains on the images themselves.
    """
    layer = boundary_layer(plan, phase)
    return FeatureSource(plan.architecture.name, plan.weights, plan.input_size, layer) if layer else None


def feature_pooling(plan: TrainingPlan, phase: Phase) -> str:
    """Say which pooling of the head comes before anything is trained, so that its result can be kept.

    Args:
        plan: the run.
        phase: says what is trained.

    Returns:
        "average" or "max"; "" where the features are kept as they are.
    """
    is_pooled = boundary_layer(plan, phase) == plan.cut and not plan.has_own_head and plan.pooling != "flatten"
    return plan.pooling if is_pooled else ""
