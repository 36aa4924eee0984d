"""Learning curves: loss or accuracy of one or more runs, by epoch or by time."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import pairwise

import plotly.graph_objects as go

from tlcore.comparison.curves.curve import Curve
from tlcore.comparison.curves.steps import count_passes
from tlcore.figures.layout import GUESSING, guessing_line, studio_layout
from tlcore.figures.marks import Mark, marks
from tlcore.figures.text import literal
from tlcore.training.plans.plan import WARM_UP

HEIGHT = 380
_LIVE_HEIGHT = 320  # what stands below is still seen on a laptop
METRICS = ("loss", "accuracy")
PARTS = {"train": "training", "validation": "validation"}

_TICK_STEPS = (1, 2, 5, 10, 20, 50, 100)
_MOST_TICKS = 12
_FIRST, _GAP = 0.45, 0.07  # of the width: what passes take beside epochs, and what stands between them
_PASSES = "Pass over the features"
MOST_WITH_TRAINING = 6  # runs; among more lines nobody could follow one
_MOST_MARKERS = 30  # on a curve
_NEUTRAL = "rgba(128, 128, 128, 0.8)"  # reads on light and on dark
_HOVER_FORMATS = {"loss": ".4f", "accuracy": ".2%"}


def curves_figure(
    series: Sequence[Curve], metric: str, by: str = "epoch", in_front: Collection[str] | None = None
) -> go.Figure:
    """Draw validation (thick) and training (thin) of some runs over one another, the validation of all others behind.

    Passes over the features of a head that is solved have a stretch of their own: they take milliseconds and are no
    epochs. Equal input gives byte-identical figures. Text and background are left to the theme of whoever shows them.

    Args:
        series: the runs, in the order of the legend.
        metric: "loss" or "accuracy".
        by: "epoch", or "seconds" of training.
        in_front: titles of the runs to look at, the others are pale; None for all.

    Returns:
        The figure.
    """
    figure = go.Figure()
    looks = list(zip(series, marks([curve.strategy for curve in series]), strict=True))
    front = [(curve, mark) for curve, mark in looks if in_front is None or curve.title in in_front]
    stretches = _stretches(series, by)
    figure.add_traces(
        [line for look in looks if look not in front for line in _pale_lines(look[0], metric, by, stretches)]
    )
    tells_training = len(front) <= MOST_WITH_TRAINING
    for place, (curve, mark) in enumerate(front):
        # Runs often take the very same course: a line lies on a wider one, of which both edges are still seen.
        scale = 2 - place / (len(front) - 1) if len(front) > 1 else 1
        for part in PARTS if tells_training else ("validation",):
            figure.add_traces(_lines(curve, mark, metric, part, by, stretches, scale, len(series) == 1))
    _mark_phases(figure, series, by, stretches)
    figure.update_layout(
        **studio_layout(HEIGHT, top=30),
        hovermode="x unified" if by == "epoch" else "closest",
        legend={"orientation": "h", "x": 0, "y": -0.25, "yanchor": "top"},
        yaxis={
            "title": metric.capitalize() if tells_training else f"Validation {metric}",
            "tickformat": ".0%" if metric == "accuracy" else "",
        },
        **_horizontal_axes(series, by, stretches),
    )
    return figure


def live_figure(
    series: Sequence[Curve],
    places: Sequence[Sequence[float]],
    guessing: float | None,
    start: float | None = None,
) -> go.Figure:
    """Draw the validation accuracy of an experiment's runs over one another, while they train.

    Each run has the whole width for its own training: by the clock, one that takes a second would be a stroke beside
    one that takes minutes, and epochs are passes of milliseconds where a head is solved.

    Args:
        series: the runs, with what is drawn of them; those that have not begun have no epochs.
        places: of each, how far through its training it was at each epoch, 0..1, as
            `tlcore.comparison.curves.passage.through_training` gives them.
        guessing: the accuracy of always naming the largest class, 0..1; None if it is not known.
        start: the accuracy that a new head can be expected to have before it is trained, one in so many classes; None
            to leave it out.

    Returns:
        The figure.
    """
    figure = go.Figure()
    if start is not None:
        figure.add_traces(_first_ways(series, places, start))
    for curve, mark, x in zip(series, marks([curve.strategy for curve in series]), places, strict=True):
        title = literal(curve.title)
        figure.add_scatter(
            x=list(x),
            y=[epoch["validation_accuracy"] for epoch in curve.epochs],
            customdata=curve.positions("seconds"),
            name=title,
            # The many passes of a head that is solved lie too close for markers; a single point is nothing without one.
            mode="lines" if len(x) > _MOST_MARKERS else "lines+markers",
            line={"color": mark.color, "dash": mark.dash, "width": 3},
            marker={"symbol": mark.symbol, "size": 7},
            hovertemplate=f"{title}: %{{y:.0%}} after %{{x:.0%}} of its training, %{{customdata:.1f}} s%{{text}}"
            "<extra></extra>",
            text=[", new head alone" if epoch["phase"] == WARM_UP else "" for epoch in curve.epochs],
            cliponaxis=False,
        )
    if guessing is not None:
        figure.add_hline(**guessing_line(guessing))
    figure.update_layout(
        **studio_layout(_LIVE_HEIGHT, top=44),  # room for the legend: the plot stays in its place
        margin_r=GUESSING,
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis={"title": "How far through its own training, step by step", "tickformat": ".0%", "range": [-0.02, 1.02]},
        yaxis={"title": "Validation accuracy", "tickformat": ".0%", "range": [0, 1.03]},
    )
    return figure


def _first_ways(series: Sequence[Curve], places: Sequence[Sequence[float]], start: float) -> list[go.Scatter]:
    """Lines from where all runs begin to the first point of each: nothing was measured on the way."""
    begin = go.Scatter(
        x=[0],
        y=[start],
        mode="markers",
        marker={"color": _NEUTRAL, "size": 9, "symbol": "circle-open", "line": {"width": 2}},
        hovertemplate="Before training: a new head can only guess<extra></extra>",
        showlegend=False,
        cliponaxis=False,
    )
    ways = [
        go.Scatter(
            x=[0, x[0]],
            y=[start, curve.epochs[0]["validation_accuracy"]],
            mode="lines",
            line={"color": mark.color, "dash": "dot", "width": 1.5},
            hoverinfo="skip",
            showlegend=False,
        )
        for curve, mark, x in zip(series, marks([curve.strategy for curve in series]), places, strict=True)
        if x
    ]
    return [*ways, begin]


def curves_table(series: Sequence[Curve]) -> list[dict]:
    """The numbers behind the curves.

    Args:
        series: the runs.

    Returns:
        One row for each run and epoch: names of columns → values.
    """
    return [{"run": curve.title, "strategy": curve.strategy, **epoch} for curve in series for epoch in curve.epochs]


def _stretches(series: Sequence[Curve], by: str) -> tuple[str, str]:
    """The axes of passes and of epochs: one and the same unless there are both."""
    passes = [count_passes(curve.epochs) for curve in series]
    has_epochs = any(len(curve.epochs) > count for curve, count in zip(series, passes, strict=True))
    return ("x", "x2") if by == "epoch" and any(passes) and has_epochs else ("x", "x")


def _pieces(curve: Curve, by: str, stretches: tuple[str, str]) -> list[tuple[str, list[float], Sequence[dict]]]:
    """A curve in one piece for each stretch: its axis, the places there, and the epochs or passes."""
    if by == "seconds":
        return [("x", curve.positions(by), curve.epochs)]
    passes = count_passes(curve.epochs)
    parts = zip(stretches, (curve.epochs[:passes], curve.epochs[passes:]), strict=True)
    return [(axis, [float(number) for number in range(1, len(part) + 1)], part) for axis, part in parts if part]


def _lines(
    curve: Curve,
    mark: Mark,
    metric: str,
    part: str,
    by: str,
    stretches: tuple[str, str],
    scale: float,
    alone: bool,
) -> list[go.Scatter]:
    title, thick = literal(curve.title), part == "validation"
    return [
        go.Scatter(
            x=places,
            y=[epoch[f"{part}_{metric}"] for epoch in epochs],
            xaxis=axis,
            name=PARTS[part].capitalize() if alone else title,
            # A run of one epoch has no line, only its markers; those of many epochs would hide the lines beneath.
            mode="lines+markers" if len(epochs) <= _MOST_MARKERS else "lines",
            line={"color": mark.color, "dash": mark.dash, "width": scale * (3 if thick else 1.25)},
            marker={"symbol": mark.symbol, "size": scale * (7 if thick else 4)},
            opacity=1 if thick else 0.75,
            legendgroup=part if alone else title,
            showlegend=(alone or thick) and number == 0,
            hovertemplate=f"{title}, {PARTS[part]}: %{{y:{_HOVER_FORMATS[metric]}}}<extra></extra>",
            cliponaxis=False,
        )
        for number, (axis, places, epochs) in enumerate(_pieces(curve, by, stretches))
    ]


def _pale_lines(curve: Curve, metric: str, by: str, stretches: tuple[str, str]) -> list[go.Scatter]:
    return [
        go.Scatter(
            x=places,
            y=[epoch[f"validation_{metric}"] for epoch in epochs],
            xaxis=axis,
            name=literal(curve.title),
            mode="lines" if len(epochs) > 1 else "markers",
            # One quiet gray for all: in the colors of their strategies, a dozen lines would drown those to look at.
            line={"color": _NEUTRAL, "width": 1},
            marker={"size": 4, "color": _NEUTRAL},
            opacity=0.3,
            showlegend=False,
            hoverinfo="skip",
        )
        for axis, places, epochs in _pieces(curve, by, stretches)
    ]


def _mark_phases(figure: go.Figure, series: Sequence[Curve], by: str, stretches: tuple[str, str]) -> None:
    """Draw a line where a phase begins, one for all runs that change there; a phase is named at its first line."""
    titles: dict[tuple[float, str], list[str]] = {}
    pieces = [piece for curve in series for piece in _pieces(curve, by, stretches)]
    for axis, places, epochs in pieces:
        for (position, epoch), (_, following) in pairwise(zip(places, epochs, strict=True)):
            if epoch["phase"] != following["phase"]:
                # By epoch the line stands between the last of one phase and the first of the next.
                names = titles.setdefault((position + 0.5 if by == "epoch" else position, axis), [])
                if following["phase"] not in names:
                    names.append(following["phase"])
    scale = math.log10 if by == "seconds" else float
    named: set[str] = set()
    for (position, axis), names in sorted(titles.items()):
        new = [name for name in names if name not in named]
        named.update(new)
        on_axis = [scale(position) for its_axis, places, _ in pieces if its_axis == axis for position in places]
        # Near the edges a title that stood over its line would be cut off.
        share = (scale(position) - min(on_axis)) / (max(on_axis) - min(on_axis))
        side = "left" if share < 1 / 5 else "right" if share > 4 / 5 else "center"
        line = {"color": _NEUTRAL, "width": 1.5, "dash": "dash"}
        figure.add_shape(type="line", x0=position, x1=position, xref=axis, y0=0, y1=1, yref="paper", line=line)
        # Plotly wants the logarithm for a text, but not for a line.
        where = {"x": scale(position), "xref": axis, "y": 1, "yref": "paper", "xanchor": side, "yanchor": "bottom"}
        figure.add_annotation(text=" / ".join(new), showarrow=False, **where)


def _horizontal_axes(series: Sequence[Curve], by: str, stretches: tuple[str, str]) -> dict[str, dict]:
    if by == "seconds":
        # A head that is solved takes a fraction of a second, another run of the same experiment minutes.
        return {"xaxis": {"title": "Seconds of training", "type": "log", "dtick": 1, "tickformat": "~g"}}
    passes = max((count_passes(curve.epochs) for curve in series), default=0)
    epochs = max((len(curve.epochs) - count_passes(curve.epochs) for curve in series), default=0)
    if len(set(stretches)) == 1:
        return {"xaxis": _steps_axis(_PASSES if passes else "Epoch", max(passes, epochs), _MOST_TICKS)}
    first = {**_steps_axis(_PASSES, passes, _MOST_TICKS // 2), "domain": [0, _FIRST]}
    return {
        "xaxis": first,
        "xaxis2": {**_steps_axis("Epoch", epochs, _MOST_TICKS // 2), "domain": [_FIRST + _GAP, 1], "anchor": "y"},
    }


def _steps_axis(title: str, last: int, most_ticks: int) -> dict:
    step = next((step for step in _TICK_STEPS if last / step <= most_ticks), _TICK_STEPS[-1])
    # Half an epoch of air on both sides keeps the first and last markers whole.
    return {"title": title, "range": [0.5, max(1, last) + 0.5], "dtick": step, "tick0": 0, "tickformat": "d"}
