"""The tower of feature maps: how pictures become small and deep on their way through a network."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import plotly.graph_objects as go

from tlcore.figures.architecture.colors import LINE, NETWORKS
from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal
from tlcore.zoo.layers.stages import blocks_of
from tlcore.zoo.layers.tables import LayerRow, LayerTable, layer_table

_LEAST_WIDTH, _GAP = 0.25, 0.45  # of a map that has next to no channels, and between two maps, in the axis' units
_HEIGHT = 270  # pixels
_NARROWEST = 310  # pixels of the plot on a phone; in a wider one the labels only move apart
_CHARACTER = 5.5  # pixels that a letter of size 10 needs

CAPTION = (
    "Below: the size of the maps (56² is 56×56). Above: how many maps; ×3: three such blocks in a row. "
    "Gray: a list of numbers instead of maps. Hover for more."
)


def tower_figure(table: LayerTable) -> go.Figure:
    """Draw a network as a row of boxes, as high as its maps and the wider the more channels they have.

    Args:
        table: of the network; some shape of it is known.

    Returns:
        The figure. The custom data of each box is the name of its last layer.
    """
    return tower_figures([table])[0]


def tower_figures(tables: Sequence[LayerTable]) -> list[go.Figure]:
    """Draw a few networks on the same axes, so that their boxes can be compared.

    Args:
        tables: of the networks; some shape of each is known.

    Returns:
        A figure for each, as `tower_figure` gives it, in its own color.
    """
    towers = [_boxes(map_sizes(table)) for table in tables]
    length = max(boxes[-1].right for boxes in towers)
    tallest = max(box.side for boxes in towers for box in boxes)
    return [_figure(boxes, color, length, tallest) for boxes, (color, _) in zip(towers, NETWORKS, strict=False)]


def _figure(boxes: list[_Box], color: str, length: float, tallest: int) -> go.Figure:
    pixels = _NARROWEST / length
    places, sides = _sides(boxes, pixels)
    figure = go.Figure(_tower(boxes, color, pixels))
    figure.update_layout(**studio_layout(_HEIGHT, top=4, edge=4), showlegend=False, bargap=0)
    figure.update_xaxes(
        range=[0, length], showgrid=False, zeroline=False, tickangle=0, tickfont={"size": 10}, tickvals=places,
        ticktext=sides, title="From input to output →",
    )  # fmt: skip
    figure.update_yaxes(
        showticklabels=False, showgrid=False, zeroline=False, range=[-0.53 * tallest, 0.68 * tallest]
    )  # with room for what stands above the highest box
    return figure


def map_sizes(table: LayerTable) -> list[tuple[LayerRow, int]]:
    """Follow the maps from block to block.

    Args:
        table: of any network.

    Returns:
        (last layer of a block, how many blocks in a row give maps of this shape). The block in which the maps become
        vectors is followed layer by layer.
    """
    rows: list[LayerRow] = []
    for block in blocks_of(table):
        members = [row for row in block.rows if row.output_shape and row.type != "ZeroPadding2D"]
        pools = [row for row in members if "Pooling" in row.type and len(row.output_shape) == 3]
        if block.name == "classifier":
            rows += [row for row in members if row.parameters]
        elif pools and members[-1] is pools[-1] and len(members) > 1:
            rows += [members[-2], members[-1]]  # the maps before a pooling are worth seeing
        elif members:
            rows.append(members[-1])
    if table.rows[0].output_shape and (not rows or rows[0].name != table.rows[0].name):
        rows.insert(0, table.rows[0])
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row.output_shape)]
    return [(group[-1], len(group)) for group in groups]


@functools.cache
def small_tower(name: str) -> tuple[tuple[float, float, float, bool], ...]:
    """Draw up the tower of an architecture for a small picture.

    Args:
        name: exact name of a catalog row.

    Returns:
        A box for each place where the shape of the maps changes: (left edge, width, height, whether it is a vector);
        lengths are shares of the whole picture.
    """
    boxes = _boxes(map_sizes(layer_table(name)))
    length, tallest = boxes[-1].right, max(box.side for box in boxes)
    return tuple(
        (
            round(box.left / length, 4),
            round((box.right - box.left) / length, 4),
            round(box.side / tallest, 4),
            len(box.row.output_shape) == 1,
        )
        for box in boxes
    )


@dataclass(frozen=True)
class _Box:
    """Maps of one shape: the last layer that gives them, how many blocks do, and their place along the tower."""

    row: LayerRow
    count: int
    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def side(self) -> int:
        return self.row.output_shape[0] if len(self.row.output_shape) == 3 else 1


def _boxes(sizes: list[tuple[LayerRow, int]]) -> list[_Box]:
    boxes, left = [], 0.0
    for row, count in sizes:
        right = left + _LEAST_WIDTH + row.output_shape[-1] ** 0.5 / 28
        boxes.append(_Box(row, count, left, right))
        left = right + _GAP
    return boxes


def _tower(boxes: list[_Box], color: str, pixels: float) -> go.Bar:
    tallest = max(box.side for box in boxes)
    heights = [max(box.side, tallest * 0.03) for box in boxes]  # vectors would be invisible
    return go.Bar(
        x=[box.middle for box in boxes],
        y=heights,
        base=[-height / 2 for height in heights],
        width=[box.right - box.left for box in boxes],
        marker={
            "color": [color if len(box.row.output_shape) == 3 else LINE for box in boxes],
            "line": {"width": 0},
            "opacity": 0.85,
        },
        text=_channels(boxes, pixels),
        textposition="outside",
        textangle=0,
        textfont={"size": 10},
        constraintext="none",
        cliponaxis=False,
        customdata=[[box.row.name] for box in boxes],
        hovertext=[_hover(box.row, box.count) for box in boxes],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _channels(boxes: list[_Box], pixels: float) -> list[str]:
    """What stands above each box, left out where it would touch the label before it or a higher box."""
    texts, end = [], 0.0
    for box in boxes:
        lines = [f"{box.row.output_shape[-1]}", f"×{box.count}" if box.count > 1 else ""]
        reach = max(map(len, lines)) * _CHARACTER / pixels / 2
        left, right = box.middle - reach, box.middle + reach
        beside = any(other.side > box.side and other.left < right and left < other.right for other in boxes)
        texts.append("" if left < end or beside else "<br>".join(filter(None, lines)))
        if texts[-1]:
            end = right + _CHARACTER / pixels / 2
    return texts


def _sides(boxes: list[_Box], pixels: float) -> tuple[list[float], list[str]]:
    """What stands below the boxes of one side and where, left out where it would touch the label before it."""
    places, texts, end = [], [], -2 * _CHARACTER / pixels  # there is room to the left of the first box
    for side, group in groupby(boxes, key=lambda box: (len(box.row.output_shape), box.side)):
        members = list(group)
        middle = (members[0].left + members[-1].right) / 2
        text = f"{side[1]}²" if side[0] == 3 else "vectors"
        reach = len(text) * _CHARACTER / pixels / 2
        if middle - reach >= end:
            places.append(middle)
            texts.append(text)
            end = middle + reach + _CHARACTER / pixels / 2
    return places, texts


def _hover(row: LayerRow, count: int) -> str:
    shape = " × ".join(f"{side:,}" for side in row.output_shape)
    blocks = f"<br>{count} blocks output maps of this shape" if count > 1 else ""
    return f"<b>{literal(row.name)}</b><br>{shape}{blocks}"
