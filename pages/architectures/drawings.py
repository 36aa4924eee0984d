"""How a network is built: its parts drawn from its layer table, and the idea where one more drawing tells it."""

from __future__ import annotations

import streamlit as st

from tlcore.figures.architecture.diagrams import DIAGRAMS, diagram_figure
from tlcore.figures.architecture.sketch import sketch_figure, sketch_lanes
from tlcore.zoo.catalog import Architecture
from tlcore.zoo.layers.sketch import sketch
from tlcore.zoo.layers.tables import layer_table

_STATIC = {"staticPlot": True}


def show_drawings(row: Architecture) -> None:
    """Draw the parts of a network side by side.

    Args:
        row: the architecture; its original form is drawn.
    """
    table = layer_table(row.name)
    drawn = [(drawing, sketch(table, drawing.start, drawing.end)) for drawing in row.drawings]
    widest = max((sketch_lanes(boxes, drawing.places) for drawing, boxes in drawn), default=1)
    beside = 3 if widest <= 3 else 2 if widest <= 6 else 1
    for first in range(0, len(drawn), beside):
        columns = st.columns(beside, gap="large")
        for column, (drawing, boxes) in zip(columns, drawn[first : first + beside], strict=False):
            with column:
                st.markdown(f"**{drawing.title}**")
                figure = sketch_figure(boxes, drawing.places)
                st.plotly_chart(figure, config=_STATIC, key=f"drawing-{drawing.title}", alt=drawing.caption)
                st.caption(drawing.caption)
    st.caption(
        "Drawn from the layers listed below: window, channels that go out, stride; then normalization (norm) and "
        "activation in their order. Padding, cropping and dropout are left out. Where room is short: sep. for "
        "separable, avg. for average, concat. for concatenate."
    )


def show_idea_drawing(row: Architecture) -> None:
    """Draw the idea of a design, where it has such a drawing.

    Args:
        row: the architecture.
    """
    if row.diagram:
        caption = DIAGRAMS[row.diagram].caption
        st.plotly_chart(diagram_figure(row.diagram), config=_STATIC, key="diagram", alt=caption)
        st.caption(caption)
