"""The user's own network, opened as data."""

from __future__ import annotations

import streamlit as st

from pages.architectures.address import write_address
from pages.architectures.explorer import show_explorer
from pages.architectures.network import show_cost
from pages.ui.compat import UploadedFile, empty_field, file_field
from pages.ui.errors import errors_shown, show_error
from pages.ui.text import plain
from tlcore.errors import StudioError
from tlcore.figures.architecture.colors import shape_text, short_number
from tlcore.zoo.layers.tables import LayerTable
from tlcore.zoo.opened.network import OPAQUE, open_network

_FIELD, _OPENED = "own-file", "own-file-opened"


def show_own_file() -> None:
    """Draw a network from a file as the catalog's are drawn."""
    write_address(view="file")
    file = file_field(
        "A network saved by Keras",
        ["keras", "h5", "hdf5"],
        help="Only the description of its layers is read. Code in the file is never run.",
        key=_FIELD,
    )
    if file is not None:
        st.session_state[_OPENED] = _open(file)
        empty_field(file, _FIELD)
        st.rerun()
    opened = st.session_state.get(_OPENED)
    if opened is None:
        st.caption("Save one with `model.save('network.keras')`, with or without weights.")
    elif isinstance(opened, StudioError):
        show_error(opened)
    else:
        _show(opened)


def _open(file: UploadedFile) -> LayerTable | StudioError:
    try:
        return open_network(file.getvalue(), file.name)
    except StudioError as error:
        return error.with_traceback(None)  # which would hold on to the file


def _show(table: LayerTable) -> None:
    with errors_shown():
        st.subheader(plain(table.name))
        opaque = [row.name for row in table.rows if row.detail == OPAQUE]
        if opaque:
            st.warning(
                "Unknown layers or custom code, shown as closed boxes without costs: "
                f"{plain(', '.join(opaque[:5]))}{f' and {len(opaque) - 5} more' if len(opaque) > 5 else ''}.",
                icon=":material/help:",
            )
        totals = [
            ("Parameters", f"{table.parameters:,}"),
            ("Multiply-adds", short_number(table.multiply_adds)),
            ("Depth", str(table.depth)),
            ("Input", shape_text(table.rows[0].output_shape)),
            ("Output", shape_text(table.rows[-1].output_shape)),
        ]
        for column, (label, value) in zip(st.columns(len(totals)), totals, strict=True):
            column.metric(label, value)
        show_cost(table)
        show_explorer(table, None)
