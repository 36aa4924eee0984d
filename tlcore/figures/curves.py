"""Learning curves: loss or accuracy of one or more runs, by epoch or by time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from tlcore.comparison.curves.curve import Curve
from tlcore.comparison.curves.steps import step_word
from tlcore.figures.layout import GUESSING, guessing_line, studio_layout
from tlcore.figures.marks import Mark, marks
from tlcore.figures.text import literal

HEIGHT = 380
_LIVE_HEIGHT = 320  # what stands below is still seen on a laptop
LEGEND_LINE = 24  # pixels; a legend of many runs takes its room from the page, not from the curves
METRICS = ("loss", "accuracy")
PARTS = {"train": "training", "validation": "validation"}

_TICK_STEPS = (1, 2, 5, 10, 20, 50, 100)
_MOST_TICKS = 12
MOST_WITH_TRAINING = 6  # runs; among more lines nobody could follow one
_MOST_MARKERS = 30  # on a curve
_NEUTRAL = "rgba(128, 128, 128, 0.8)"  # reads on light and on dark
_HOVER_FORMATS = {"loss": ".4f", "accuracy": ".2%"}


def curves_figure(
    series: Sequence[Curve], metric: str, planned_epochs: int | None = None, by: str = "epoch"
) -> go.Figure:
    """Draw training (thin) and validation (thick) of some runs over one another; of many runs, validation alone.

    Equal input gives byte-identical figures. Text and background are left to the theme of whoever shows them.

    Args:
        series: the runs, in the order of the legend.
        metric: "loss" or "accuracy".
        planned_epochs: fixes the horizontal axis, so that the picture of a live run stands still; None fits it.
        by: "epoch", or "seconds" of training.

    Returns:
        The figure.
    """
    figure = go.Figure()
    parts = list(PARTS)[-1:] if len(series) > MOST_WITH_TRAINING else PARTS
    for place, (curve, mark) in enumerate(zip(series, marks([curve.strategy for curve in series]), strict=True)):
        # Runs often take the very same course: a line lies on a wider one, of which both edges are still seen.
        scale = 2 - place / (len(series) - 1) if len(series) > 1 else 1
        figure.add_traces([_line(curve, mark, metric, part, by, scale, len(series) == 1) for part in parts])
    _mark_phases(figure, series, by)
    figure.update_layout(
        **studio_layout(HEIGHT + LEGEND_LINE * max(0, len(series) - 2), top=30),
        hovermode="x unified" if by == "epoch" else "closest",
        legend={"orientation": "h", "x": 0, "y": -0.25, "yanchor": "top"},
        xaxis=_horizontal_axis(series, planned_epochs, by),
        yaxis={"title": metric.capitalize(), "tickformat": ".0%" if metric == "accuracy" else ""},
    )
    return figure


def live_figure(series: Sequence[Curve], places: Sequence[Sequence[float]], guessing: float | None) -> go.Figure:
    """Draw the validation accuracy of an experiment's runs over one another, while they train.

    Each run has the whole width for its own training: by the clock, one that takes a second would be a stroke beside
    one that takes minutes, and epochs are passes of milliseconds where a head is solved.

    Args:
        series: the runs, with what is drawn of them; those that have not begun have no epochs.
        places: of each, how far through its training it was at each epoch, 0..1, as
            `tlcore.comparison.curves.passage.through_training` gives them.
        guessing: the accuracy of always naming the largest class, 0..1; None if it is not known.

    Returns:
        The figure.
    """
    figure = go.Figure()
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
            hovertemplate=f"{title}: %{{y:.0%}} after %{{x:.0%}} of its training, %{{customdata:.1f}} s<extra></extra>",
            cliponaxis=False,
        )
    if guessing is not None:
        figure.add_hline(**guessing_line(guessing))
    figure.update_layout(
        **studio_layout(_LIVE_HEIGHT, top=44),  # room for the legend: the plot stays in its place
        margin_r=GUESSING,
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis={"title": "How far through its own training, step by step", "tickformat": ".0%", "range": [0, 1.02]},
        yaxis={"title": "Validation accuracy", "tickformat": ".0%", "range": [0, 1.03]},
    )
    return figure


def curves_table(series: Sequence[Curve]) -> list[dict]:
    """The numbers behind the curves.

    Args:
        series: the runs.

    Returns:
        One row for each run and epoch: names of columns → values.
    """
    return [{"run": curve.title, "strategy": curve.strategy, **epoch} for curve in series for epoch in curve.epochs]


def _line(curve: Curve, mark: Mark, metric: str, part: str, by: str, scale: float, alone: bool) -> go.Scatter:
    title, thick = literal(curve.title), part == "validation"
    return go.Scatter(
        x=curve.positions(by),
        y=[epoch[f"{part}_{metric}"] for epoch in curve.epochs],
        name=PARTS[part].capitalize() if alone else title,
        # A run of one epoch has no line, only its markers; those of many epochs would hide the lines beneath.
        mode="lines+markers" if len(curve.epochs) <= _MOST_MARKERS else "lines",
        line={"color": mark.color, "dash": mark.dash, "width": scale * (3 if thick else 1.25)},
        marker={"symbol": mark.symbol, "size": scale * (7 if thick else 4)},
        opacity=1 if thick else 0.75,
        legendgroup=part if alone else title,
        showlegend=alone or thick,
        hovertemplate=f"{title}, {PARTS[part]}: %{{y:{_HOVER_FORMATS[metric]}}}<extra></extra>",
        cliponaxis=False,
    )


def _mark_phases(figure: go.Figure, series: Sequence[Curve], by: str) -> None:
    """Draw a line where a phase begins, one for all runs that change there; a phase is named at its first line."""
    titles: dict[float, list[str]] = {}
    for curve in series:
        for (position, epoch), (_, following) in pairwise(zip(curve.positions(by), curve.epochs, strict=True)):
            if epoch["phase"] != following["phase"]:
                # By epoch the line stands between the last of one phase and the first of the next.
                names = titles.setdefault(position + 0.5 if by == "epoch" else position, [])
                if following["phase"] not in names:
                    names.append(following["phase"])
    scale = math.log10 if by == "seconds" else float
    places = [scale(position) for curve in series for position in curve.positions(by)]
    begin, end = min(places, default=0), max(places, default=1)
    named: set[str] = set()
    for position, names in sorted(titles.items()):
        new = [name for name in names if name not in named]
        named.update(new)
        # Near the edges a title that stood over its line would be cut off.
        share = (scale(position) - begin) / (end - begin)
        side = "left" if share < 1 / 5 else "right" if share > 4 / 5 else "center"
        figure.add_vline(position, line={"color": _NEUTRAL, "width": 1.5, "dash": "dash"})
        # Plotly wants the logarithm for a text, but not for a line.
        where = {"x": scale(position), "y": 1, "yref": "paper", "xanchor": side, "yanchor": "bottom"}
        figure.add_annotation(text=" / ".join(new), showarrow=False, **where)


def _horizontal_axis(series: Sequence[Curve], planned_epochs: int | None, by: str) -> dict:
    many = " (validation)" if len(series) > MOST_WITH_TRAINING else " (thick: validation, thin: training)"
    note = many if len(series) > 1 else ""
    if by == "seconds":
        # A head that is solved takes a fraction of a second, another run of the same experiment minutes.
        return {"title": f"Seconds of training{note}", "type": "log", "dtick": 1, "tickformat": "~g"}
    last = planned_epochs or max((epoch["epoch"] for curve in series for epoch in curve.epochs), default=1)
    step = next((step for step in _TICK_STEPS if last / step <= _MOST_TICKS), _TICK_STEPS[-1])
    # Half an epoch of air on both sides keeps the first and last markers whole.
    word = step_word([epoch for curve in series for epoch in curve.epochs]).capitalize()
    return {"title": f"{word}{note}", "range": [0.5, last + 0.5], "dtick": step, "tick0": 0, "tickformat": "d"}
