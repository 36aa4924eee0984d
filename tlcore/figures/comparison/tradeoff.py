"""Accuracy against what it cost: seconds, or trainable parameters."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from tlcore.comparison.comparison import ComparedRun, comparison_rows
from tlcore.figures.comparison.board import marks_of
from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal

COSTS = {
    "seconds": "Seconds it takes",
    "trainable parameters": "Trained numbers",
    "train photos": "Training images",
}
HEIGHT = 340
_SHORT = 60  # largest over smallest cost


def differing_costs(compared: Sequence[ComparedRun]) -> list[str]:
    """Choose what accuracy is worth being drawn against.

    Args:
        compared: the runs.

    Returns:
        Those keys of `COSTS` in which the runs differ.
    """
    rows = comparison_rows(compared)
    return [cost for cost in COSTS if len({row[cost] for row in rows}) > 1]


def _ticks(figure: go.Figure) -> dict:
    """At most a handful of ticks: powers of ten, over a short range 2 and 5 between them."""
    places = [trace.x[0] for trace in figure.data if trace.x[0] > 0]
    is_short = bool(places) and max(places) / min(places) <= _SHORT
    return {"tickvals": [digit * 10**power for power in range(-1, 10) for digit in ((1, 2, 5) if is_short else (1,))]}


def tradeoff_figure(compared: Sequence[ComparedRun], cost: str) -> go.Figure:
    """Draw test accuracy with its 95 % interval against a cost, on a logarithmic axis.

    Args:
        compared: the runs.
        cost: a key of `COSTS`.

    Returns:
        The figure, without a legend.
    """
    figure = go.Figure()
    for item, mark, row in zip(compared, marks_of(compared), comparison_rows(compared), strict=True):
        accuracy = row["test accuracy"]
        figure.add_trace(
            go.Scatter(
                x=[row[cost]],
                y=[accuracy],
                error_y={"array": [row["test high"] - accuracy], "arrayminus": [accuracy - row["test low"]]},
                name=literal(item.title),
                mode="markers",
                marker={"color": mark.color, "size": 13, "symbol": mark.symbol},
                customdata=[[row["test low"], row["test high"]]],
                hovertemplate=f"{literal(item.title)}<br>%{{y:.1%}} (%{{customdata[0]:.1%}}–%{{customdata[1]:.1%}})"
                f"<br>{COSTS[cost]}: %{{x:,.4~r}}<extra></extra>",
            )
        )
    figure.update_layout(
        **studio_layout(HEIGHT),
        showlegend=False,
        xaxis={"title": COSTS[cost], "type": "log", "tickformat": "~s", **_ticks(figure)},
        yaxis={"title": "Test accuracy", "tickformat": ".0%"},
    )
    return figure
