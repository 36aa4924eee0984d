"""How a network is built: its parts drawn from its layer table, and the idea where one more drawing tells it."""

from __future__ import annotations

import streamlit as st

from tlcore.figures.architecture.diagrams import DIAGRAMS, diagram_figure
from tlcore.figures.architecture.sketch import sketch_figure, sketch_lanes
from tlcore.zoo.architecture import Architecture, Drawing
from tlcore.zoo.layers.sketch import Sketch, sketch
from tlcore.zoo.layers.tables import layer_table

_STATIC = {"staticPlot": True}


def show_drawings(row: Architecture) -> None:
    """Draw the parts of a network side by side, and its idea.

    Args:
        row: the architecture; its original form is drawn.
    """
    table = layer_table(row.name)
    drawn = [(drawing, sketch(table, drawing.start, drawing.end)) for drawing in row.drawings]
    widest = max((sketch_lanes(boxes, drawing.places) for drawing, boxes in drawn), default=1)
    if len(drawn) == 1:  # its words and the idea have room beside it
        picture, words = st.columns(2, gap="large")
        with picture:
            _show_titled(row, *drawn[0])
        with words:
            _show_words(row)
        return
    beside = 3 if widest <= 3 else 2 if widest <= 6 else 1
    for first in range(0, len(drawn), beside):
        columns = st.columns(beside, gap="large")
        for column, (drawing, boxes) in zip(columns, drawn[first : first + beside], strict=False):
            with column:
                _show_titled(row, drawing, boxes)
    _show_words(row)


def _show_titled(row: Architecture, drawing: Drawing, boxes: Sketch) -> None:
    st.markdown(f"**{drawing.title}**")
    show_drawing(row, drawing, boxes)


def show_drawing(row: Architecture, drawing: Drawing, boxes: Sketch) -> None:
    """Draw one part of a network, with what to see in it below.

    Args:
        row: the architecture.
        drawing: one of its drawings.
        boxes: what is in it.
    """
    figure = sketch_figure(boxes, drawing.places)
    st.plotly_chart(figure, config=_STATIC, key=f"drawing-{row.name}-{drawing.title}", alt=drawing.caption)
    st.caption(drawing.caption)


def _show_words(row: Architecture) -> None:
    """The idea of the design, drawn where it has such a drawing, and how to read the drawings."""
    if row.diagram:
        caption = DIAGRAMS[row.diagram].caption
        st.plotly_chart(diagram_figure(row.diagram), config=_STATIC, key="diagram", alt=caption)
        st.caption(caption)
    st.caption(
        "Drawn from the table of layers: window, channels that go out, stride; then normalization (norm) and "
        "activation in their order. Padding, cropping and dropout are left out. Where room is short: sep. for "
        "separable, avg. for average, concat. for concatenate."
    )
