"""The figure of an experiment: accuracy over what its runs differ in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from tlcore.comparison.comparison import ComparedRun, comparison_rows
from tlcore.comparison.experiment_answer import images_a_class, kind_of
from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal
from tlcore.training.features.boundary import used_rows
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo import catalog

HEIGHT = 380


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
    for strategy in STRATEGIES:
        runs = sorted((item for item in compared if item.strategy == strategy), key=axis.place)
        if runs:
            found = [rows[item.run.id] for item in runs]
            accuracy = [row["test accuracy"] for row in found]
            figure.add_scatter(
                x=[axis.place(item) for item in runs],
                y=accuracy,
                error_y={
                    "array": [row["test high"] - value for row, value in zip(found, accuracy, strict=True)],
                    "arrayminus": [value - row["test low"] for row, value in zip(found, accuracy, strict=True)],
                },
                name=strategy.title,
                mode="lines+markers",
                line={"color": strategy.color, "dash": strategy.dash},
                customdata=[[literal(item.title), item.result.cost_seconds] for item in runs],
                hovertemplate="%{customdata[0]}<br>%{y:.1%}, cost %{customdata[1]:.0f} s<extra></extra>",
            )
    figure.update_layout(
        **studio_layout(HEIGHT),
        legend={"orientation": "h", "x": 0, "y": -0.25, "yanchor": "top"},
        xaxis={"title": axis.title, "type": "log" if axis.is_logarithmic else "linear"},
        yaxis={"title": "Test accuracy", "tickformat": ".0%"},
    )
    return figure
