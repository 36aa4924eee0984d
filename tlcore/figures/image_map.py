"""The map of photos as a network arranges them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal

_MOST_CLASSES = 8
_SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "star", "hexagon", "x")
COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#7F7F7F", "#B8A000")


def photo_map(points: np.ndarray, classes: Sequence[str], names: Sequence[str]) -> go.Figure:
    """Draw photos as points, by class in color and shape.

    Args:
        points: float (n, 2).
        classes: what each was taken for.
        names: of the files.

    Returns:
        A scatter plot; classes beyond the eight most frequent share one look.
    """
    order = sorted(set(classes), key=lambda name: (-list(classes).count(name), name))
    figure = go.Figure()
    for place, title in enumerate([*order[: _MOST_CLASSES - 1], None]):
        chosen = [
            index
            for index, name in enumerate(classes)
            if (name == title if title else name in order[_MOST_CLASSES - 1 :])
        ]
        if chosen:
            figure.add_scatter(
                x=points[chosen, 0],
                y=points[chosen, 1],
                mode="markers",
                name=literal(title or "other classes"),
                marker={"size": 11, "color": COLORS[place % 8], "symbol": _SYMBOLS[place % 8]},
                text=[literal(names[index]) + "<br>" + literal(classes[index]) for index in chosen],
                hovertemplate="%{text}<extra></extra>",
            )
    figure.update_layout(**studio_layout(420, top=10), legend={"orientation": "h"})
    figure.update_xaxes(showticklabels=False, title="First principal component")
    figure.update_yaxes(showticklabels=False, title="Second principal component")
    return figure
