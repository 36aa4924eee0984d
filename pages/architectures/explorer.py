"""Every layer of a network: as a graph that opens on a click, as a table, as text; and the layer that is looked at."""

from __future__ import annotations

import streamlit as st
from PIL import Image

from pages.ui.errors import errors_shown, safely
from pages.ui.figure import PLAIN
from pages.ui.prefill import prefill
from pages.ui.text import plain
from tlcore.export.csv_text import csv_text
from tlcore.figures.architecture.colors import shape_text
from tlcore.figures.architecture.field import field_picture, field_sentence
from tlcore.figures.architecture.graph import graph_figure
from tlcore.images.samples import sample_photos
from tlcore.zoo.catalog import Architecture
from tlcore.zoo.layers.graph import graph_of
from tlcore.zoo.layers.sight import sight_of
from tlcore.zoo.layers.stages import stages_of
from tlcore.zoo.layers.summary import summary_text
from tlcore.zoo.layers.tables import LayerRow, LayerTable

_COLUMNS = {
    "#": lambda row: row.index,
    "Layer": lambda row: row.name,
    "Type": lambda row: row.type,
    "Output": lambda row: shape_text(row.output_shape) if row.output_shape else None,
    "Parameters": lambda row: row.known("parameters"),
    "Settings": lambda row: row.detail,
    "Multiply-adds": lambda row: row.known("multiply_adds"),
    "Field of view (pixels)": lambda row: row.known("receptive_field"),
    "Stride": lambda row: row.stride,
    "Connected to": lambda row: ", ".join(row.connected_to),
    "Block": lambda row: row.block,
    "Trainable": lambda row: row.known("trainable"),
    "Not known": lambda row: ", ".join(fact.replace("_", " ") for fact in row.unknown),
}


def cut_here(architecture: Architecture, layer: str, key: str) -> None:
    """Draw a button that opens the Train page with this backbone, cut after this layer.

    Args:
        architecture: the backbone.
        layer: whose output is to feed the head.
        key: of the button.
    """
    if st.button("Cut here", icon=":material/content_cut:", key=key, help="Train a new head on this layer's output."):
        # Some networks have no pretrained weights here: they can only be trained from scratch.
        start = {"strategy": "scratch"} if architecture.pretrained_weights == "none" else {}
        prefill({**start, "backbone": architecture.name, "cut_layer": layer, "head": "new"})
        st.switch_page("train/page.py")


@st.fragment
@errors_shown()
def show_explorer(table: LayerTable, architecture: Architecture | None) -> None:
    """Draw graph, table and text of a network beside the layer that is looked at.

    Args:
        table: of the network.
        architecture: its row in the catalog; None for a user's own.
    """
    st.subheader("Layer by layer", anchor=False)
    state = _state(table)
    overview, layer = st.columns([7, 4], gap="large")
    with overview:
        # Only the open tab is drawn: a thousand layers three times over would slow the page down.
        graph, layers, text = st.tabs(["Graph", "Table", "Text"], key="explorer_tab", on_change="rerun")
        if graph.open:
            with graph:
                _show_graph(table, architecture, state)
        if layers.open:
            with layers:
                _show_table(table, state)
        if text.open:
            with text:
                _show_text(table)
    with layer:
        _show_layer(table, architecture, state)


def _state(table: LayerTable) -> dict:
    """What is open and what is looked at; begins anew with each network."""
    identity = (table.name, table.rows[0].output_shape, len(table.rows), table.parameters)
    state = st.session_state.setdefault("explorer", {})
    if state.get("identity") != identity:
        wanted = next((row.name for row in reversed(table.rows) if len(row.output_shape) == 3), table.rows[0].name)
        state.update(identity=identity, opened=set(), layer=wanted, round=state.get("round", 0) + 1)
    return state


def _show_graph(table: LayerTable, architecture: Architecture | None, state: dict) -> None:
    stages = [f"stage:{stage.name}" for stage in stages_of(table)]
    st.caption(
        "From top to bottom as a photo passes. A dark box holds all layers whose maps are of one size: click it to see "
        "them, then a layer to see what it does." + (" ✂ marks good places to cut." if architecture else "")
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Open all stages", icon=":material/unfold_more:", on_click=safely(_set_open), args=(state, set(stages))
        )
        holding = _holding(table, state)
        if holding:
            title = holding.partition(":")[2]
            st.button(
                f"Close {plain(title)}",
                icon=":material/close:",
                on_click=safely(_set_open),
                args=(state, state["opened"] - {holding}),
                help="The box around the layer that is looked at.",
            )
        st.button("Close all", icon=":material/unfold_less:", on_click=safely(_set_open), args=(state, set()))
    graph = graph_of(table, state["opened"])
    cuts = tuple(cut.layer for cut in architecture.cut_layers) if architecture else ()
    key = f"graph-{state['round']}"
    figure = graph_figure(graph, state["layer"], cuts)
    with st.container(height=min(620, figure.layout.height + 40), border=False):
        st.plotly_chart(
            figure,
            key=key,
            on_select=safely(lambda: _clicked(key, state)),
            selection_mode="points",
            config=PLAIN,
            alt="The network as boxes and connections",
        )


def _set_open(state: dict, opened: set[str]) -> None:
    state.update(opened=opened, round=state["round"] + 1)


def _holding(table: LayerTable, state: dict) -> str:
    """The innermost open box around the layer that is looked at; empty if it stands in a closed one."""
    around = [
        identity
        for stage in stages_of(table)
        if state["layer"] in {row.name for row in stage.rows}
        for identity in (f"block:{table.row(state['layer']).block}", f"stage:{stage.name}")
    ]
    return next((identity for identity in around if identity in state["opened"]), "")


