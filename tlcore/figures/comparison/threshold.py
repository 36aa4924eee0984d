"""The figure of a threshold between two classes: ROC and precision-recall curves."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.threshold import curve_rows, threshold_row
from tlcore.figures.comparison.board import marks_of
from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal

HEIGHT = 380

_AXES = {
    "roc": ("False alarms (share of the other class)", "Found (share of the class)"),
    "precision-recall": ("Recall (share of the class that is found)", "Precision (share of those named that is right)"),
}


def threshold_figure(
    compared: Sequence[ComparedRun], positive: int, threshold: float, kind: str, part: str = "test"
) -> go.Figure:
    """Draw a curve over all thresholds, with a large marker at one of them.

    Args:
        compared: runs of two classes.
        positive: the number of the class in question.
        threshold: where the markers stand, 0..1.
        kind: a key of `KINDS`.
        part: "validation" to choose a threshold by, "test" to judge it.

    Returns:
        The figure, without a legend.
    """
    figure = go.Figure()
    for item, mark in zip(compared, marks_of(compared), strict=True):
        predictions = item.predictions(part)
        rows = curve_rows(predictions, positive, kind)
        at = threshold_row(predictions, positive, threshold)
        alarm_share = at["false alarms"] / max(1, at["false alarms"] + at["rightly not named"])
        point = (alarm_share, at["recall"]) if kind == "roc" else (at["recall"], at["precision"])
        figure.add_scatter(
            x=[row["x"] for row in rows],
            y=[row["y"] for row in rows],
            name=literal(item.title),
            mode="lines",
            line={"color": mark.color, "dash": mark.dash, "width": 2.5},
            customdata=[row["threshold"] for row in rows],
            hovertemplate=f"{literal(item.title)}<br>%{{x:.1%}}, %{{y:.1%}} at threshold %{{customdata:.3f}}"
            "<extra></extra>",
            cliponaxis=False,
        )
        figure.add_scatter(
            x=[point[0]],
            y=[point[1]],
            mode="markers",
            marker={"color": mark.color, "size": 14, "symbol": "circle-open", "line": {"width": 3}},
            hovertemplate=f"%{{x:.1%}}, %{{y:.1%}} at threshold {threshold:.2f}<extra></extra>",
            cliponaxis=False,
        )
    across, up = _AXES[kind]
    figure.update_layout(
        **studio_layout(HEIGHT),
        showlegend=False,
        xaxis={"title": across, "tickformat": ".0%", "range": [-0.02, 1.02]},
        yaxis={"title": up, "tickformat": ".0%", "range": [0, 1.05]},
    )
    return figure
