"""Whether a layer belongs to the classifier of the original network. Knows no TensorFlow."""

from __future__ import annotations

from tlcore.zoo.architecture import Architecture
from tlcore.zoo.layers.tables import layer_table


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