def _clicked(key: str, state: dict) -> None:
    points = st.session_state[key].selection.points
    if key != f"graph-{state['round']}":  # a late echo of a click on a drawing that is gone
        return
    if not points or not points[0].get("customdata"):
        return
    node = points[0]["customdata"][0]
    if node.startswith("layer:"):
        state["layer"] = node.removeprefix("layer:")
    else:
        state["opened"] = state["opened"] ^ {node}
    state["round"] += 1


@st.fragment
@errors_shown()
def show_layers(table: LayerTable) -> None:
    """Draw the table of a network of which nobody can tell how its layers are connected.

    Args:
        table: of the network.
    """
    st.subheader("Weights by group", anchor=False)
    _show_table(table, _state(table))


def _show_table(table: LayerTable, state: dict) -> None:
    st.caption(
        "One row a layer, in the order a photo passes. Output: height×width×channels of its maps. Click a row to see "
        "what the layer does."
    )
    words = st.text_input(
        "Search",
        placeholder="Name, type, block or settings, such as conv 3×3",
        key="layer_search",
        icon=":material/search:",
        label_visibility="collapsed",
    )
    rows = [row for row in table.rows if _matches(row, words)]
    key = f"layers-{state['round']}-{words}"
    columns = {
        title: [read(row) for row in rows]
        for title, read in _COLUMNS.items()
        if any(read(row) not in (None, "") for row in table.rows)  # some files tell little
    }
    st.dataframe(
        columns,
        hide_index=True,
        height=480,
        key=key,
        on_select=safely(lambda: _picked(key, rows, state)),
        selection_mode="single-row",
        column_config={
            "#": st.column_config.NumberColumn(width=40),
            "Type": st.column_config.TextColumn(width=120),
            "Output": st.column_config.TextColumn(width=100),
        }
        | {
            name: st.column_config.NumberColumn(format="localized", width=100)
            for name in ("Parameters", "Trainable", "Multiply-adds")
        }
        | {
            "Field of view (pixels)": st.column_config.NumberColumn(
                help="What one value sees through sliding windows, photo or padding; behind a gate it sees all besides."
            )
        },
    )
    st.download_button(
        f"Download CSV ({len(rows):,} layers)",
        csv_text([{title: read(row) for title, read in _COLUMNS.items()} for row in rows]),
        f"{table.name}_layers.csv",
        "text/csv",
        icon=":material/download:",
    )


def _matches(row: LayerRow, words: str) -> bool:
    text = f"{row.name} {row.type} {row.block} {row.detail}".lower()
    return all(word in text for word in words.lower().split())


def _picked(key: str, rows: list[LayerRow], state: dict) -> None:
    chosen = st.session_state[key].selection.rows
    if chosen:
        state["layer"] = rows[chosen[0]].name


def _show_text(table: LayerTable) -> None:
    text = summary_text(table)
    st.download_button("Download as text", text, f"{table.name}_summary.txt", icon=":material/download:")
    st.code(text, language=None, height=520)


def _show_layer(table: LayerTable, architecture: Architecture | None, state: dict) -> None:
    names = [row.name for row in table.rows]
    st.session_state.explorer_layer = state["layer"]
    chosen = st.selectbox("Layer", names, key="explorer_layer", on_change=safely(lambda: _choose_layer(state)))
    row = table.row(chosen)
    feeds = [other.name for other in table.rows if chosen in other.connected_to]
    is_partly_fixed = row.known("trainable") != row.known("parameters")
    trainable = f", {_count(row, 'trainable')} of them trainable" if is_partly_fixed else ""
    st.markdown(
        f"**{plain(row.type)}**{': ' if row.detail else ''}{plain(row.detail)}  \n"
        f"outputs **{shape_text(row.output_shape)}**  \n"
        f"**{_count(row, 'parameters')}** parameters{trainable}  \n"
        f"**{_count(row, 'multiply_adds')}** multiply-adds  \n"
        f":small[:gray[Input from {_names(row.connected_to) or 'outside'}; output to {_names(feeds) or 'outside'}]]"
    )
    takes_pictures = len(table.rows[0].output_shape) == 3
    if takes_pictures and row.known("receptive_field") is None and "receptive_field" in row.unknown:
        st.markdown("What each value sees is not known: a closed layer is on the way.")
    elif takes_pictures:
        _show_sight(table, row)
    if architecture and not architecture.why_no_classifier:
        cut_here(architecture, chosen, key="cut-layer")


def _count(row: LayerRow, measure: str) -> str:
    known = row.known(measure)
    return "an unknown number of" if known is None else f"{known:,}"


def _show_sight(table: LayerTable, row: LayerRow) -> None:
    sight = sight_of(table, row)
    st.markdown(field_sentence(sight))
    photos = sample_photos()
    if photos:
        st.image(
            field_picture(_photo(str(photos[-1].path)), sight),
            alt="The part of a photo that the middle value of this layer sees",
            width="stretch",
            output_format="JPEG",
        )
        st.caption(
            "Yellow square: what the middle value sees. Dots: where its neighbors look. "
            f"Photo: {photos[-1].title} ({photos[-1].credit})."
        )


@st.cache_data(max_entries=4, show_spinner=False)
def _photo(path: str) -> Image.Image:
    return Image.open(path).convert("RGB")


def _choose_layer(state: dict) -> None:
    state.update(layer=st.session_state.explorer_layer, round=state["round"] + 1)


def _names(names: list[str] | tuple[str, ...]) -> str:
    shown = plain(", ".join(names[:4]))
    return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown
