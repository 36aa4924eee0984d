"""The learning-rate finder's picture: loss against learning rate."""

from __future__ import annotations

import math

import plotly.graph_objects as go

from tlcore.figures.layout import studio_layout
from tlcore.text import decimal_text
from tlcore.training.advice.rate_finder import RateSweep

HEIGHT = 360
_LINE = "#0072B2"
_NEUTRAL = "rgba(128, 128, 128, 0.8)"  # reads on light and on dark
_SUGGESTED = "#D55E00"
_AIR = 1.15  # above the loss at the start; what the diverging end does is of no interest


def sweep_figure(sweep: RateSweep) -> go.Figure:
    """Draw a sweep, with the rates that were read off it.

    Args:
        sweep: what the finder measured.

    Returns:
        The figure.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=sweep.rates, y=sweep.losses, name="each step", mode="markers", marker={"color": _NEUTRAL, "size": 4}
    )
    figure.add_scatter(
        x=sweep.rates, y=sweep.smoothed, name="running mean", mode="lines", line={"color": _LINE, "width": 3}
    )
    for rate, text, color, height in (
        (sweep.steepest, "falls fastest", _NEUTRAL, 0.06),
        (sweep.lowest, "lowest", _NEUTRAL, 0.06),
        (sweep.suggestion, f"suggested: {decimal_text(sweep.suggestion)}", _SUGGESTED, 1.0),
    ):
        figure.add_vline(rate, line={"color": color, "width": 2, "dash": "dash"})
        # Annotations on a logarithmic axis are placed by the exponent.
        figure.add_annotation(x=math.log10(rate), y=height, yref="paper", text=text, showarrow=False, xanchor="left")
    top = _AIR * max(sweep.smoothed[0], min(sweep.smoothed))
    figure.update_layout(
        **studio_layout(HEIGHT, top=30),
        legend={"orientation": "h", "x": 0, "y": -0.25, "yanchor": "top"},
        xaxis={"title": "Learning rate", "type": "log", "exponentformat": "power", "dtick": 1},
        yaxis={"title": "Loss", "range": [0.9 * min(sweep.smoothed), top]},
    )
    return figure


def sweep_table(sweep: RateSweep) -> list[dict]:
    """The numbers behind the picture.

    Args:
        sweep: what the finder measured.

    Returns:
        One row a step: names of columns → values.
    """
    return [
        {"learning_rate": rate, "loss": loss, "running_mean": mean}
        for rate, loss, mean in zip(sweep.rates, sweep.losses, sweep.smoothed, strict=True)
    ]
