"""A picture of a backbone: which of its blocks a plan trains, and how many parameters each of them holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from tlcore.training.features.boundary import trained_rows
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo.layers.tables import LayerRow

HEIGHT = 190
_FROZEN = "rgba(128, 128, 128, 0.35)"  # reads on light and on dark


@dataclass(frozen=True)
class Stretch:
    """Neighboring layers of one block that are all trained, or all frozen.

    Args:
        block: its name.
        start: position of the first layer.
        layers: how many.
        parameters: numbers that they hold.
        trained: whether training changes them.
    """

    block: str
    start: int
    layers: int
    parameters: int
    trained: bool


def stretches(rows: Sequence[LayerRow], first_trained: str, last_trained: str = "") -> list[Stretch]:
    """Gather layers by block.

    Args:
        rows: layers up to the cut, in order.
        first_trained: name of the first that is trained; "" if none is.
        last_trained: name of the last one; "" for the last of all.

    Returns:
        The stretches in order.
    """
    changing = {row.name for row in trained_rows(rows, first_trained, last_trained)}
    found: list[Stretch] = []
    for position, row in enumerate(rows):
        trained = row.name in changing
        last = found[-1] if found else None
        if last and (last.block, last.trained) == (row.block, trained):
            found[-1] = Stretch(row.block, last.start, last.layers + 1, last.parameters + row.parameters, trained)
        else:
            found.append(Stretch(row.block, position, 1, row.parameters, trained))
    return found


def trained_figure(rows: Sequence[LayerRow], first_trained: str, strategy: str, last_trained: str = "") -> go.Figure:
    """Draw the blocks of a backbone, from input to cut: hatched ones stay frozen, colored ones are trained.

    Args:
        rows: layers up to the cut, in order.
        first_trained: name of the first that is trained; "" if none is.
        strategy: a key of `tlcore.training.plans.strategies`; gives the color.
        last_trained: name of the last one; "" for the last of all.

    Returns:
        The figure; a bar is as wide as its block has layers and as high as it has parameters.
    """
    figure = go.Figure()
    parts = stretches(rows, first_trained, last_trained)
    looks: Mapping[str, Mapping[str, object]] = {
        "frozen": {"color": _FROZEN, "pattern": {"shape": "/", "fgcolor": "gray", "size": 6}},
        "trained": {"color": STRATEGIES.find(strategy).color},
    }
    for name, marker in looks.items():
        shown = [part for part in parts if part.trained == (name == "trained")]
        figure.add_bar(
            x=[part.start + part.layers / 2 for part in shown],
            width=[part.layers for part in shown],
            y=[part.parameters for part in shown],
            name=name,
            showlegend=True,
            marker={**marker, "line": {"color": "gray", "width": 0.5}},
            customdata=[[part.block or "input", part.layers] for part in shown],
            hovertemplate="%{customdata[0]}: %{customdata[1]} layers, %{y:,} parameters, " + name + "<extra></extra>",
        )
    figure.update_layout(
        height=HEIGHT,
        barmode="overlay",
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "x": 0, "y": 1.25},
        xaxis={"title": "Layers, from the image to the cut", "range": [0, len(rows)], "showticklabels": False},
        yaxis={"title": "parameters", "rangemode": "tozero"},
    )
    return figure


def trained_table(rows: Sequence[LayerRow], first_trained: str, last_trained: str = "") -> list[dict]:
    """The numbers behind the picture.

    Args:
        rows: layers up to the cut, in order.
        first_trained: name of the first that is trained; "" if none is.
        last_trained: name of the last one; "" for the last of all.

    Returns:
        One row a stretch: names of columns → values.
    """
    return [vars(part) for part in stretches(rows, first_trained, last_trained)]
