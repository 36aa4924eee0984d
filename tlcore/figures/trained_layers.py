"""A picture of a network: which of its blocks a plan trains, the head included, and the parameters of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from tlcore.figures.architecture.colors import short_number
from tlcore.figures.layout import studio_layout
from tlcore.training.features.boundary import trained_rows
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo.layers.tables import LayerRow

HEIGHT = 230
_FROZEN = "rgba(128, 128, 128, 0.2)"  # reads on light and on dark
_HEAD_SHARE, _GAP_SHARE = 0.08, 0.05  # of the width of the backbone: each layer of the head, and the space before it
_HEAD = "head"


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


def trained_figure(
    rows: Sequence[LayerRow], head: Mapping[str, int], first_trained: str, strategy: str, last_trained: str = ""
) -> go.Figure:
    """Draw a network from input to output: hatched blocks stay frozen, colored ones are trained, as the head always is.

    Args:
        rows: layers up to the cut, in order.
        head: names of the head's layers → parameters, in order.
        first_trained: name of the first layer of the backbone that is trained; "" if none is.
        strategy: a key of `tlcore.training.plans.strategies`; gives the color.
        last_trained: name of the last one; "" for the last of all.

    Returns:
        The figure; a bar is as wide as its block has layers and as high as its parameters are many, so that a head of a
        thousand beside blocks of a million is the thin line that it is; its number stands above it.
    """
    figure = go.Figure()
    parts = stretches(rows, first_trained, last_trained)
    looks: Mapping[str, Mapping[str, object]] = {
        "frozen": {"color": _FROZEN, "pattern": {"shape": "/", "fgcolor": "gray", "size": 6}},
        "trained": {"color": STRATEGIES.find(strategy).color},
    }
    width = max(1.0, _HEAD_SHARE * len(rows))
    head_start = len(rows) + max(0.5, _GAP_SHARE * len(rows))
    for name, marker in looks.items():
        shown = [part for part in parts if part.trained == (name == "trained")]
        bars: list[tuple[float, float, int, str, str]] = [
            (part.start, part.layers, part.parameters, part.block or "input", f"{part.layers} layers") for part in shown
        ]
        if name == "trained":
            bars += [
                (head_start + place * width, width, parameters, _HEAD, layer)
                for place, (layer, parameters) in enumerate(head.items())
            ]
        figure.add_bar(
            x=[start + wide / 2 for start, wide, *_ in bars],
            width=[wide for _, wide, *_ in bars],
            y=[parameters for _, _, parameters, *_ in bars],
            name=name,
            showlegend=bool(bars),
            marker={**marker, "line": {"color": marker["color"] if name == "trained" else "gray", "width": 1}},
            customdata=[[block, what, f"{parameters:,}"] for _, _, parameters, block, what in bars],
            hovertemplate="%{customdata[0]}: %{customdata[1]}, %{customdata[2]} parameters, "
            + name
            + "<extra></extra>",
        )
    end = head_start + len(head) * width
    highest = max([*(part.parameters for part in parts), *head.values()])
    figure.add_scatter(
        x=[head_start + len(head) * width / 2],
        y=[max(head.values())],
        text=[f"<b>head</b><br>{short_number(sum(head.values()))}"],
        mode="markers+text",
        marker={"opacity": 0},
        textposition="top center",
        hoverinfo="skip",
        showlegend=False,
    )
    figure.update_layout(
        **studio_layout(HEIGHT, top=10),
        barmode="overlay",
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        xaxis={"title": "from the image to the answer", "range": [0, end + width / 2], "showticklabels": False},
        yaxis={
            "title": "parameters",
            "range": [0, highest * 1.25],
            "nticks": 5,
            "tickformat": "~s",
        },
    )
    return figure


def trained_table(
    rows: Sequence[LayerRow], head: Mapping[str, int], first_trained: str, last_trained: str = ""
) -> list[dict]:
    """The numbers behind the picture.

    Args:
        rows: layers up to the cut, in order.
        head: names of the head's layers → parameters, in order.
        first_trained: name of the first layer of the backbone that is trained; "" if none is.
        last_trained: name of the last one; "" for the last of all.

    Returns:
        One row a stretch and a layer of the head: names of columns → values.
    """
    layers = [
        Stretch(f"{_HEAD}, {name}", len(rows) + place, 1, parameters, True)
        for place, (name, parameters) in enumerate(head.items())
    ]
    return [vars(part) for part in [*stretches(rows, first_trained, last_trained), *layers]]
