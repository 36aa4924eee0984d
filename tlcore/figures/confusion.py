"""Confusion matrices: which classes a network takes for which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal

_MOST_WITH_ALL = 25  # above this many classes the right answers are left to hover
_LONGEST_LABEL = 18
_MOST_WITH_COUNTS = 8  # so many classes leave room for two lines in a cell
# More or less opaque over whatever background there is. The color leaps where the text on it turns from the theme's own
# to white: no cell is of a middle tone, on which neither could be read.
LEAP = 0.6
CELL_COLORS = [
    [0.0, "rgba(0, 90, 143, 0)"],
    [LEAP, "rgba(0, 90, 143, 0.5)"],
    [LEAP, "rgba(0, 90, 143, 0.8)"],
    [1.0, "rgba(0, 90, 143, 1)"],
]
_ON_DARK = "#FFFFFF"


def confusion_figure(matrix: Sequence[Sequence[int]], classes: Sequence[str], largest: int = 80) -> go.Figure:
    """Draw a confusion matrix: true classes downward, predicted classes to the right.

    Each cell's color is its share of the true class, which stands in it, with the count where there is room. Each cell
    is also a point that can be picked; its `customdata` begins with the numbers of the true and the predicted class.

    Args:
        matrix: counts, (classes, classes); row: true class, column: predicted class.
        classes: their names.
        largest: side of a cell in pixels; of many classes it is smaller.

    Returns:
        The figure, as high as the number of classes needs.
    """
    counts = np.asarray(matrix)
    number = len(classes)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    cell = max(15, min(largest, 480 // number))
    figure = go.Figure(
        go.Heatmap(z=shares, zmin=0, zmax=1, colorscale=CELL_COLORS, showscale=False, hoverinfo="skip", xgap=1, ygap=1)
    )
    texts = _texts(counts, shares)
    for is_dark in (False, True):
        true, predicted = np.nonzero((shares >= LEAP) == is_dark)
        figure.add_scatter(
            x=predicted,
            y=true,
            mode="markers+text",
            text=texts[true, predicted],
            textfont={"size": max(7, min(14, cell // 3)), **({"color": _ON_DARK} if is_dark else {})},
            # The markers are there to be hovered and clicked, not seen.
            marker={"symbol": "square", "size": cell, "opacity": 0},
            selected={"marker": {"opacity": 0}},
            unselected={"marker": {"opacity": 0}, **({"textfont": {"color": _ON_DARK}} if is_dark else {})},
            customdata=[
                [row, column, literal(classes[row]), literal(classes[column]), int(counts[row, column]), share]
                for row, column, share in zip(true.tolist(), predicted.tolist(), shares[true, predicted], strict=True)
            ],
            # Where all is in the cell already, a label would only lie over it; "none" still lets it be picked.
            hoverinfo="none" if number <= _MOST_WITH_COUNTS else None,
            hovertemplate=None
            if number <= _MOST_WITH_COUNTS
            else "%{customdata[2]} classified as %{customdata[3]}: %{customdata[4]} images, "
            "%{customdata[5]:.1%} of the class<extra></extra>",
            showlegend=False,
        )
    labels = [literal(_shorten(name)) for name in classes]
    ticks = {"tickmode": "array", "tickvals": list(range(number)), "ticktext": labels, "showgrid": False}
    ticks |= {"zeroline": False, "automargin": True, "tickfont": {"size": max(8, min(13, int(cell * 0.7)))}}
    figure.update_layout(
        **studio_layout(cell * number + 130, top=10),
        hovermode="closest",
        hoverdistance=-1,
        xaxis={**ticks, "title": "Predicted class", "range": [-0.5, number - 0.5]},
        yaxis={
            **ticks,
            "title": "True class (share in %, images)" if number <= _MOST_WITH_COUNTS else "True class (share in %)",
            "range": [number - 0.5, -0.5],
        },
    )
    return figure


def confusion_table(matrix: Sequence[Sequence[int]], classes: Sequence[str]) -> list[dict]:
    """The numbers behind the matrix.

    Args:
        matrix: counts, (classes, classes); row: true class, column: predicted class.
        classes: their names.

    Returns:
        One row a cell: true class, predicted class, photos.
    """
    return [
        {"true": true, "predicted": predicted, "photos": int(count)}
        for true, row in zip(classes, matrix, strict=True)
        for predicted, count in zip(classes, row, strict=True)
    ]


def _texts(counts: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """What stands in each cell: its share of the class and, where there is room, its count; of huge matrices errors."""
    number = len(counts)
    texts = np.char.mod("%.0f", 100 * shares).astype(object)
    if number <= _MOST_WITH_COUNTS:
        texts = texts + "<br>" + counts.astype(str).astype(object)
    texts[counts == 0] = ""
    if number > _MOST_WITH_ALL:
        np.fill_diagonal(texts, "")
    return texts


def _shorten(name: str) -> str:
    return name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 1] + "…"
