"""The idea of each design as a small drawing: boxes on a grid and arrows between them.

The drawings stand in `architecture_diagrams.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import plotly.graph_objects as go

from tlcore.figures.architecture.colors import KINDS, LINE

WIDTH, HEIGHT = 0.86, 0.56  # of a box, in places of the grid


@dataclass(frozen=True)
class Diagram:
    """A drawing as data.

    Args:
        boxes: id → (column, row, text, kind of layer). Columns go right, rows go down.
        arrows: "from to" pairs of ids, separated by commas; "from ~ to" is drawn as a bow over the boxes between.
        caption: what to see in it.
    """

    boxes: Mapping[str, Sequence]
    arrows: str
    caption: str


DIAGRAMS = {
    key: Diagram(**values) for key, values in json.loads(Path(__file__).with_suffix(".json").read_text("utf-8")).items()
}


def diagram_figure(key: str) -> go.Figure:
    """Draw the idea of a design.

    Args:
        key: of `DIAGRAMS`.

    Returns:
        The figure.
    """
    diagram = DIAGRAMS[key]
    shapes: list[dict] = []
    annotations: list[dict] = []
    for arrow in diagram.arrows.split(","):
        bow = "~" in arrow
        source, target = arrow.replace("~", " ").split()
        _draw_arrow(shapes, annotations, diagram.boxes[source][:2], diagram.boxes[target][:2], bow)
    for column, row, text, kind in diagram.boxes.values():
        _draw_box(shapes, annotations, column, row, text, kind)
    columns = [column for column, _, _, _ in diagram.boxes.values()]
    rows = [row for _, row, _, _ in diagram.boxes.values()]
    above = 0.95 if "~" in diagram.arrows else 0.45
    figure = go.Figure(layout={"shapes": shapes, "annotations": annotations})
    figure.update_xaxes(visible=False, range=[min(columns) - 0.6, max(columns) + 0.6], fixedrange=True)
    figure.update_yaxes(visible=False, range=[max(rows) + 0.45, min(rows) - above], fixedrange=True)
    figure.update_layout(
        height=int(62 * (max(rows) - min(rows) + above + 0.45)) + 10,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        dragmode=False,
    )
    return figure


def _draw_box(shapes: list[dict], annotations: list[dict], column: float, row: float, text: str, kind: str) -> None:
    _, fill, ink = KINDS[kind]
    shapes.append(
        {
            "type": "rect",
            "x0": column - WIDTH / 2,
            "x1": column + WIDTH / 2,
            "y0": row - HEIGHT / 2,
            "y1": row + HEIGHT / 2,
            "fillcolor": fill,
            "line": {"width": 0},
        }
    )
    words = text.split(" ")
    half = (len(words) + 1) // 2
    lines = [text] if len(text) <= 9 or len(words) == 1 else [" ".join(words[:half]), " ".join(words[half:])]
    annotations.append(
        {"x": column, "y": row, "text": "<br>".join(lines), "showarrow": False, "font": {"color": ink, "size": 11}}
    )


def _draw_arrow(
    shapes: list[dict],
    annotations: list[dict],
    source: Sequence[float],
    target: Sequence[float],
    bow: bool,
) -> None:
    (x0, y0), (x1, y1) = source, target
    if bow:  # over the boxes in between, the higher the farther
        top = min(y0, y1) - HEIGHT / 2
        peak = top - 0.18 - 0.09 * abs(x1 - x0)
        path = f"M {x0},{top} C {x0},{peak} {x1},{peak} {x1},{top - 0.08}"
        shapes.append({"type": "path", "path": path, "line": {"color": LINE, "width": 2}})
        start, end = (x1, top - 0.12), (x1, top)
    elif y0 != y1 and abs(x1 - x0) < WIDTH:  # one above the other, if not quite
        down = 1 if y1 > y0 else -1
        start, end = (x0, y0 + down * HEIGHT / 2), (x1, y1 - down * HEIGHT / 2)
    else:
        right = 1 if x1 > x0 else -1
        start, end = (x0 + right * WIDTH / 2, y0), (x1 - right * WIDTH / 2, y1)
    annotations.append(
        {
            "x": end[0],
            "y": end[1],
            "ax": start[0],
            "ay": start[1],
            "axref": "x",
            "ayref": "y",
            "showarrow": True,
            "arrowhead": 2,
            "arrowwidth": 2,
            "arrowcolor": LINE,
            "text": "",
        }
    )
