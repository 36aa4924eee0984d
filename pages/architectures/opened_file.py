"""The user's own network, opened as data."""

from __future__ import annotations

import streamlit as st

from pages.architectures.address import write_address
from pages.architectures.explorer import show_explorer
from pages.architectures.network import show_cost
from pages.entrance.visitor import most_upload
from pages.ui.errors import errors_shown
from pages.ui.text import plain
from tlcore.figures.architecture.colors import shape_text, short_number
from tlcore.zoo.opened import OPAQUE, open_network


def show_own_file() -> None:
    """Draw a network from a file as the catalog's are drawn."""
    write_address(view="file")
    file = st.file_uploader(
        "A network saved by Keras",
        ["keras", "h5", "hdf5"],
        help="Only the description of its layers is read. Code in the file is never run.",
        max_upload_size=most_upload(),
    )
    if file is None:
        st.caption("Save one with `model.save('network.keras')`, with or without weights.")
        return
    with errors_shown():
        table = open_network(file.getvalue(), file.name)
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
