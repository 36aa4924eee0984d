"""The user's own network, opened as data."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import streamlit as st

from pages.architectures.address import write_address
from pages.architectures.explorer import show_explorer, show_layers
from pages.architectures.network import show_cost
from pages.ui.compat import empty_field, file_field
from pages.ui.errors import errors_shown
from pages.ui.text import plain
from tlcore.errors import StudioError
from tlcore.figures.architecture.colors import shape_text, short_number
from tlcore.inference.networks.prepared import MODEL_FILE
from tlcore.runs.run import FINISHED
from tlcore.runs.store import open_store
from tlcore.zoo.layers.tables import LayerRow, LayerTable
from tlcore.zoo.opened.network import open_network

_FIELD, _OPENED = "own-file", "own-file-opened"
_MOST_OFFERED = 3
_KINDS = """What can be opened:

- **Keras**, `.keras` or `.h5`: `model.save('network.keras')`
- **TensorFlow Lite (LiteRT)**, `.tflite`: what `TFLiteConverter.from_keras_model(model).convert()` gives
- **Teachable Machine**: the `.zip` of its export as TensorFlow, Keras
"""


def show_own_file() -> None:
    """Draw a network from a file as the catalog's are drawn."""
    write_address(view="file")
    st.markdown(
        "Open a network to see **its tower of feature maps**, **where its parameters and its work are**, and "
        "**every layer**, drawn as for the networks here."
    )
    file = file_field(
        "A network saved by Keras or LiteRT, or the zip of Teachable Machine",
        ["keras", "h5", "hdf5", "tflite", "zip"],
        help="Only the description of its layers and the shapes of its weights are read. Code in it is never run.",
        key=_FIELD,
    )
    if file is not None:
        st.session_state[_OPENED] = _open(file.getvalue(), file.name)
        empty_field(file, _FIELD)
        st.rerun()
    opened = st.session_state.get(_OPENED)
    if isinstance(opened, LayerTable):
        _show(opened)
        return
    if opened is not None:
        _show_refused(opened)
    _offer_trained()
    st.markdown(_KINDS)


def _offer_trained() -> None:
    """Networks that were trained here, to be looked at without a file."""
    finished = (run for run in open_store().runs(kind="train") if run.state == FINISHED)
    runs = list(islice((run for run in finished if (run.folder / MODEL_FILE).is_file()), _MOST_OFFERED))
    if not runs:
        return
    chosen = None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("Or open one that was trained here:")
        for run in runs:
            if st.button(plain(run.name), key=f"own-trained-{run.id}", icon=":material/model_training:"):
                chosen = run
    if chosen:
        with st.spinner("Reading the network"):
            st.session_state[_OPENED] = _open(chosen.folder / MODEL_FILE, f"{chosen.name}.keras")
        st.rerun()


def _open(data: bytes | Path, name: str) -> LayerTable | StudioError:
    try:
        return open_network(data, name)
    except StudioError as error:
        return error.with_traceback(None)  # which would hold on to the file


def _show_refused(error: StudioError) -> None:
    """What came, what was expected and what to do, a line each."""
    st.error(
        f"**This file cannot be opened.**  \n**What came**: {plain(error.received.removesuffix('.'))}.  \n"
        f"**Expected**: {plain(error.expected)}.  \n**What to do**: {plain(error.action.replace('`', ''))}",
        icon=":material/error:",
    )


def _show(table: LayerTable) -> None:
    with errors_shown():
        st.subheader(plain(table.name))
        closed = [f"{row.name} ({row.type})" for row in table.rows if row.is_closed and table.is_connected]
        if closed:
            st.warning(
                f"Closed layers, which hold code or are not known here: {plain(', '.join(closed[:5]))}"
                f"{f' and {len(closed) - 5} more' if len(closed) > 5 else ''}. "
                "They are never run, so their work is not counted: totals that they change are given as “at least”.",
                icon=":material/help:",
            )
        totals = [
            ("Parameters", "parameters", f"{table.parameters:,}"),
            ("Multiply-adds", "multiply_adds", short_number(table.multiply_adds)),
            ("Depth", "depth", str(table.depth)),
        ]
        cells = [
            (label if table.is_complete(measure) else f"{label}, at least", value)
            for label, measure, value in totals
            if table.is_connected or measure == "parameters"
        ]
        if table.is_connected:
            cells += [("Input", _shapes(table.inputs)), ("Output", _shapes(table.outputs))]
        for column, (label, value) in zip(st.columns(len(cells)), cells, strict=True):
            column.metric(label, value)
        for note in table.notes:
            st.caption(plain(note))
        if st.button("Classify photos with it", icon=":material/image_search:"):
            st.switch_page("classify/page.py", query_params={"own": "1"})
        if table.is_connected:
            if any(row.output_shape for row in table.rows):
                show_cost(table)
            show_explorer(table, None)
        else:
            show_layers(table)


def _shapes(rows: tuple[LayerRow, ...]) -> str:
    shown = " and ".join(shape_text(row.output_shape) for row in rows[:2])
    return f"{shown} and {len(rows) - 2} more" if len(rows) > 2 else shown
