"""The learning curves of one run: a stretch of its own for each phase, as passes of a head are no epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from tlcore.comparison.curves.curve import Curve
from tlcore.comparison.curves.steps import step_word
from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal
from tlcore.training.plans.plan import WARM_UP
from tlcore.training.plans.strategies import STRATEGIES

HEIGHT = 380
_FIRST, _GAP = 0.3, 0.06  # of the width: what the first of two phases takes, and what stands between them
_MOST_MARKERS = 30
_PARTS = {"train": ("Training", 1.25, 4, 0.75), "validation": ("Validation", 3.0, 7, 1.0)}  # width, marker, opacity
_HOVER_FORMATS = {"loss": ".4f", "accuracy": ".2%"}
_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


def run_figure(curve: Curve, metric: str, planned: Mapping[str, int]) -> go.Figure:
    """Draw training (thin) and validation (thick) of a run, phase beside phase.

    Equal input gives byte-identical figures. Text and background are left to the theme of whoever shows them.

    Args:
        curve: of the run.
        metric: "loss" or "accuracy".
        planned: title of each phase, in order → its epochs, which fix the axis; 0 where nobody knows.

    Returns:
        The figure.
    """
    figure = go.Figure()
    figure.update_layout(
        **studio_layout(HEIGHT, top=30),
        hovermode="x unified",
        legend={"orientation": "h", "x": 0, "y": -0.3, "yanchor": "top"},
        yaxis={"title": metric.capitalize(), "tickformat": ".0%" if metric == "accuracy" else ""},
    )
    if not curve.epochs:
        figure.update_layout(yaxis_range=[0, 1], hovermode=False)
    for number, (title, epochs) in enumerate(planned.items()):
        own = [epoch for epoch in curve.epochs if epoch["phase"] == title]
        axis = "x" if number == 0 else f"x{number + 1}"
        # Lines without points, too: a stretch without a line would not be drawn before its phase begins.
        figure.add_traces([_line(curve, own, metric, part, axis, number == 0) for part in _PARTS])
        figure.layout[f"xaxis{axis[1:]}"] = _axis(title, own, epochs, number, len(planned))
    return figure


def _line(curve: Curve, epochs: Sequence[dict], metric: str, part: str, axis: str, is_first: bool) -> go.Scatter:
    title, width, size, opacity = _PARTS[part]
    mark = STRATEGIES.find(curve.strategy)
    return go.Scatter(
        x=[*range(1, len(epochs) + 1)] if epochs else [None],
        y=[epoch[f"{part}_{metric}"] for epoch in epochs] or [None],
        xaxis=axis,
        name=title,
        # A phase of one epoch has no line, only its markers; those of many epochs would hide the lines beneath.
        mode="lines+markers" if len(epochs) <= _MOST_MARKERS else "lines",
        line={"color": mark.color, "width": width},
        marker={"size": size},
        opacity=opacity,
        legendgroup=part,
        showlegend=is_first,
        hovertemplate=f"{title}: %{{y:{_HOVER_FORMATS[metric]}}}<extra></extra>",
        cliponaxis=False,
    )


def _axis(title: str, epochs: Sequence[dict], planned: int, number: int, phases: int) -> dict:
    last = max(planned, len(epochs), 1)
    most = 5 if phases > 1 and number == 0 else 12
    domain = [0.0, 1.0] if phases == 1 else [0.0, _FIRST] if number == 0 else [_FIRST + _GAP, 1.0]
    name = "Head alone" if title == WARM_UP else literal(title)
    word = step_word(epochs) if epochs else "epoch" if planned else "pass"
    return {
        "title": f"{name}<br>({word})",
        "domain": domain,
        "anchor": "y",
        # Half an epoch of air on both sides keeps the first and last markers whole.
        "range": [0.5, last + 0.5],
        "dtick": next((step for step in _STEPS if last / step <= most), _STEPS[-1]),
        "tick0": 0,
        "tickformat": "d",
    }
