"""A part of a network drawn from top to bottom, as papers draw it: a box for a step, a line for a flow of maps."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from tlcore.figures.architecture.colors import KINDS, LINE, kind_of, shape_text
from tlcore.figures.architecture.lanes import FILL, Place, Spot, extent, placed
from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal
from tlcore.zoo.layers.sketch import OUTPUT, Box, Sketch, is_depthwise

_LINE_HEIGHT, _PADDING, _GAP = 14, 8, 20  # pixels
_NARROWEST = 300  # pixels that a drawing has on a phone
_CHARACTER = 5.6  # pixels of a letter of size 11
_LEAST_LANES = 2.4  # so that a single lane does not fill the whole width
_WIDEST = 2.0  # lanes that a box may fill where its level has room
_SHORT = {"separable": "sep.", "average": "avg.", "concatenate": "concat."}  # where the whole word does not fit


def sketch_lanes(drawing: Sketch, places: Mapping[str, Place] | None = None) -> float:
    """Say how wide a drawing is.

    Args:
        drawing: the boxes.
        places: as `sketch_figure` takes them.

    Returns:
        How many boxes stand beside each other where it is widest.
    """
    left, right = extent(placed(drawing, places or {}))
    return right - left


def sketch_figure(drawing: Sketch, places: Mapping[str, Place] | None = None) -> go.Figure:
    """Draw a part of a network.

    Args:
        drawing: the boxes and what flows between them.
        places: box id → (lane, level); without any, boxes are placed below what feeds them.

    Returns:
        The figure. Its height in pixels fits its text.
    """
    spots = placed(drawing, places or {})
    left, right = extent(spots)
    lanes = max(right - left, _LEAST_LANES)
    boxes = {box.id: box for box in drawing.boxes}
    texts: dict[str, list[str]] = {}
    for spot in spots:
        if spot.is_box:
            spot.reach = _reach(spot, spots, (left + right - lanes) / 2, (left + right + lanes) / 2)
            texts[spot.id] = _text(boxes[spot.id], int((_NARROWEST / lanes * 2 * spot.reach - 2) / _CHARACTER))
    tops, heights = _rows(spots, texts)
    figure = go.Figure()
    shapes: list[dict] = []
    annotations: list[dict] = []
    for spot in spots:
        for target in spot.feeds:
            _draw_line(shapes, annotations, spot, target, tops, heights, texts)
    for spot in spots:
        if spot.is_box:
            _draw_box(shapes, annotations, spot, boxes[spot.id], texts[spot.id], tops[spot.level])
    middle = (left + right) / 2
    height = max(tops[level] + heights[level] for level in tops) + 4
    figure.update_layout(
        shapes=shapes,
        annotations=annotations,
        **studio_layout(height, top=0, edge=0),
        showlegend=False,
        dragmode=False,
    )
    figure.update_xaxes(visible=False, range=[middle - lanes / 2, middle + lanes / 2], fixedrange=True)
    figure.update_yaxes(visible=False, range=[height, 0], fixedrange=True)
    return figure


def _reach(spot: Spot, spots: list[Spot], left: float, right: float) -> float:
    """How far a box may reach to either side: into free room where lanes are narrow, but not to a neighbor."""
    beside = [
        abs(other.x - spot.x) - other.width / 2 for other in spots if other.level == spot.level and other is not spot
    ]
    if right - left <= _WIDEST * 2:
        return FILL / 2
    return FILL * max(0.5, min(_WIDEST / 2, spot.x - left, right - spot.x, *(room - 0.5 for room in beside)))


def _text(box: Box, room: int) -> list[str]:
    """The lines in a box, none longer than there is room for."""
    if box.is_end:
        return [shape_text(box.rows[0].output_shape)]
    lines: list[str] = []
    in_a_row = f"{box.times} in a row"
    times = [in_a_row if len(in_a_row) <= room else f"×{box.times}"] if box.times > 1 else []
    for phrase in (*box.words, *times):
        if lines and len(lines[-1]) + 2 + len(phrase) <= room:
            lines[-1] = f"{lines[-1]}, {phrase}"
        elif len(phrase) <= room:
            lines.append(phrase)
        else:
            lines += [word if len(word) <= room else _SHORT.get(word, word) for word in phrase.split(" ")]
    return lines


def _rows(spots: list[Spot], texts: Mapping[str, list[str]]) -> tuple[dict[int, float], dict[int, float]]:
    """Top and height of each level in pixels."""
    heights: dict[int, float] = {}
    for spot in spots:
        lines = len(texts[spot.id]) if spot.is_box else 1
        heights[spot.level] = max(heights.get(spot.level, 0), _LINE_HEIGHT * lines + _PADDING)
    tops, top = {}, 2.0
    for level in sorted(heights):
        tops[level] = top
        top += heights[level] + _GAP
    return tops, heights


def _height(lines: list[str]) -> float:
    return _LINE_HEIGHT * len(lines) + _PADDING


def _draw_box(shapes: list[dict], annotations: list[dict], spot: Spot, box: Box, lines: list[str], top: float) -> None:
    main = box.main
    kind = "input" if box.is_end else "depthwise" if is_depthwise(main) else kind_of(main.type)
    _, fill, ink = KINDS["merge" if main.type == "CustomScaleLayer" and box.id != OUTPUT else kind]
    bottom = top + _height(lines)
    shapes.append(
        {
            "type": "rect",
            "x0": spot.x - spot.reach,
            "x1": spot.x + spot.reach,
            "y0": top,
            "y1": bottom,
            "fillcolor": fill,
            "line": {"width": 0},
        }
    )
    annotations.append(
        {
            "x": spot.x,
            "y": (top + bottom) / 2,
            "text": "<br>".join(literal(line) for line in lines),
            "showarrow": False,
            "font": {"color": ink, "size": 11},
        }
    )


def _draw_line(
    shapes: list[dict],
    annotations: list[dict],
    source: Spot,
    target: Spot,
    tops: Mapping[int, float],
    heights: Mapping[int, float],
    texts: Mapping[str, list[str]],
) -> None:
    """From a spot to one it feeds: straight, and past a level where another box stands."""
    start_x, end_x = source.x, target.x
    if source.level == target.level:  # sideways, from edge to edge
        right = 1 if target.x > source.x else -1
        start_x, end_x = source.x + right * source.reach, target.x - right * target.reach
        start = end = tops[source.level] + min(_height(texts[source.id]), _height(texts[target.id])) / 2
    else:
        down = target.level > source.level
        below = _height(texts[source.id]) if source.is_box else heights[source.level]
        start = tops[source.level] + (below if down else 0)
        end = tops[target.level] + (0 if down else _height(texts[target.id]))
    if not source.is_box:  # the line goes on through its own level
        shapes.append(_straight((source.x, tops[source.level]), (source.x, start)))
    if target.is_box:
        annotations.append(
            {
                "x": end_x, "y": end, "ax": start_x, "ay": start, "axref": "x", "ayref": "y", "showarrow": True,
                "arrowhead": 2, "arrowwidth": 1.5, "arrowcolor": LINE, "text": "",
            }
        )  # fmt: skip
    else:
        shapes.append(_straight((start_x, start), (end_x, end)))


def _straight(start: tuple[float, float], end: tuple[float, float]) -> dict:
    return {
        "type": "line", "x0": start[0], "y0": start[1], "x1": end[0], "y1": end[1],
        "line": {"color": LINE, "width": 1.5},
    }  # fmt: skip
