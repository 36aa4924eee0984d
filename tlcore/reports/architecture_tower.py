"""The tower of feature maps: how pictures become small and deep on their way through a network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from tlcore.reports.architecture_colors import NETWORKS, short_number
from tlcore.zoo.stages import blocks_of
from tlcore.zoo.tables import LayerRow, LayerTable

MAP_WIDTH = 0.5  # least width of a map, in the units of the horizontal axis


def tower_figure(tables: Sequence[LayerTable], titles: Sequence[str]) -> go.Figure:
    """Draw each network as a row of boxes, as high as its maps and the wider the more channels they have.

    Args:
        tables: one network or a few, drawn one below the other on the same axes.
        titles: what they are called.

    Returns:
        The figure. The custom data of each box is the name of its last layer.
    """
    figure = make_subplots(
        rows=len(tables),
        cols=1,
        shared_xaxes=True,
        shared_yaxes="all",
        vertical_spacing=0.08,
        subplot_titles=list(titles) if len(tables) > 1 else None,
    )
    for number, table in enumerate(tables, start=1):
        figure.add_trace(_tower(table, NETWORKS[(number - 1) % len(NETWORKS)][0]), row=number, col=1)
    figure.update_layout(
        height=90 + 210 * len(tables), margin={"l": 4, "r": 4, "t": 30, "b": 4}, showlegend=False, bargap=0
    )
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False)
    figure.update_xaxes(title="through the network →  (width: channels)", row=len(tables))
    figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=False, title="map side")
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
    if table.rows[0].output_shape and rows[0].name != table.rows[0].name:
        rows.insert(0, table.rows[0])
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row.output_shape)]
    return [(group[-1], len(group)) for group in groups]


def _tower(table: LayerTable, color: str) -> go.Bar:
    sizes = map_sizes(table)
    side = [row.output_shape[0] if len(row.output_shape) == 3 else 1 for row, _ in sizes]
    channels = [row.output_shape[-1] for row, _ in sizes]
    widths = [max(MAP_WIDTH, (count**0.5) / 14) for count in channels]
    lefts, position = [], 0.0
    for width in widths:
        lefts.append(position)
        position += width + 0.45
    tallest = max(side)
    heights = [max(value, tallest * 0.03) for value in side]  # vectors would be invisible
    return go.Bar(
        x=[left + width / 2 for left, width in zip(lefts, widths, strict=True)],
        y=heights,
        base=[-height / 2 for height in heights],
        width=widths,
        marker={
            "color": [color if len(row.output_shape) == 3 else "#D55E00" for row, _ in sizes],
            "line": {"width": 0},
            "opacity": 0.85,
        },
        text=[_label(row, count) for row, count in sizes],
        textposition="outside",
        textangle=0,
        textfont={"size": 10},
        constraintext="none",
        cliponaxis=False,
        customdata=[[row.name] for row, _ in sizes],
        hovertext=[_hover(row, count) for row, count in sizes],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _label(row: LayerRow, count: int) -> str:
    if len(row.output_shape) != 3:
        return short_number(row.output_shape[-1])
    times = f"<br>{count} blocks" if count > 1 else ""
    return f"{row.output_shape[0]}²<br>×{row.output_shape[2]}{times}"


def _hover(row: LayerRow, count: int) -> str:
    shape = " × ".join(f"{side:,}" for side in row.output_shape)
    blocks = f"<br>{count} blocks give maps of this shape" if count > 1 else ""
    return f"<b>{row.name}</b><br>{shape}{blocks}"
