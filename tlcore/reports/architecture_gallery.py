"""All architectures at a glance: by year, and by what accuracy costs."""

from __future__ import annotations

import re
from collections.abc import Sequence

import plotly.graph_objects as go

from tlcore.reports.architecture_colors import LINE, short_number
from tlcore.zoo.architecture import Architecture
from tlcore.zoo.tables import layer_totals

# Families share eight colours and differ in shape too, so that none has to be told by colour alone.
_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#8A8A8A")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "pentagon")
_LANDMARKS = (
    "AlexNet", "VGG16", "ResNet50", "Xception", "MobileNetV2", "MobileNetV3Small", "DenseNet121", "NASNetLarge",
    "EfficientNetB0", "EfficientNetV2S", "ConvNeXtTiny", "ConvNeXtXLarge",
)  # fmt: skip
LOWEST = 60  # percent: below this the chart is empty but for a network or two


def family_marks(rows: Sequence[Architecture]) -> dict[str, tuple[str, str]]:
    """Give each family its colour and shape.

    Args:
        rows: all architectures of the catalog, so that the marks do not change with a filter.

    Returns:
        family → (colour, shape).
    """
    families = list(dict.fromkeys(row.family for row in rows))
    return {
        family: (_COLORS[number % len(_COLORS)], _SYMBOLS[number % len(_SYMBOLS)])
        for number, family in enumerate(families)
    }


def accuracy_figure(
    rows: Sequence[Architecture], marks: dict[str, tuple[str, str]], measure: str = "parameters"
) -> go.Figure:
    """Draw published top-1 accuracy against cost, a bubble for each network as large as its weights file.

    Args:
        rows: architectures; those without a published top-1 accuracy are left out.
        marks: as `family_marks` gives them.
        measure: "parameters" or "multiply_adds".

    Returns:
        The figure. The custom data of each bubble starts with the architecture's name.
    """
    rated = [row for row in rows if row.top1 is not None]
    figure = go.Figure(_front(rated, measure))
    largest = max((row.weights_bytes for row in rated), default=1)
    for family in dict.fromkeys(row.family for row in rated):
        members = [row for row in rated if row.family == family]
        figure.add_trace(
            go.Scatter(
                x=[_cost(row, measure) for row in members],
                y=[row.top1 for row in members],
                mode="markers+text",
                name=family,
                text=[row.title if row.name in _LANDMARKS else "" for row in members],
                textposition="top center",
                textfont={"size": 11},
                marker={
                    "color": marks[family][0],
                    "symbol": marks[family][1],
                    "size": [8 + 30 * (row.weights_bytes / largest) ** 0.5 for row in members],
                    "opacity": 0.8,
                    "line": {"width": 1, "color": LINE},
                },
                customdata=[[row.name, row.title, _cost(row, measure), row.weights_bytes / 1e6] for row in members],
                hovertemplate="<b>%{customdata[1]}</b><br>%{y:.1f} % top-1<br>%{customdata[2]:,} "
                + measure.replace("_", "-")
                + "<br>weights %{customdata[3]:,.0f} MB<br>click to open<extra></extra>",
            )
        )
    figure.update_layout(
        height=480,
        margin={"l": 4, "r": 4, "t": 10, "b": 4},
        legend={"orientation": "v", "itemsizing": "constant", "itemclick": False, "itemdoubleclick": False},
        xaxis={"type": "log", "title": measure.replace("_", "-") + ", ten times more at each long step"},
        yaxis={"title": "ImageNet top-1 accuracy in %", "range": [LOWEST, 89.5]},
        clickmode="event+select",
    )
    return figure


def _cost(row: Architecture, measure: str) -> int:
    return getattr(layer_totals(row.name), measure)


def _best(rows: Sequence[Architecture], measure: str) -> list[Architecture]:
    """Those that no cheaper network beats."""
    best: list[Architecture] = []
    for row in sorted(rows, key=lambda row: (_cost(row, measure), -row.top1)):
        if not best or row.top1 > best[-1].top1:
            best.append(row)
    return best


def _front(rows: Sequence[Architecture], measure: str) -> go.Scatter:
    best = _best(rows, measure)
    return go.Scatter(
        x=[_cost(row, measure) for row in best],
        y=[row.top1 for row in best],
        mode="lines",
        line={"color": LINE, "width": 1.5, "dash": "dot"},
        name="most accuracy for the cost",
        hoverinfo="skip",
    )


def timeline_figure(rows: Sequence[Architecture], marks: dict[str, tuple[str, str]]) -> go.Figure:
    """Draw when each family appeared.

    Args:
        rows: architectures.
        marks: as `family_marks` gives them.

    Returns:
        The figure. The custom data of each mark starts with the name of one architecture of that family and year.
    """
    groups: dict[tuple[int, str, str], list[Architecture]] = {}
    for row in rows:
        groups.setdefault((row.year, row.paper, row.family), []).append(row)
    years = sorted({year for year, _, _ in groups})
    place = {year: number for number, year in enumerate(years)}  # 1998 to 2012 would be an empty stretch
    heights = dict.fromkeys(years, 0)
    xs, ys, texts, data, hovers, colors, symbols = [], [], [], [], [], [], []
    for (year, paper, family), members in sorted(groups.items(), key=lambda item: item[0][0]):
        xs.append(place[year])
        ys.append(heights[year])
        heights[year] += 1
        texts.append(_short_title(members))
        data.append([members[0].name])
        names = ", ".join(row.title for row in members)
        sizes = sorted(row.parameters for row in members)
        span = short_number(sizes[0]) + (f" to {short_number(sizes[-1])}" if len(sizes) > 1 else "")
        hovers.append(f"<b>{names}</b><br>{members[0].authors}<br>“{paper}”<br>{span} parameters<br>click to open")
        colors.append(marks[family][0])
        symbols.append(marks[family][1])
    figure = go.Figure(
        go.Scatter(
            x=xs,
            y=ys,
            mode="markers+text",
            text=texts,
            textposition="top center",
            textfont={"size": 11},
            customdata=data,
            hovertext=hovers,
            hovertemplate="%{hovertext}<extra></extra>",
            marker={"size": 15, "color": colors, "symbol": symbols, "line": {"width": 1, "color": LINE}},
        )
    )
    figure.update_layout(
        height=120 + 52 * max(heights.values(), default=1),
        margin={"l": 4, "r": 4, "t": 10, "b": 4},
        xaxis={
            "tickmode": "array",
            "tickvals": list(place.values()),
            "ticktext": [str(year) for year in years],
            "range": [-0.6, len(years) - 0.4],
            "fixedrange": True,
            "showgrid": False,
        },
        yaxis={"visible": False, "range": [-0.5, max(heights.values(), default=1)], "fixedrange": True},
        clickmode="event+select",
    )
    return figure


def _short_title(members: list[Architecture]) -> str:
    first, last = (re.sub(r" \(.*|,.*", "", row.title) for row in (members[0], members[-1]))
    if first == last:
        return first
    common = 0
    while common < min(len(first), len(last)) and first[common] == last[common]:
        common += 1
    while common and first[common - 1].isalnum():  # cut between words and numbers only
        common -= 1
    return f"{first}<br>to {last[common:]}" if common else f"{first} …"
