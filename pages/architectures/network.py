"""One network in depth: what is new in it, what it costs and where, and every layer of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.architectures.address import go_to, remembered, write_address
from pages.architectures.drawings import show_drawings
from pages.architectures.explorer import cut_here, show_explorer
from pages.architectures.facts import accuracy_text, multiply_adds_text, weights_text
from pages.architectures.pictures import draw_tower
from pages.architectures.questions import partner_of
from pages.architectures.size import ask_form, shown_form
from pages.ui.errors import errors_shown, safely, show_error
from pages.ui.figure import PLAIN
from pages.ui.text import plain
from tlcore.comparison.networks import joins_text
from tlcore.errors import NotFoundError
from tlcore.figures.architecture.colors import shape_text, short_number
from tlcore.figures.architecture.shares import shares_figure, where_sentence
from tlcore.figures.architecture.tower import tower_caption, tower_figure
from tlcore.images.preprocess import PREPROCESSING
from tlcore.zoo.catalog import ARCHITECTURES, Architecture, find
from tlcore.zoo.layers.arithmetic import largest_layers, why_sentence
from tlcore.zoo.layers.tables import LayerTable, layer_table
from tlcore.zoo.rows import KERAS_TABLE

_HELP = {
    "Multiply-adds": "Multiplications, each with an addition, for one photo: the work.",
    "Layers deep": "Layers with weights on the longest way from input to output.",
    "Top-1": "Share of ImageNet's 50,000 validation photos for which its first answer is right.",
}


def show_network() -> None:
    """Draw the page of the network named in the address."""
    with errors_shown():
        if remembered("tab", "Overview") not in _TABS:
            go_to(tab="Overview")
        row = _choose()
        table = shown_form(row, layer_table(row.name))
        _show_figures(row, table)
        st.markdown(f"#### {row.lesson}")
        tabs = st.tabs(list(_TABS), key="architecture_tab", on_change="rerun")
        tab = st.session_state.architecture_tab
        write_address(name=row.name, form=remembered("form", ""), tab="" if tab == "Overview" else tab)
        # Only the open one is drawn: all of them together take seconds in the browser.
        for tab, draw in zip(tabs, _TABS.values(), strict=True):
            if tab.open:
                with tab, errors_shown():
                    draw(row, table)


def show_cost(table: LayerTable) -> None:
    """Draw the tower of feature maps and where the parameters and the work are.

    Args:
        table: of any network.
    """
    _show_tower(table)
    _show_shares(table)


def _show_shares(table: LayerTable) -> None:
    st.markdown(plain(where_sentence(table)))
    st.plotly_chart(shares_figure(table), config=PLAIN, key="shares", alt="Parameters and multiply-adds by stage")


def _show_tower(table: LayerTable) -> None:
    draw_tower(tower_figure(table), "tower")
    st.caption(tower_caption([table]))


def _choose() -> Architecture:
    try:
        go_to(name=find(remembered("name", "MobileNetV2")).name)
    except NotFoundError as error:
        show_error(error)
        go_to(name="MobileNetV2")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = st.selectbox(
            "Network",
            [other.name for other in ARCHITECTURES],
            format_func=lambda name: f"{find(name).title}  ({find(name).year}, {find(name).family})",
            key="architecture_name",
            on_change=safely(lambda: go_to(form="")),
            label_visibility="collapsed",
            width=380,
        )
        partner = partner_of(name)
        st.button(
            f"Beside {find(partner).title}",
            icon=":material/compare_arrows:",
            type="tertiary",
            on_click=safely(go_to),
            kwargs={"view": "compare", "compared": [name, partner]},
            key="beside",
            help="Lay both side by side and see what differs.",
        )
        ask_form(find(name))
    return find(name)


def _show_figures(row: Architecture, table: LayerTable) -> None:
    """The key figures side by side, then where they come from in one quiet line."""
    figures = {
        "Parameters": short_number(table.parameters),
        "Multiply-adds": short_number(table.multiply_adds),
        "Layers deep": str(table.depth),
        _top1_label(row): "–" if row.top1 is None else f"{row.top1:.1f} %{row.accuracy_mark}",
        "Year": str(row.year),
    }
    with st.container(horizontal=True, gap="small"):
        for label, value in figures.items():
            st.metric(label, value, width="content" if " " in label else 106, help=_HELP.get(label.partition(",")[0]))
    facts = [
        f"[{plain(row.paper)}]({row.link})",
        f"input {shape_text(table.rows[0].output_shape)}",
        f"{4 * table.parameters / 1e6:,.0f} MB of weights" if row.weights_bytes else "no published weights",
        f"top-1 on ImageNet: {plain(row.accuracy_source)}" if row.top1 else "no ImageNet accuracy published",
        *([f"*its weights also saw {plain(row.also_saw)}"] if row.also_saw else []),
        *(["†measured otherwise than most here"] if row.accuracy_mark == "†" else []),
    ]
    st.caption(" · ".join(facts).replace("*", "\\*"))


def _top1_label(row: Architecture) -> str:
    """Names the source where another figure is published, too."""
    return "Top-1, Keras' table" if row.accuracy_elsewhere and row.accuracy_source == KERAS_TABLE else "Top-1"


def _show_overview(row: Architecture, table: LayerTable) -> None:
    picture, words = st.columns([7, 5], gap="large")
    with picture:
        _show_tower(table)
        _show_shares(table)
    with words:
        _show_largest(table)
        _show_idea(row, table)


def _show_largest(table: LayerTable) -> None:
    st.subheader(f"Why {short_number(table.parameters)} parameters?", anchor=False)
    lines = [
        f"- `{count.row.name}`: {count.text}, **{100 * count.share:.0f}\N{NO-BREAK SPACE}%** of all"
        for count in largest_layers(table)
    ]
    st.markdown("\n".join(["The largest layers, weights + biases:", "", *lines]))
    st.markdown(plain(why_sentence(table)))


def _show_flow(row: Architecture, _: LayerTable) -> None:
    # Imported here: LiteRT takes a third of a second, and most visits never open it.
    from pages.architectures.flow.show import show_flow

    show_flow(row)


def _show_layers(row: Architecture, table: LayerTable) -> None:
    show_explorer(table, row)


def _show_blocks(row: Architecture, _: LayerTable) -> None:
    show_drawings(row)


def _show_idea(row: Architecture, table: LayerTable) -> None:
    st.subheader("The idea", anchor=False)
    st.markdown(row.idea)
    if row.note:
        with st.expander("What a lecturer adds"):
            st.markdown(f"{row.note} ([source]({row.link}))")
    with st.expander("Paper, accuracy, preprocessing, weights"):
        st.markdown(
            f"**{row.authors}**, [{row.paper}]({row.link}), {_published(row)}.\n\n"
            f"**Accuracy**: {accuracy_text(row)}\n\n"
            f"**Multiply-adds**: {multiply_adds_text(row)}\n\n"
            f"**Preprocessing**: {PREPROCESSING.find(row.preprocessing).help}.\n\n"
            f"**Joins**: {joins_text(table)}.\n\n"
            f"**Pretrained weights**: {weights_text(row)}"
        )


def _published(row: Architecture) -> str:
    if str(row.year) in row.venue:
        return row.venue
    return f"{row.venue}, first shown in {row.year}" if row.venue[-4:].isdigit() else f"{row.venue}, {row.year}"


def _show_cut_layers(row: Architecture, table: LayerTable) -> None:
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


_TABS: dict[str, Callable[[Architecture, LayerTable], None]] = {
    "Overview": _show_overview,
    "Flow": _show_flow,
    "Blocks": _show_blocks,
    "Layers": _show_layers,
    "Reuse": _show_cut_layers,
}
