"""Accuracy against what it cost: seconds, or trainable parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from tlcore.comparison.comparison import ComparedRun, comparison_rows
from tlcore.comparison.findings.conclusions import told_apart
from tlcore.figures.comparison.board import marks_of
from tlcore.figures.comparison.names import Spot, place_names
from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal

COSTS = {
    "seconds": "Seconds it takes",
    "trainable parameters": "Trained numbers",
    "train photos": "Training images",
}
HEIGHT = 340
_NARROWEST, _PLOT = 260, 170  # pixels of the plot without its axes, on a phone and in a printed report
_AIR = 0.06  # of the width or height, beside the outermost points
_LEAST = 0.001  # a cost that a logarithmic axis shows
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
        The figure, without a legend: of many runs, those of `told_apart` are named at their points, where there is
        room.
    """
    figure = go.Figure()
    rows = comparison_rows(compared)
    named = told_apart(compared) if len(compared) > 1 else []
    names = [_name(item, named) if item in named else "" for item in compared]
    across, up = _across(rows, cost), _up(rows)
    spots = [_spot(row, cost, name, across, up) for row, name in zip(rows, names, strict=True)]
    places = place_names(spots, _NARROWEST, _PLOT)
    for item, mark, row, name, place in zip(compared, marks_of(compared), rows, names, places, strict=True):
        accuracy = row["test accuracy"]
        figure.add_trace(
            go.Scatter(
                x=[row[cost]],
                y=[accuracy],
                error_y={"array": [row["test high"] - accuracy], "arrayminus": [accuracy - row["test low"]]},
                name=literal(item.title),
                mode="markers+text" if place else "markers",
                text=[literal(name)],
                textposition=place or None,
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
        xaxis={"title": COSTS[cost], "type": "log", "tickformat": "~s", "range": across, **_ticks(figure)},
        yaxis={"title": "Test accuracy", "tickformat": ".0%", "range": up},
    )
    return figure


def _across(rows: Sequence[dict], cost: str) -> list[float]:
    """The ends of the logarithmic axis, with air beside the outermost points."""
    low, high = (math.log10(max(_LEAST, end(row[cost] for row in rows))) for end in (min, max))
    air = _AIR * max(high - low, 0.3)
    return [low - air, high + air]


def _up(rows: Sequence[dict]) -> list[float]:
    """The ends of the axis of accuracies, with air beyond the intervals."""
    low, high = min(row["test low"] for row in rows), max(row["test high"] for row in rows)
    return [low - _AIR * (high - low), high + _AIR * (high - low)]


def _spot(row: dict, cost: str, name: str, across: Sequence[float], up: Sequence[float]) -> Spot:
    """Where a run lies in the smallest plot, in pixels."""
    left = (math.log10(max(_LEAST, row[cost])) - across[0]) / (across[1] - across[0]) * _NARROWEST
    point, low, high = (
        (row[part] - up[0]) / (up[1] - up[0]) * _PLOT for part in ("test accuracy", "test low", "test high")
    )
    return Spot(left, point, low, high, name)


def _name(item: ComparedRun, named: Sequence[ComparedRun]) -> str:
    """What stands at a point: the strategy where that tells the named runs apart."""
    strategies = [other.strategy.name for other in named]
    return item.strategy.title if strategies.count(item.strategy.name) == 1 else item.title
