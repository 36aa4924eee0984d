"""The interactive graph of a network: boxes that open on a click."""

from __future__ import annotations

from collections import Counter

import plotly.graph_objects as go

from tlcore.figures.architecture.colors import KINDS, LINE, kind_of, shape_text, short_number
from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal
from tlcore.zoo.layers.graph import Graph, Node

ROW_HEIGHT = 46  # pixels
BOX = (0.94, 0.7)  # share of its place that a box fills: width, height
WIDEST = 3.4  # places that a box which stands alone may fill


def graph_figure(graph: Graph, marked: str = "", cut_layers: tuple[str, ...] = ()) -> go.Figure:
    """Draw a graph from top to bottom.

    Args:
        graph: boxes with their places.
        marked: name of the layer that is looked at; its box gets a thick edge.
        cut_layers: names of layers at which the network is usually cut; they bear scissors.

    Returns:
        The figure. The custom data of each box is its node id.
    """
    levels = max(node.level for node in graph.nodes) + 1
    places = {node.id: node for node in graph.nodes}
    lanes = [node.lane for node in graph.nodes]
    widths = _widths(graph)
    figure = go.Figure(_edges(graph))
    for kind in KINDS:
        nodes = [node for node in graph.nodes if _kind(node) == kind]
        if nodes:
            figure.add_trace(_boxes(nodes, kind, widths, marked, cut_layers))
    figure.update_layout(
        **studio_layout(levels * ROW_HEIGHT + 70, top=36, edge=4),
        barmode="overlay",
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "itemclick": False, "itemdoubleclick": False},
        dragmode="pan",
    )
    skips = any(places[target].level - places[source].level > 1 for source, target in graph.edges)
    room = max(lanes) - min(lanes) + (1.4 if skips else 1.05)
    middle = (max(lanes) + min(lanes)) / 2
    figure.update_xaxes(visible=False, range=[middle - room / 2, middle + room / 2], fixedrange=levels < 30)
    figure.update_yaxes(visible=False, range=[levels - 0.4, -0.6], fixedrange=levels < 30)
    return figure


def _kind(node: Node) -> str:
    if node.opens:
        return "group"
    return "closed" if node.rows[0].is_closed else kind_of(node.rows[0].type)


def _boxes(nodes: list[Node], kind: str, widths: dict[str, float], marked: str, cut_layers: tuple[str, ...]) -> go.Bar:
    title, fill, ink = KINDS[kind]
    one_lane = len(set(widths.values())) == 1
    return go.Bar(
        orientation="h",
        base=[node.lane - widths[node.id] / 2 for node in nodes],
        x=[widths[node.id] for node in nodes],
        y=[node.level for node in nodes],
        width=BOX[1],
        text=[_label(node, cut_layers, widths[node.id] > 1 or one_lane) for node in nodes],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": ink, "size": 12},
        marker={
            "color": fill,
            "line": {"width": [4 if _holds(node, marked) else 0 for node in nodes], "color": "#E69F00"},
        },
        customdata=[[node.id] for node in nodes],
        hovertext=[_hover(node) for node in nodes],
        hovertemplate="%{hovertext}<extra></extra>",
        name=title,
    )


def _widths(graph: Graph) -> dict[str, float]:
    """Let a box that stands alone in its row use the room beside it."""
    lanes = [node.lane for node in graph.nodes]
    room = min(max(lanes) - min(lanes) + 1, WIDEST)
    alone = Counter(node.level for node in graph.nodes)
    return {node.id: room * BOX[0] if alone[node.level] == 1 else BOX[0] for node in graph.nodes}


def _holds(node: Node, layer: str) -> bool:
    return any(row.name == layer for row in node.rows)


def _label(node: Node, cut_layers: tuple[str, ...], roomy: bool) -> str:
    scissors = "✂ " if any(row.name in cut_layers for row in node.rows) else ""
    shape = shape_text(node.rows[-1].output_shape)
    if not roomy:
        window = node.rows[0].detail.split(",")[0] if "×" in node.rows[0].detail else ""
        what = f"▸ {node.title}" if node.opens else f"{window} {node.rows[0].type}".strip()
        return f"{scissors}<b>{literal(what)}</b><br>{shape}"
    if not node.opens:
        return f"{scissors}<b>{literal(node.title)}</b> · {literal(node.rows[0].type)} · {shape}"
    weights = short_number(sum(row.parameters for row in node.rows))
    return f"{scissors}<b>▸ {literal(node.title)}</b> · {len(node.rows)} layers · {weights} parameters · → {shape}"


def _hover(node: Node) -> str:
    lines = [
        f"<b>{literal(node.title)}</b>",
        f"outputs {shape_text(node.rows[-1].output_shape)}",
        f"{_total(node, 'parameters')} parameters",
        f"{_total(node, 'multiply_adds')} multiply-adds",
    ]
    if node.opens:
        lines.append(literal(f"{node.rows[0].name} … {node.rows[-1].name}"))
        lines.append("click to open")
    else:
        lines.append(literal(node.rows[0].detail))
    return "<br>".join(line for line in lines if line)


def _total(node: Node, measure: str) -> str:
    least = "at least " if any(measure in row.unknown for row in node.rows) else ""
    return f"{least}{sum(getattr(row, measure) for row in node.rows):,}"


def _edges(graph: Graph) -> go.Scatter:
    """All connections as one line: straight between neighbors, around the boxes where they skip some."""
    places = {node.id: node for node in graph.nodes}
    xs: list[float | None] = []
    ys: list[float | None] = []
    for source_id, target_id in graph.edges:
        source, target = places[source_id], places[target_id]
        top, bottom = source.level + BOX[1] / 2, target.level - BOX[1] / 2
        if target.level - source.level == 1:
            path = [(source.lane, top), (target.lane, bottom)]
        else:
            between = [node.lane for node in graph.nodes if source.level < node.level < target.level]
            side = max([*between, source.lane, target.lane]) + BOX[0] / 2 + 0.03
            side += 0.012 * min(target.level - source.level, 12)
            path = [
                (source.lane + 0.2, top),
                (side, top + 0.18),
                (side, bottom - 0.18),
                (target.lane + 0.2, bottom),
            ]
        xs += [x for x, _ in path] + [None]
        ys += [y for _, y in path] + [None]
    return go.Scatter(x=xs, y=ys, mode="lines", line={"color": LINE, "width": 1.5}, hoverinfo="skip", showlegend=False)
