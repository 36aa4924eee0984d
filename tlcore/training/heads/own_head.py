"""A network's own classifier at another input size and with other outputs, counted by its layer table."""

from __future__ import annotations

import math

from tlcore.training.features.boundary import used_rows
from tlcore.training.map_sizes import output_shape_at
from tlcore.training.plans.plan import TrainingPlan
from tlcore.zoo.layers.tables import LayerRow, layer_table

_DENSE, _CONVOLUTION = "Dense", "Conv2D"


def own_head_parameters(plan: TrainingPlan, classes: int) -> int:
    """Count the weights of a network's own classifier.

    Args:
        plan: with the own head.
        classes: outputs instead of the original's.

    Returns:
        Parameters of all layers above the last feature layer.
    """
    architecture = plan.architecture
    below = {row.name for row in used_rows(architecture)}
    head = [row for row in layer_table(architecture.name).rows if row.name not in below]
    output = next(row for row in reversed(head) if row.type in (_DENSE, _CONVOLUTION))
    total = 0
    for row in head:
        units, parameters = row.output_shape[-1], _parameters_at(plan, row)
        total += parameters // units * classes if row is output else parameters
    return total


def _parameters_at(plan: TrainingPlan, row: LayerRow) -> int:
    """Parameters of a layer at the plan's input size: only dense layers on flattened maps depend on it."""
    if row.type != _DENSE:
        return row.parameters
    [source] = row.connected_to
    originally, now = (_width(plan, source, size) for size in (plan.architecture.input_size, plan.input_size))
    return row.parameters + (now - originally) * row.output_shape[-1]


def _width(plan: TrainingPlan, name: str, input_size: int) -> int:
    """Numbers that a layer of the head gives for one image."""
    row = layer_table(plan.architecture.name).row(name)
    if row.type == "Flatten":
        return math.prod(output_shape_at(used_rows(plan.architecture, row.connected_to[0]), input_size))
    if row.type in ("Dropout", "Activation"):
        return _width(plan, row.connected_to[0], input_size)
    return row.output_shape[-1]
