"""The figure of calibration: accuracy against confidence."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from tlcore.comparison.calibration import calibration_rows
from tlcore.comparison.comparison import ComparedRun
from tlcore.figures.comparison.board import marks_of
from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal

HEIGHT = 420
FEWEST = 10  # images behind a point


def calibration_figure(compared: Sequence[ComparedRun]) -> go.Figure:
    """Draw accuracy against confidence on the test photos.

    Args:
        compared: the runs.

    Returns:
        The figure, without a legend: one curve a run with 95 % intervals, and the diagonal of perfect calibration.
        Where fewer than `FEWEST` images are, nothing is drawn: it would be noise.
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
    for item, mark in zip(compared, marks_of(compared), strict=True):
        rows = [row for row in calibration_rows(item.predictions()) if row["photos"] >= FEWEST]
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
                name=literal(item.title),
                mode="lines+markers",
                line={"color": mark.color, "dash": mark.dash},
                marker={"size": 8, "symbol": mark.symbol},
                customdata=[row["photos"] for row in rows],
                hovertemplate=f"{literal(item.title)}<br>%{{x:.0%}} sure, %{{y:.0%}} right (%{{customdata}} images)"
                "<extra></extra>",
            )
        )
    figure.update_layout(
        **studio_layout(HEIGHT),
        showlegend=False,
        xaxis={"title": "Confidence (probability of the answer)", "tickformat": ".0%", "range": [0, 1.02]},
        yaxis={"title": "Share of right answers", "tickformat": ".0%", "range": [0, 1.05]},
    )
    return figure
