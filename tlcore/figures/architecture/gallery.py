"""All architectures at a glance: by year, and by what accuracy costs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from math import log10

import plotly.graph_objects as go

from tlcore.figures.architecture.colors import LINE, short_number
from tlcore.figures.architecture.labels import LabelRoom
from tlcore.figures.layout import studio_layout
from tlcore.zoo.architecture import Architecture
from tlcore.zoo.layers.tables import layer_totals

# Color and shape of each family in the order of the catalog: no two share either, and all stand out on white and on
# near black.
_MARKS = (
    ("#8A8A8A", "bowtie"), ("#A0522D", "hexagon"), ("#007A3D", "pentagon"), ("#DB66B8", "triangle-up"),
    ("#E8590C", "cross"), ("#0072B2", "triangle-down"), ("#7F8C3A", "hourglass"), ("#1AA7A0", "hexagram"),
    ("#C78500", "star"), ("#D6003C", "x"), ("#7B4DFF", "circle"), ("#2AA5E6", "square"), ("#4FA000", "diamond"),
)  # fmt: skip
# The best known of each family, named in the chart before others of the family are; those short of room come first.
_LANDMARKS = (
    "NASNetLarge", "DenseNet121", "ConvNeXtXLarge", "EfficientNetV2S", "EfficientNetB0", "ResNet50", "Xception",
    "MobileNetV2", "VGG16", "AlexNet",
)  # fmt: skip
_AXES = {"parameters": "Parameters", "multiply_adds": "Multiply-adds per image"}
LOWEST, HIGHEST = 58, 89.5  # percent: below this the chart is empty but for a network or two
_HEIGHT = 600  # pixels
_NARROWEST = (300, 430)  # pixels of the plot itself, on a phone


def family_marks(rows: Sequence[Architecture]) -> dict[str, tuple[str, str]]:
    """Give each family its color and shape.

    Args:
        rows: all architectures of the catalog, so that the marks do not change with a filter.

    Returns:
        family → (color, shape).
    """
    return dict(zip(dict.fromkeys(row.family for row in rows), cycle(_MARKS)))


def accuracy_figure(
    rows: Sequence[Architecture], marks: dict[str, tuple[str, str]], measure: str = "parameters"
) -> go.Figure:
    """Draw published top-1 accuracy against cost, a bubble for each network, the larger the more
    parameters.

    Args:
        rows: architectures; those without a published top-1 accuracy are left out.
        marks: as `family_marks` gives them.
        measure: "parameters" or "multiply_adds".

    Returns:
        The figure. The custom data of each bubble starts with the architecture's name.
    """
    rated = [row for row in rows if _accuracy(row)]
    figure = go.Figure(_front(rated, measure))
    sizes = _sizes(rated)
    reach = _reach(rated, measure)
    places = _label_places(rated, measure, sizes, reach)
    for family in dict.fromkeys(row.family for row in rated):
        members = [row for row in rated if row.family == family]
        color, symbol = marks[family]
        figure.add_trace(
            go.Scatter(
                x=[_cost(row, measure) for row in members],
                y=[_accuracy(row) for row in members],
                mode="markers+text",
                name=family,
                text=[_label(row) if places[row.name] else "" for row in members],
                textposition=[places[row.name] or "top center" for row in members],
                textfont={"size": 11},
                marker={
                    # Where bubbles lie on each other all of their edges are seen; a hollow one is nothing but edge.
                    "color": [color if row.accuracy_mark else _faded(color) for row in members],
                    "symbol": [f"{symbol}-open" if row.accuracy_mark else symbol for row in members],
                    "size": [sizes[row.name] for row in members],
                    "opacity": 1,
                    "line": {"width": 1.5, "color": color},
                },
                customdata=[
                    [row.name, _title(row), _cost(row, measure), short_number(row.parameters)] for row in members
                ],
                hovertemplate="<b>%{customdata[1]}</b><br>%{y:.1f} % top-1<br>%{customdata[2]:,} "
                + measure.replace("_", "-")
                + "<br>%{customdata[3]} parameters<br>click to open<extra></extra>",
            )
        )
    figure.update_layout(
        **studio_layout(_HEIGHT, top=10, edge=4),
        legend={
            "orientation": "h",
            "y": 1,
            "yanchor": "bottom",
            "x": 0,
            "itemsizing": "constant",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        xaxis={"type": "log", "title": _AXES[measure], "range": reach, **_ticks(reach)},
        yaxis={"title": "ImageNet top-1 accuracy (%)", "range": [LOWEST, HIGHEST]},
        clickmode="event+select",
    )
    return figure


def _sizes(rows: Sequence[Architecture]) -> dict[str, float]:
    """Diameters of the bubbles in pixels."""
    largest = max((row.parameters for row in rows), default=1)
    return {row.name: 8 + 14 * (row.parameters / largest) ** 0.5 for row in rows}


def _reach(rows: Sequence[Architecture], measure: str) -> list[float]:
    """Ends of the cost axis, as powers of ten."""
    costs = [_cost(row, measure) for row in rows if _accuracy(row) >= LOWEST] or [10**6, 10**9]
    return [log10(min(costs)) - 0.35, log10(max(costs)) + 0.25]


def _ticks(reach: list[float]) -> dict[str, list]:
    values = [step * 10**power for power in range(int(reach[0]), int(reach[1]) + 1) for step in (1, 3)]
    return {"tickvals": values, "ticktext": [short_number(value) for value in values]}


def _label_places(
    rows: Sequence[Architecture], measure: str, sizes: dict[str, float], reach: list[float]
) -> dict[str, str]:
    """Name one network of each family where there is room, then as many others as fit; "" for those without a name."""
    ranks = {name: rank for rank, name in enumerate(_LANDMARKS)}
    seen = sorted((row for row in rows if _accuracy(row) >= LOWEST), key=lambda row: ranks.get(row.name, len(ranks)))
    width, height = _NARROWEST

    def point(row: Architecture) -> tuple[float, float]:
        across = (log10(_cost(row, measure)) - reach[0]) / (reach[1] - reach[0])
        return width * across, height * (HIGHEST - _accuracy(row)) / (HIGHEST - LOWEST)

    bubbles = [(*point(row), sizes[row.name]) for row in seen]
    room = LabelRoom(bubbles, width, height, [point(row) for row in _best(rows, measure)])
    places = {row.name: "" for row in rows}
    named: set[str] = set()
    for others in (False, True):
        for number, row in enumerate(seen):
            if not places[row.name] and (others or row.family not in named):
                places[row.name] = room.place(number, _label(row))
                if places[row.name]:
                    named.add(row.family)
    return places


def _label(row: Architecture) -> str:
    return f" {row.title}{row.accuracy_mark} "  # the spaces keep it off its bubble


def _title(row: Architecture) -> str:
    also = f", also trained on {row.also_saw}" if row.also_saw else ""
    return f"{row.title}{also}{', measured in its own way' if row.accuracy_mark == '†' else ''}"


def _faded(color: str) -> str:
    return f"rgba({', '.join(str(int(color[start : start + 2], 16)) for start in (1, 3, 5))}, 0.45)"


def _cost(row: Architecture, measure: str) -> int:
    return getattr(layer_totals(row.name), measure)


def _accuracy(row: Architecture) -> float:
    """Published top-1 accuracy in percent; 0 for none."""
    return row.top1 or 0.0


def _best(rows: Sequence[Architecture], measure: str) -> list[Architecture]:
    """Those that no cheaper network beats, among those that were trained on the same photos and measured alike."""
    best: list[Architecture] = []
    alike = (row for row in rows if not row.accuracy_mark)
    for row in sorted(alike, key=lambda row: (_cost(row, measure), -_accuracy(row))):
        if not best or _accuracy(row) > _accuracy(best[-1]):
            best.append(row)
    return best


def _front(rows: Sequence[Architecture], measure: str) -> go.Scatter:
    best = _best(rows, measure)
    return go.Scatter(
        x=[_cost(row, measure) for row in best],
        y=[_accuracy(row) for row in best],
        mode="lines",
        line={"color": LINE, "width": 1.5, "dash": "dot"},
        showlegend=False,
        hoverinfo="skip",
    )


@dataclass(frozen=True)
class Paper:
    """What one paper brought.

    Args:
        year: of its publication.
        title: of its networks, such as "VGG-11 to 19".
        network: the best known of them.
    """

    year: int
    title: str
    network: Architecture


def papers(rows: Sequence[Architecture]) -> list[Paper]:
    """Gather networks by the paper they come from.

    Args:
        rows: architectures.

    Returns:
        The papers, the oldest first.
    """
    groups: dict[tuple[int, str, str], list[Architecture]] = {}
    for row in sorted(rows, key=lambda row: row.year):
        groups.setdefault((row.year, row.paper, row.family), []).append(row)
    return [Paper(members[0].year, _short_title(members), _best_known(members)) for members in groups.values()]


def _short_title(members: list[Architecture]) -> str:
    first, last = (re.sub(r" \(.*|,.*", "", row.title) for row in (members[0], members[-1]))
    if first == last:
        return first
    common = 0
    while common < min(len(first), len(last)) and first[common] == last[common]:
        common += 1
    while common and first[common - 1].isalnum():  # cut between words and numbers only
        common -= 1
    if common:
        return f"{first} to {last[common:]}"
    return f"{_best_known(members).title} and {len(members) - 1} more"


def _best_known(members: list[Architecture]) -> Architecture:
    return next((row for row in members if row.name in _LANDMARKS), members[0])
