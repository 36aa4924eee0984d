"""Accuracy against what it cost: seconds, or trainable parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from tlcore.comparison.comparison import ComparedRun, comparison_rows
from tlcore.comparison.findings.conclusions import told_apart
from tlcore.figures.comparison.board import marks_of
from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal

COSTS = {
    "seconds": "Seconds it takes",
    "trainable parameters": "Trained numbers",
    "train photos": "Training images",
}
HEIGHT = 340
_CLOSE = 0.08  # accuracies, at which names could lie over one another
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
        The figure, without a legend: of many runs, those of `told_apart` are named at their points.
    """
    figure = go.Figure()
    rows = comparison_rows(compared)
    named = told_apart(compared) if len(compared) > 1 else []
    points = [(row[cost], row["test accuracy"]) for item, row in zip(compared, rows, strict=True) if item in named]
    sides = _sides(points, [row[cost] for row in rows])
    places = dict(zip(named, sides, strict=True))
    for item, mark, row in zip(compared, marks_of(compared), rows, strict=True):
        accuracy = row["test accuracy"]
        figure.add_trace(
            go.Scatter(
                x=[row[cost]],
                y=[accuracy],
                error_y={"array": [row["test high"] - accuracy], "arrayminus": [accuracy - row["test low"]]},
                name=literal(item.title),
                mode="markers+text" if item in places else "markers",
                text=[literal(_name(item, named))],
                textposition=places.get(item),
                cliponaxis=False,
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


def _name(item: ComparedRun, named: Sequence[ComparedRun]) -> str:
    """What stands at a point: the strategy where that tells the named runs apart."""
    strategies = [other.strategy.name for other in named]
    return item.strategy.title if strategies.count(item.strategy.name) == 1 else item.title


def _sides(points: Sequence[tuple[float, float]], costs: Sequence[float]) -> list[str]:
    """Where the names of points stand: toward the middle, and of points that are about equally high, apart.

    Args:
        points: their costs and accuracies.
        costs: of all points, also those without a name.

    Returns:
        Plotly's positions, such as "top right", one for each point.
    """
    middle = math.sqrt(min(costs) * max(costs))  # of a logarithmic axis
    sides = []
    for cost, accuracy in points:
        side = "right" if cost <= middle else "left"
        near = [other for _, other in points if abs(other - accuracy) < _CLOSE]
        level = "middle" if len(near) == 1 else "top" if accuracy == max(near) else "bottom"
        sides.append(f"{level} {side}")
    return sides
