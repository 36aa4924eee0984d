"""The boundary: the deepest tensor that no trainable layer precedes, so that it can be computed once and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tlcore.zoo.architecture import Architecture
from tlcore.zoo.layers.tables import LayerRow, layer_table


def used_rows(architecture: Architecture, cut: str = "") -> list[LayerRow]:
    """The layers of a backbone that a plan uses.

    Args:
        architecture: the backbone.
        cut: name of the layer whose output feeds the head; "" for the last feature layer.

    Returns:
        Their rows in the network's order, the cut layer last.
    """
    rows = {row.name: row for row in layer_table(architecture.name).rows}
    names = layers_up_to(cut or architecture.last_feature_layer, {name: row.connected_to for name, row in rows.items()})
    return [rows[name] for name in names]


def trained_rows(rows: Sequence[LayerRow], first: str, last: str = "") -> list[LayerRow]:
    """The layers of a backbone that are trained.

    Args:
        rows: as `used_rows` gives them.
        first: name of the first one that is trained; "" if none is.
        last: name of the last one; "" for the last of all.

    Returns:
        The rows from the first to the last.
    """
    names = [row.name for row in rows]
    end = names.index(last) + 1 if last in names else len(names)
    return list(rows[names.index(first) : end]) if first else []


def layers_up_to(cut: str, inputs: Mapping[str, Sequence[str]]) -> list[str]:
    """The layers that a cut layer depends on, and the cut layer itself.

    Args:
        cut: name of the layer.
        inputs: for each layer, in the network's order, the names of the layers that feed it.

    Returns:
        Their names, in the network's order.
    """
    needed, waiting = set(), [cut]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(inputs[name])
    return [name for name in inputs if name in needed]


def find_boundary(cut: str, inputs: Mapping[str, Sequence[str]], first_trainable: str) -> str:
    """Find the boundary of a network cut at a layer and trained from another layer on.

    Only a tensor that everything above flows through can serve: a skip connection around it would need a second
    one. So for MobileNetV2 trained from `block_11_expand_BN` on, the boundary is `block_10_project_BN`, where the
    skip connection of block 11 begins, and not the convolution just below.

    Args:
        cut: the layer whose output feeds the head.
        inputs: for each layer, in the network's order, the names of the layers that feed it.
        first_trainable: the first layer that is trained; "" if none is.

    Returns:
        The name of the layer whose output is the boundary; the input layer if everything is trained.
    """
    used = layers_up_to(cut, inputs)
    if not first_trainable:
        return cut
    position = {name: index for index, name in enumerate(used)}
    last_use = dict.fromkeys(used, 0)
    for name in used:
        for source in inputs[name]:
            last_use[source] = max(last_use[source], position[name])
    boundary, reach = used[0], 0
    for index, name in enumerate(used[: max(1, position[first_trainable])]):
        if reach <= index:
            boundary = name
        reach = max(reach, last_use[name])
    return boundary
