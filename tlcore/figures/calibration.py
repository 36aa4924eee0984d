"""The figure of calibration: accuracy against confidence."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from tlcore.comparison.calibration import calibration_error, calibration_floor, calibration_rows
from tlcore.comparison.comparison import ComparedRun
from tlcore.figures.layout import studio_layout
from tlcore.figures.marks import marks
from tlcore.figures.text import literal

HEIGHT = 420


def calibration_figure(compared: Sequence[ComparedRun]) -> go.Figure:
    """Draw accuracy against confidence on the test photos.

    Args:
        compared: the runs.

    Returns:
        The figure: one curve a run with 95 % intervals, and the diagonal of perfect calibration.
    """
    figure = go.Figure(
        go.Scatter(
            x=[0, 1],
            y=[0, 1],
            mode="lines",
            line={"color": "rgba(128, 128, 128, 0.7)", "dash": "dash", "width": 1.5},
            name="perfect calibration",
            hoverinfo="skip",
        )
    )
    for item, mark in zip(compared, marks([item.strategy.name for item in compared]), strict=True):
        predictions = item.predictions()
        rows = calibration_rows(predictions)
        off, floor = 100 * calibration_error(rows), 100 * calibration_floor(predictions)
        accuracy = [row["accuracy"] for row in rows]
        figure.add_trace(
            go.Scatter(
                x=[row["confidence"] for row in rows],
                y=accuracy,
                error_y={
                    "array": [row["high"] - value for row, value in zip(rows, accuracy, strict=True)],
                    "arrayminus": [value - row["low"] for row, value in zip(rows, accuracy, strict=True)],
                    "thickness": 1,
                },
                name=f"{literal(item.title)} (off by {off:.1f} points; {floor:.1f} from chance alone)",
                mode="lines+markers",
                line={"color": mark.color, "dash": mark.dash},
                marker={"size": 8, "symbol": mark.symbol},
                customdata=[row["photos"] for row in rows],
                hovertemplate="confidence %{x:.1%}, right %{y:.1%}, %{customdata} images<extra></extra>",
            )
        )
    figure.update_layout(
        **studio_layout(HEIGHT),
        legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
        xaxis={"title": "Confidence (probability of the answer)", "tickformat": ".0%", "range": [0, 1.02]},
        yaxis={"title": "Share of right answers", "tickformat": ".0%", "range": [0, 1.05]},
    )
    return figure
