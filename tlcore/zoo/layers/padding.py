"""Zeros that a layer puts around maps for good: they make the maps larger. Knows no TensorFlow."""

from __future__ import annotations

from tlcore.zoo.layers.tables import LayerRow, LayerTable


def lasting_zeros(table: LayerTable, row: LayerRow) -> int:
    """Say how many zeros a layer puts around its maps that no window takes away again.

    Args:
        table: of the network.
        row: one of its layers.

    Returns:
        Zeros on each side; 0 for a layer that adds none, or only as many as the unpadded window behind it needs.
    """
    if row.type != "ZeroPadding2D" or not row.connected_to:
        return 0
    fed = [other for other in table.rows if row.name in other.connected_to]
    if not all(other.window and other.window[2] for other in fed):
        return 0
    return (row.output_shape[0] - table.row(row.connected_to[0]).output_shape[0]) // 2
