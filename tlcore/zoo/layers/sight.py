"""How far the values of a layer can see, at the middle and at the corners of its maps. Knows no TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass

from tlcore.zoo.layers.tables import LayerRow, LayerTable


@dataclass(frozen=True)
class Sight:
    """What the values of a layer can depend on.

    Args:
        side: of the network's input, in pixels.
        field: pixels that one value can see along a side, were the photo larger.
        centers: where the values along a side look, in pixels; empty where the output is no map.
        stride: input pixels between neighboring values; None where the output is no map.
        by_pooling: whether all values see everything because something before them averages the whole maps, such as a
            gate or the pooling before a classifier.
    """

    side: int
    field: int
    centers: tuple[float, ...]
    stride: float | None
    by_pooling: bool = False

    @property
    def span(self) -> tuple[int, int]:
        """First pixel that the value in the middle can see, and the one behind its last."""
        return self._span(len(self.centers) // 2)

    @property
    def middle(self) -> int:
        """Pixels that the value in the middle can see along a side."""
        low, high = self.span
        return high - low

    @property
    def corner(self) -> int:
        """Pixels that a value at a corner can see along a side, the corner that sees least."""
        return min(high - low for low, high in (self._span(0), self._span(-1)))

    @property
    def is_whole(self) -> bool:
        """Whether every value can depend on the whole photo."""
        return self.by_pooling or self.corner >= self.side

    def _span(self, position: int) -> tuple[int, int]:
        if self.by_pooling or not self.centers:
            return 0, self.side
        low = min(max(0, round(self.centers[position] - self.field / 2)), self.side - 1)
        high = min(self.side, round(self.centers[position] + self.field / 2))
        return low, max(high, low + 1)


def sight_of(table: LayerTable, row: LayerRow) -> Sight:
    """Work out what the values of a layer can see.

    Args:
        table: of the network.
        row: one of its layers.

    Returns:
        The sight along a side.
    """
    side = table.rows[0].output_shape[0]
    centers: tuple[float, ...] = ()
    if row.stride is not None:
        first = _first_center(table, row)
        centers = tuple(first + position * row.stride for position in range(row.output_shape[0]))
    if row.receptive_field is None or row.stride is None or _sees_pooled(table, row):
        return Sight(side, side, centers, row.stride, by_pooling=True)
    return Sight(side, row.receptive_field, centers, row.stride)


def _first_center(table: LayerTable, row: LayerRow) -> float:
    """Where the first value of a layer looks, in pixels of the input: the sum of what each layer before moves it by."""
    moved = 0.5  # the center of the first pixel
    while sources := [table.row(name) for name in row.connected_to if table.row(name).stride is not None]:
        source = max(sources, key=lambda one: one.receptive_field or 0)
        moved += _shift(source, row)
        row = source
    return moved


def _shift(source: LayerRow, row: LayerRow) -> float:
    """Input pixels from the first value of a layer to the first of the next."""
    given, made = source.output_shape[0], row.output_shape[0]
    apart, now_apart = source.stride or 1, row.stride or 1
    if row.window and "Transpose" not in row.type:
        _, step, is_padded = row.window
        reach = ((row.receptive_field or 0) - (source.receptive_field or 0)) / apart  # the window's side less one
        missing = max(0, (made - 1) * step + reach + 1 - given) if is_padded else 0
        return (reach / 2 - missing // 2) * apart
    if now_apart == apart:  # padding and cropping; of an odd number Keras' networks add the last, and cut the first
        return -((made - given) // 2) * apart
    return ((given - 1) * apart - (made - 1) * now_apart) / 2  # made larger, alike at both ends


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
