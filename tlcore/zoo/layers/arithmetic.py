"""How the parameters of a layer come about, written out as arithmetic. Knows no TensorFlow."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tlcore.zoo.layers.sketch import is_depthwise
from tlcore.zoo.layers.tables import LayerRow, LayerTable

# Layers that hand on every value that comes in, so that a dense layer behind them has a weight for each.
_HANDING_ON = ("Flatten", "Dropout", "Activation", "Reshape")


@dataclass(frozen=True)
class Count:
    """The parameters of one layer.

    Args:
        row: the layer.
        text: the arithmetic, such as "7·7·512·4,096 + 4,096 = 102,764,544".
        share: of all parameters of its network, 0..1.
    """

    row: LayerRow
    text: str
    share: float


def largest_layers(table: LayerTable, count: int = 3) -> list[Count]:
    """Find the layers with the most parameters and write these out.

    Args:
        table: of any network.
        count: how many layers at most.

    Returns:
        The largest first; layers without parameters are left out.
    """
    rows = sorted((row for row in table.rows if row.parameters), key=lambda row: -row.parameters)
    return [Count(row, _text(table, row), row.parameters / table.parameters) for row in rows[:count]]


def why_sentence(table: LayerTable) -> str:
    """Say why a network has as many parameters as it has.

    Args:
        table: of any network.

    Returns:
        A sentence or two; empty for a network without convolutions and dense layers.
    """
    dense = [row for row in table.rows if row.type == "Dense" and len(row.output_shape) == 1]
    convolved = sum(row.parameters for row in table.rows if "Conv2D" in row.type)
    largest = max(table.rows, key=lambda row: row.parameters)
    if largest in dense and len(shape := _input_shape(table, largest)) == 3:
        return (
            f"Each of the {largest.output_shape[-1]:,} units of {largest.name} has a weight of its own for each of "
            f"{_product(shape)} = {math.prod(shape):,} values that come in. A convolution has the same few weights at "
            f"every place: all convolutions together hold {100 * convolved / table.parameters:.0f} %."
        )
    if not convolved:
        return ""
    heads = sum(row.parameters for row in dense) / table.parameters
    return (
        "A convolution has a weight for each place of its window, each channel that comes in and each that goes out, "
        "so the late layers with their many channels hold the most"
        + (f"; the dense layers hold {100 * heads:.0f} %." if dense else "; there is no dense layer.")
    )


def _text(table: LayerTable, row: LayerRow) -> str:
    """The first arithmetic that gives the number which the layer really holds."""
    for text, value in _ways(table, row):
        if value == row.parameters:
            return f"{text} = {value:,}"
    return f"{row.parameters:,}"


def _ways(table: LayerTable, row: LayerRow) -> list[tuple[str, int]]:
    if not row.connected_to or not row.output_shape:
        return []
    shape = _input_shape(table, row)
    width, given = row.output_shape[-1], shape[-1] if shape else 0
    window = _window(row)
    groups = next((int(word.split()[0]) for word in row.detail.split(", ") if word.endswith("groups")), 1)
    if row.type == "Dense":
        factors = (*(shape if len(row.output_shape) == 1 else shape[-1:]), width)
    elif is_depthwise(row):
        factors = (*window, width)
    elif row.type == "SeparableConv2D":
        filters, mix = (*window, given), (given, width)
        both = f"{_product(filters)} + {_product(mix)}", math.prod(filters) + math.prod(mix)
        return [both, (f"{both[0]} + {width:,}", both[1] + width)]
    elif window:
        factors = (*window, given // groups, width)
    else:  # a normalization: some numbers for each channel
        return [(f"{numbers}·{width:,}", numbers * width) for numbers in (1, 2, 3, 4)]
    weights = math.prod(factors)
    return [(f"{_product(factors)} + {width:,}", weights + width), (_product(factors), weights)]


def _input_shape(table: LayerTable, row: LayerRow) -> tuple[int, ...]:
    """Shape of what comes in, before anything that only hands it on."""
    source = table.row(row.connected_to[0])
    while source.type in _HANDING_ON and source.connected_to and len(source.output_shape) == 1:
        source = table.row(source.connected_to[0])
    return source.output_shape


def _window(row: LayerRow) -> tuple[int, ...]:
    sides = row.detail.split(", ")[0].split("×")
    return tuple(map(int, sides)) if len(sides) == 2 and all(side.isdigit() for side in sides) else ()


def _product(factors: tuple[int, ...]) -> str:
    return "·".join(f"{factor:,}" for factor in factors)
