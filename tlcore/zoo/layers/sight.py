"""How far the values of a layer can see, at the middle and at the corners of its maps. Knows no TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass

from tlcore.zoo.layers.tables import LayerRow, LayerTable


@dataclass(frozen=True)
class Sight:
    """What the values of a layer can depend on.

    Args:
        side: of the network's input, in pixels.
        middle: pixels that the value in the middle can see along a side, at most `side`.
        corner: pixels that a value at a corner can see along a side, at most `side`.
        by_pooling: whether all values see everything because something before them averages the whole maps, such as a
            gate or the pooling before a classifier.
        stride: input pixels between neighboring values; None where the output is no map.
    """

    side: int
    middle: int
    corner: int
    by_pooling: bool
    stride: float | None

    @property
    def is_whole(self) -> bool:
        """Whether every value can depend on the whole photo."""
        return self.by_pooling or self.corner >= self.side


def sight_of(table: LayerTable, row: LayerRow) -> Sight:
    """Work out what the values of a layer can see.

    Args:
        table: of the network.
        row: one of its layers.

    Returns:
        The sight along a side. Values are taken to stand evenly over the photo, as they do but for a pixel or two where
        padding is not the same on both sides.
    """
    side = table.rows[0].output_shape[0]
    if row.receptive_field is None or row.stride is None or _sees_pooled(table, row):
        return Sight(side, side, side, by_pooling=True, stride=row.stride)
    first = (side - (row.output_shape[0] - 1) * row.stride) / 2  # center of the first value
    corner = max(1, min(side, round(first + row.receptive_field / 2)))
    return Sight(side, min(side, row.receptive_field), corner, by_pooling=False, stride=row.stride)


def _sees_pooled(table: LayerTable, row: LayerRow) -> bool:
    """Whether anything that feeds a layer has averaged whole maps."""
    waiting, seen = [row], {row.name}
    while waiting:
        for name in waiting.pop().connected_to:
            source = table.row(name)
            if source.receptive_field is None:
                return True
            if name not in seen:
                seen.add(name)
                waiting.append(source)
    return False
