"""Where a network's parameters and multiply-adds are."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from tlcore.figures.architecture.colors import NETWORKS, short_number
from tlcore.figures.layout import studio_layout
from tlcore.figures.text import literal
from tlcore.text import listed
from tlcore.zoo.layers.stages import Stage, stages_of
from tlcore.zoo.layers.tables import LayerTable

_STRIDE = "stride "  # how the blocks of a file begin that names none


def parts_of(table: LayerTable) -> list[tuple[str, int, int]]:
    """Split the cost of a network by stage, its classifier by layer.

    Args:
        table: of any network.

    Returns:
        (part, parameters, multiply-adds) from input to output.
    """
    parts = []
    for stage in stages_of(table):
        if stage.name == "classifier":
            parts += [(row.name, row.parameters, row.multiply_adds) for row in stage.rows if row.parameters]
        else:
            first, last = stage.blocks[0].name, stage.blocks[-1].name
            label = first if first == last else f"{first} … {last}"
            parts.append((f"{_size(stage)}  ({label})", stage.parameters, stage.multiply_adds))
    return parts


def _size(stage: Stage) -> str:
    """What the maps of a stage are called; where blocks are nothing but strides, as the tower shows their last."""
    shape = stage.output_shape
    if stage.blocks[-1].name.startswith(_STRIDE) and len(shape) == 3:
        return f"{shape[0]}×{shape[1]}"
    return stage.name


def _spoken(name: str) -> str:
    """A part in a sentence, without a stride for a label."""
    size, _, label = name.partition("  (")
    return size if label.startswith(_STRIDE) else name


def where_sentence(table: LayerTable) -> str:
    """Say where the most parameters and the most work are.

    Args:
        table: of any network.

    Returns:
        Two short sentences; one or none where the total is not known, or is zero.
    """
    parts = parts_of(table)
    sentences = []
    if table.parameters and table.is_complete("parameters"):
        name, most, _ = max(parts, key=lambda part: part[1])
        sentences.append(
            f"The largest share of the parameters is in {_spoken(name)}: {short_number(most)} of "
            f"{short_number(table.parameters)}, {_percent(most, table.parameters)}."
        )
    if table.multiply_adds and table.is_complete("multiply_adds"):
        most = max(work for _, _, work in parts)
        share = _percent(most, table.multiply_adds)
        level = [_spoken(part) for part, _, work in parts if _percent(work, table.multiply_adds) == share]
        each = " each" if len(level) > 1 else ""
        shares = "largest shares of the work are" if each else "largest share of the work is"
        sentences.append(f"The {shares} in {listed(level)}: {share} of the multiply-adds{each}.")
    return " ".join(sentences)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"


def shares_figure(table: LayerTable) -> go.Figure:
    """Draw parameters and multiply-adds of each part of a network side by side.

    Args:
        table: of any network.

    Returns:
        The figure: one row a part, in network order.
    """
    parts = parts_of(table)
    names = [literal(name) for name, _, _ in parts]
    short = [name.partition("  (")[0] for name in names]  # the whole names leave a phone no room for the bars
    figure = make_subplots(
        rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.06, subplot_titles=["Parameters", "Multiply-adds"]
    )
    for column, (values, measure) in enumerate(
        (
            ([parameters for _, parameters, _ in parts], "parameters"),
            ([multiply_adds for _, _, multiply_adds in parts], "multiply_adds"),
        ),
        start=1,
    ):
        total = getattr(table, measure) if table.is_complete(measure) else None
        color = NETWORKS[0][0] if column == 1 else NETWORKS[2][0]
        figure.add_trace(_bars(names, values, total, color), row=1, col=column)
        figure.update_xaxes(range=[0, max(*values, 1) * 1.4], row=1, col=column)
    figure.update_layout(**studio_layout(70 + 27 * len(parts), top=30, edge=4), showlegend=False, bargap=0.25)
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False)
    figure.update_yaxes(autorange="reversed", showgrid=False, tickvals=names, ticktext=short)
    figure.update_annotations(font_size=13)
    return figure


def _bars(names: list[str], values: list[int], total: int | None, color: str) -> go.Bar:
    """Bars with their shares, or with the counts themselves where nobody knows the whole."""
    shares = [_percent(value, total) if total else "" for value in values]  # short, to fit a phone
    return go.Bar(
        orientation="h",
        x=values,
        y=names,
        text=[short_number(value) for value in values] if total is None else shares,
        textposition="outside",
        cliponaxis=False,
        marker={"color": color},
        customdata=values,
        hovertemplate="%{y}: %{customdata:,} (%{text})<extra></extra>",
    )


def compared_shares_figure(tables: Sequence[LayerTable], titles: Sequence[str], measure: str) -> go.Figure:
    """Draw how a cost grows along two or three networks, on the same axes.

    Args:
        tables: the networks.
        titles: what they are called.
        measure: "parameters" or "multiply_adds".

    Returns:
        The figure: share of the way through the network against the sum so far.
    """
    figure = go.Figure()
    for number, (table, title) in enumerate(zip(tables, titles, strict=True)):
        total, sums = 0, []
        for row in table.rows:
            total += getattr(row, measure)
            sums.append(total)
        count = max(1, len(sums) - 1)
        figure.add_trace(
            go.Scatter(
                x=[position / count for position in range(len(sums))],
                y=sums,
                mode="lines",
                name=title,
                line={"color": NETWORKS[number][0], "width": 2.5, "dash": ("solid", "dash", "dot")[number]},
                customdata=[row.name for row in table.rows],
                hovertemplate="%{customdata}: %{y:,} so far<extra>" + title + "</extra>",
            )
        )
    figure.update_layout(
        **studio_layout(320, top=10, edge=4),
        legend={"orientation": "h", "y": 1.12, "x": 0},
        xaxis={"title": "From input to output", "tickformat": ".0%", "dtick": 0.25, "range": [0, 1.001]},
        yaxis={"title": measure.replace("_", "-") + " so far", "rangemode": "tozero", "tickformat": "~s"},
    )
    return figure
