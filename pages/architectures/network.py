"""One network in depth: what is new in it, what it costs and where, and every layer of it."""

from __future__ import annotations

import streamlit as st

from pages.architectures.address import go_to, remembered, write_address
from pages.architectures.drawings import show_drawings, show_idea_drawing
from pages.architectures.explorer import cut_here, show_explorer
from pages.architectures.facts import accuracy_text, multiply_adds_text, percent, weights_text
from pages.architectures.size import shown_form
from pages.ui.errors import errors_shown, safely, show_error
from pages.ui.figure import PLAIN, text_color
from pages.ui.text import plain
from tlcore.comparison.networks import joins_text
from tlcore.errors import NotFoundError
from tlcore.figures.architecture.colors import shape_text, short_number
from tlcore.figures.architecture.shares import shares_figure, where_sentence
from tlcore.figures.architecture.tower import CAPTION, tower_figure
from tlcore.images.preprocess import PREPROCESSING
from tlcore.zoo.catalog import ARCHITECTURES, Architecture, find
from tlcore.zoo.layers.arithmetic import largest_layers, why_sentence
from tlcore.zoo.layers.tables import LayerTable, layer_table


def show_network() -> None:
    """Draw the page of the network named in the address."""
    with errors_shown():
        row = _choose()
        table = shown_form(row, layer_table(row.name))
        _show_totals(row, table)
        idea, cost = st.columns([5, 7], gap="large")
        with idea:
            _show_idea(row, table)
        with cost:
            show_cost(table)
            _show_largest(table)
        show_drawings(row)
        _show_cut_layers(row, table)
        show_explorer(table, row)


def show_cost(table: LayerTable) -> None:
    """Draw the tower of feature maps and where the parameters and the work are.

    Args:
        table: of any network.
    """
    show_tower([table], [table.name])
    st.markdown(plain(where_sentence(table)))
    st.plotly_chart(shares_figure(table), config=PLAIN, key="shares", alt="Parameters and multiply-adds by stage")


def show_tower(tables: list[LayerTable], titles: list[str]) -> None:
    """Draw the tower of feature maps of a network, or of a few below each other.

    Args:
        tables: of the networks.
        titles: what they are called.
    """
    figure, color = tower_figure(tables, titles), text_color()
    figure.update_traces(textfont_color=color).update_xaxes(tickfont_color=color)
    st.plotly_chart(figure, config=PLAIN, key="tower", alt="Feature maps by depth")
    st.caption(CAPTION)


def _choose() -> Architecture:
    try:
        go_to(name=find(remembered("name", "MobileNetV2")).name)
    except NotFoundError as error:
        show_error(error)
        go_to(name="MobileNetV2")
    name = st.selectbox(
        "Network",
        [other.name for other in ARCHITECTURES],
        format_func=lambda name: f"{find(name).title}  ({find(name).year}, {find(name).family})",
        key="architecture_name",
        on_change=safely(lambda: go_to(form="")),
    )
    write_address(name=name, form=remembered("form", ""))
    return find(name)


def _show_totals(row: Architecture, table: LayerTable) -> None:
    totals = [
        ("Parameters", short_number(table.parameters), f"{table.parameters:,}"),
        (
            "Multiply-adds",
            short_number(table.multiply_adds),
            f"{table.multiply_adds:,} for one image",
        ),
        (
            "Depth",
            str(table.depth),
            f"convolutions and dense layers on the longest path; {len(table.rows)} layers in all",
        ),
        ("Input", shape_text(table.rows[0].output_shape[:2]), _input_help(row, table)),
        ("Top-1 accuracy", percent(row.top1) + ("*" if row.also_saw else ""), f"Accuracy: {accuracy_text(row)}"),
        _weights_size(row, table),
    ]
    for column, (label, value, help) in zip(st.columns(len(totals)), totals, strict=True):
        column.metric(label, value, help=help)


def _weights_size(row: Architecture, table: LayerTable) -> tuple[str, str, str]:
    if not row.weights_bytes:
        return "Weights", "none", f"{row.why_no_weights}."
    return "Weights", f"{4 * table.parameters / 1e6:,.0f} MB", "four bytes per parameter"


def _show_largest(table: LayerTable) -> None:
    lines = [f"- `{count.row.name}`: {count.text}, **{count.share:.0%}** of all" for count in largest_layers(table)]
    st.markdown("\n".join(["**Its largest layers, written out** (weights + biases)", "", *lines]))
    st.markdown(plain(why_sentence(table)))


def _input_help(row: Architecture, table: LayerTable) -> str:
    channels = table.rows[0].output_shape[2]
    return f"{channels} channel{'s' if channels > 1 else ''}. {PREPROCESSING.find(row.preprocessing).help}."


def _show_idea(row: Architecture, table: LayerTable) -> None:
    st.subheader(row.title, anchor=False)
    st.markdown(row.idea)
    show_idea_drawing(row)
    if row.note:
        st.markdown(f"**What a lecturer adds**: {row.note} ([source]({row.link}))")
    st.markdown(
        f"**{row.authors}**, [{row.paper}]({row.link}), {_published(row)}.  \n"
        f"**Accuracy**: {accuracy_text(row)}  \n"
        f"**Multiply-adds**: {multiply_adds_text(row)}  \n"
        f"**Preprocessing**: {PREPROCESSING.find(row.preprocessing).help}.  \n"
        f"**Joins**: {joins_text(table)}.  \n"
        f"**Pretrained weights**: {weights_text(row)}"
    )


def _published(row: Architecture) -> str:
    if str(row.year) in row.venue:
        return row.venue
    return f"{row.venue}, first shown in {row.year}" if row.venue[-4:].isdigit() else f"{row.venue}, {row.year}"


def _show_cut_layers(row: Architecture, table: LayerTable) -> None:
    st.subheader("Where to cut it", anchor=False)
    st.caption(
        "To reuse a network for other images, keep its layers up to a cut and put a new head on top. "
        "The earlier the cut, the more general the features and the larger their maps."
    )
    if row.why_no_classifier:
        st.info(row.why_no_classifier, icon=":material/grid_on:")
    names = {layer.name: layer for layer in table.rows}
    cuts = [cut for cut in row.cut_layers if cut.layer in names]
    for column, cut in zip(st.columns(max(len(cuts), 1)), cuts, strict=False):
        layer = names[cut.layer]
        with column.container(border=True, height="stretch"):
            st.markdown(f"**`{cut.layer}`** outputs **{shape_text(layer.output_shape)}**")
            st.markdown(cut.yields)
            if not row.why_no_classifier:
                cut_here(row, cut.layer, key=f"cut-{cut.layer}")
