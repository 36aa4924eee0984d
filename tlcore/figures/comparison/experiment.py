"""The figure of an experiment: accuracy over what its runs differ in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from tlcore.comparison.comparison import ComparedRun, by_strategy, comparison_rows
from tlcore.comparison.findings.experiments import images_a_class, kind_of
from tlcore.comparison.findings.strategies import guessing, percent
from tlcore.figures.layout import GUESSING, guessing_line, studio_layout
from tlcore.figures.text import literal
from tlcore.training.features.boundary import used_rows
from tlcore.zoo import catalog

HEIGHT = 380
_ASIDE = 1.02  # by this factor lines stand side by side, so that their intervals do not hide each other
_SECONDS = [digit * 10**power for power in range(6) for digit in (1, 2, 5)]


@dataclass(frozen=True)
class _Axis:
    """What accuracy is drawn over.

    Args:
        title: of the axis.
        place: from a run to its place on the axis.
        is_logarithmic: whether equal factors are equally far apart.
    """

    title: str
    place: Callable[[ComparedRun], float]
    is_logarithmic: bool


_AXES: Mapping[str, _Axis] = {
    "photos": _Axis("Training images per class", images_a_class, True),
    "few": _Axis("Training images per class", images_a_class, True),
    "cuts": _Axis(
        "Depth of the cut (layers below it)",
        lambda item: len(used_rows(catalog.find(item.run.plan["backbone"]), item.run.plan["cut_layer"])),
        False,
    ),
}


def experiment_figure(compared: Sequence[ComparedRun]) -> go.Figure | None:
    """Draw test accuracy with its 95 % interval over what an experiment varies, a line a strategy.

    Args:
        compared: finished runs of one experiment.

    Returns:
        The figure; None for a kind that varies no quantity.
    """
    axis = _AXES.get(kind_of(compared))
    if axis is None:
        return None
    rows = {row["run"]: row for row in comparison_rows(compared)}
    figure = go.Figure()
    lines = _lines(compared, axis)
    for number, runs in enumerate(lines):
        found = [rows[item.run.id] for item in runs]
        accuracy = [row["test accuracy"] for row in found]
        _add_line(
            figure,
            runs,
            axis,
            accuracy,
            _ASIDE ** (number - (len(lines) - 1) / 2),
            error_y={
                "array": [row["test high"] - value for row, value in zip(found, accuracy, strict=True)],
                "arrayminus": [value - row["test low"] for row, value in zip(found, accuracy, strict=True)],
            },
        )
    figure.add_hline(**guessing_line(guessing(compared[0])))
    figure = _laid_out(
        figure, axis, compared, {"title": "Right on new images", "tickformat": ".0%", "range": [0, 1.03]}
    )
    return figure.update_layout(margin_r=GUESSING)


def experiment_cost_figure(compared: Sequence[ComparedRun]) -> go.Figure | None:
    """Draw the seconds that runs take over what an experiment varies, a line a strategy.

    Args:
        compared: finished runs of one experiment.

    Returns:
        The figure; None for a kind that varies no quantity. It has no legend: it stands beside `experiment_figure`.
    """
    axis = _AXES.get(kind_of(compared))
    if axis is None:
        return None
    figure = go.Figure()
    for runs in _lines(compared, axis):
        _add_line(figure, runs, axis, [item.result.cost_seconds for item in runs], showlegend=False)
    return _laid_out(figure, axis, compared, {"title": "Seconds it takes", **_ticks(_SECONDS)})


def _lines(compared: Sequence[ComparedRun], axis: _Axis) -> list[list[ComparedRun]]:
    return [sorted(runs, key=axis.place) for runs in by_strategy(compared)]


def _add_line(
    figure: go.Figure,
    runs: Sequence[ComparedRun],
    axis: _Axis,
    heights: Sequence[float],
    aside: float = 1.0,
    **more: object,
) -> None:
    strategy = runs[0].strategy
    figure.add_scatter(
        x=[axis.place(item) * (aside if axis.is_logarithmic else 1) for item in runs],
        y=heights,
        name=strategy.title,
        mode="lines+markers",
        line={"color": strategy.color, "dash": strategy.dash},
        customdata=[[literal(item.title), percent(item), f"{item.result.cost_seconds:,.0f}"] for item in runs],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]} right, %{customdata[2]} s<extra></extra>",
        **more,
    )


def _laid_out(figure: go.Figure, axis: _Axis, compared: Sequence[ComparedRun], vertical: dict) -> go.Figure:
    places = sorted({axis.place(item) for item in compared})
    figure.update_layout(
        **studio_layout(HEIGHT),
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis={"title": axis.title, **(_ticks(places) if axis.is_logarithmic else {})},
        yaxis=vertical,
    )
    return figure


def _ticks(places: Sequence[float]) -> dict:
    """A logarithmic axis with whole numbers at its ticks: Plotly itself writes 2 where 20 is meant."""
    return {"type": "log", "tickmode": "array", "tickvals": places, "ticktext": [f"{place:,.0f}" for place in places]}
