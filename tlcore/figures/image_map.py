"""The map of photos as a network arranges them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal

_MOST_CLASSES = 12
_SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "star", "hexagon", "x")
COLORS = (
    *("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#B8A000", "#882255"),
    *("#44AA99", "#6A5ACD", "#A0522D", "#7F7F7F"),
)
_MANY = 150  # points: from there on they are small
_PRINCIPAL = ("First principal component", "Second principal component")


def photo_map(
    points: np.ndarray,
    classes: Sequence[str],
    names: Sequence[str],
    positions: Sequence[int] = (),
    axes: tuple[str, str] = _PRINCIPAL,
) -> go.Figure:
    """Draw photos as points, by class in color and shape.

    Args:
        points: float (n, 2).
        classes: what each was taken for.
        names: of the files.
        positions: what stands for each as its custom data, when points are picked; by default its place here.
        axes: titles of both.

    Returns:
        A scatter plot; of more than twelve classes all but the eleven most frequent share one look.
    """
    counts = Counter(classes)
    frequent = sorted(counts, key=lambda name: (-counts[name], name))
    are_many = len(frequent) > _MOST_CLASSES
    # By name, so that a class keeps its color when a few of its photos go.
    order = sorted(frequent[: _MOST_CLASSES - 1] if are_many else frequent)
    place_of = {name: place for place, name in enumerate(order)}
    places = np.array([place_of.get(name, len(order)) for name in classes])
    size, opacity = (7, 0.8) if len(points) >= _MANY else (11, 1)
    keys = np.asarray(positions if len(positions) else range(len(points)))
    figure = go.Figure()
    for place in np.unique(places).tolist():
        chosen = np.flatnonzero(places == place).tolist()
        figure.add_scatter(
            x=points[chosen, 0],
            y=points[chosen, 1],
            mode="markers",
            name=literal([*order, "other classes"][place]),
            marker={"size": size, "opacity": opacity, "color": COLORS[place], "symbol": _SYMBOLS[place % 8]},
            customdata=keys[chosen],
            text=[literal(names[index]) + "<br>" + literal(classes[index]) for index in chosen],
            hovertemplate="%{text}<extra></extra>",
        )
    figure.update_layout(**studio_layout(420, top=10), legend={"orientation": "h"})
    figure.update_xaxes(showticklabels=False, title=axes[0])
    figure.update_yaxes(showticklabels=False, title=axes[1])
    return figure
