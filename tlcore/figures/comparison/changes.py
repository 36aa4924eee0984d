"""The figure of what training changed: how far each layer has moved."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from tlcore.figures.layout import studio_layout

HEIGHT = 380


def layer_figure(rows: Sequence[dict], color: str) -> go.Figure:
    """Draw how far each layer's weights have moved.

    Args:
        rows: as `Changes.layer_rows` gives them.
        color: of the bars.

    Returns:
        The figure: one bar a layer, from the photo up.
    """
    figure = go.Figure(
        go.Bar(
            x=[row["layer"] for row in rows],
            y=[row["relative change"] for row in rows],
            marker={"color": color},
            customdata=[row["weights"] for row in rows],
            hovertemplate="%{x}: its %{customdata:,} weights changed by %{y:.2%}<extra></extra>",
        )
    )
    figure.update_layout(
        **studio_layout(HEIGHT),
        xaxis={"title": "Layers, from input to output", "type": "category", "nticks": 12, "automargin": True},
        yaxis={"title": "How far the weights moved", "tickformat": "~%", "rangemode": "tozero"},
    )
    return figure
