"""How large the maps of a backbone are at another input size than the original's. Knows no TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tlcore.zoo.layers.tables import LayerRow


def output_shape_at(rows: Sequence[LayerRow], input_size: int) -> tuple[int, ...]:
    """Work out the shape that the last of some layers gives.

    Args:
        rows: the layers up to the one asked for, as `tlcore.training.features.boundary.used_rows` gives them.
        input_size: side of the square input in pixels.

    Returns:
        (height, width, channels), or (units,) for what is no map. Of the catalog only MobileNet, whose padding is
        the same for odd sides as for even ones, comes out a pixel larger where one of its maps has an odd side.
    """
    by_name = {row.name: row for row in rows}
    sides: dict[str, int] = {}
    for row in rows:
        if len(row.output_shape) == 3:
            sides[row.name] = _side(row, by_name, sides) if row.connected_to else input_size
    last = rows[-1]
    return (sides[last.name], sides[last.name], last.output_shape[2]) if last.name in sides else last.output_shape


def _side(row: LayerRow, by_name: dict[str, LayerRow], sides: dict[str, int]) -> int:
    # Of several inputs the largest counts: the others, such as the weights of channels, spread over it.
    source = max((name for name in row.connected_to if name in sides), key=sides.__getitem__, default=None)
    if source is None:
        return row.output_shape[0]
    before, originally = sides[source], by_name[source].output_shape[0]
    if row.window and row.type != "Conv2DTranspose":
        size, step, is_padded = row.window
        if is_padded:
            return math.ceil(before / step)
        if by_name[source].type == "ZeroPadding2D" and step > 1:
            # Zeros before a window that leaps are there to make up for its size.
            return math.ceil(sides[by_name[source].connected_to[0]] / step)
        return (before - size) // step + 1
    if row.type in ("ZeroPadding2D", "Cropping2D"):
        return before + row.output_shape[0] - originally
    if row.output_shape[0] == 1 < originally:
        return 1  # pooled as a whole
    return before * row.output_shape[0] // originally
