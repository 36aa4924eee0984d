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

_LINE = 0.075  # of the highest box: height of a line of text
_TOP = 0.68  # of the highest box: where the plot ends
_MOST_RAISED = 20  # boxes: of more, labels above their neighbors would be a thicket


def tower_caption(tables: Sequence[LayerTable]) -> str:
    """Say how to read the towers of some networks, and nothing that does not occur in them.

    Args:
        tables: of the networks.

    Returns:
        A few short sentences.
    """
    sizes = [size for table in tables for size in map_sizes(table)]
    repeated = next((count for _, count in sizes if count > 1), None)
    blocks = f"; ×{repeated}: {repeated} such blocks in a row" if repeated else ""
    has_vectors = any(len(row.output_shape) == 1 for row, _ in sizes)
    gray = "Gray: a list of numbers instead of maps. " if has_vectors else ""
    return f"Below: the size of the maps (56² is 56×56). Above: how many maps{blocks}. {gray}Hover for more."


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
    texts = _channels(boxes, pixels)
    figure = go.Figure([_tower(boxes, color, texts), _raised(boxes, texts, pixels, tallest)])
    figure.update_layout(**studio_layout(_HEIGHT, top=4, edge=14), showlegend=False, bargap=0)
    figure.update_xaxes(
        range=[0, length], showgrid=False, zeroline=False, tickangle=0, tickfont={"size": 10}, tickvals=places,
        ticktext=sides, title="From input to output →",
    )  # fmt: skip
    figure.update_yaxes(
        showticklabels=False, showgrid=False, zeroline=False, range=[-0.53 * tallest, _TOP * tallest]
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
    def lines(self) -> list[str]:
        """What stands above it: how many maps, and in how many blocks if these are several."""
        return [f"{self.row.output_shape[-1]}", *([f"×{self.count}"] if self.count > 1 else [])]

    def reach(self, pixels: float) -> tuple[float, float]:
        """From where to where its label reaches, in the axis' units of so many pixels."""
        half = max(map(len, self.lines)) * _CHARACTER / pixels / 2
        return self.middle - half, self.middle + half

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


def _tower(boxes: list[_Box], color: str, texts: list[str]) -> go.Bar:
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
        text=texts,
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
    texts, end = [], -_CHARACTER / pixels
    for box in boxes:
        left, right = box.reach(pixels)
        beside = any(other.side > box.side and other.left < right and left < other.right for other in boxes)
        texts.append("" if left < end or beside else "<br>".join(box.lines))
        if texts[-1]:
            end = right + _CHARACTER / pixels / 2
    return texts


def _raised(boxes: list[_Box], texts: list[str], pixels: float, tallest: int) -> go.Scatter:
    """The numbers at the ends and where they change, above the higher boxes and labels that left them no room."""
    taken = [
        (*box.reach(pixels), box.side / 2, box.side / 2 + len(box.lines) * _LINE * tallest)
        for box, text in zip(boxes, texts, strict=True)
        if text
    ]
    raised: list[tuple[float, float, str]] = []
    for number, (box, text) in enumerate(zip(boxes, texts, strict=True)):
        is_new = number in (0, len(boxes) - 1) or box.row.output_shape[-1] != boxes[number - 1].row.output_shape[-1]
        if text or not is_new or len(boxes) > _MOST_RAISED:
            continue
        left, right = box.reach(pixels)
        height = len(box.lines) * _LINE * tallest
        low = max(other.side for other in boxes if other.left < right and left < other.right) / 2
        for other_left, other_right, bottom, top in sorted(taken, key=lambda label: label[2]):
            if other_left < right and left < other_right and bottom < low + height and low < top:
                low = top
        if low + height <= _TOP * tallest:
            taken.append((left, right, low, low + height))
            raised.append((box.middle, low, "<br>".join(box.lines)))
    return go.Scatter(
        x=[x for x, _, _ in raised], y=[y for _, y, _ in raised], text=[text for _, _, text in raised],
        mode="text", textposition="top center", textfont={"size": 10}, cliponaxis=False, hoverinfo="skip",
    )  # fmt: skip


def _sides(boxes: list[_Box], pixels: float) -> tuple[list[float], list[str]]:
    """What stands below the boxes of one side and where, in two lines; left out where neither has room for it."""
    places, texts = [], []
    ends = [-2 * _CHARACTER / pixels] * 2  # there is room to the left of the first box
    for side, group in groupby(boxes, key=lambda box: (len(box.row.output_shape), box.side)):
        members = list(group)
        middle = (members[0].left + members[-1].right) / 2
        text = f"{side[1]}²" if side[0] == 3 else "vectors"
        reach = len(text) * _CHARACTER / pixels / 2
        line = next((line for line, end in enumerate(ends) if middle - reach >= end), None)
        if line is not None:
            places.append(middle)
            texts.append("<br>" * line + text)
            ends[line] = middle + reach + _CHARACTER / pixels / 2
    return places, texts


def _hover(row: LayerRow, count: int) -> str:
    shape = " × ".join(f"{side:,}" for side in row.output_shape)
    blocks = f"<br>{count} blocks output maps of this shape" if count > 1 else ""
    return f"<b>{literal(row.name)}</b><br>{shape}{blocks}"
