"""Weights of which nobody can tell what is done with them, as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator

from tlcore.zoo.layers.formulas.facts import Shape
from tlcore.zoo.layers.tables import LayerRow
from tlcore.zoo.opened.weights import Held, size


def rows_elsewhere(held: Held | None, index: int) -> Iterator[LayerRow]:
    """Describe the weights that a file holds beside the layers of its description.

    Args:
        held: the weights in the file, or None.
        index: of the first row.

    Yields:
        A row for each group.
    """
    for number, (group, shapes) in enumerate(held.elsewhere.items() if held else ()):
        yield weights_row(index + number, f"weights of {group}", shapes)


def weights_row(index: int, name: str, shapes: list[Shape]) -> LayerRow:
    """A row for weights of which nothing but their shapes is known.

    Args:
        index: position in the table.
        name: of the group in the file.
        shapes: of the arrays.

    Returns:
        The row.
    """
    words = [" × ".join(f"{side:,}" for side in shape) or "one number" for shape in shapes]
    more = f" and {len(words) - 6} more" if len(words) > 6 else ""
    return LayerRow(
        index=index,
        name=name,
        type="Weights",
        detail=f"arrays of {'; '.join(words[:6])}{more}",
        window=None,
        output_shape=(),
        parameters=size(shapes),
        trainable=0,
        multiply_adds=0,
        receptive_field=None,
        stride=None,
        connected_to=(),
        block=name.partition("/")[0],
        unknown=("function", "output_shape", "trainable", "multiply_adds", "depth", "receptive_field"),
    )
