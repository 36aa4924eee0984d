"""A network in another form than its original: another input size, number of classes, or without its top."""

from __future__ import annotations

import streamlit as st

from pages.architectures.address import go_to, remembered
from pages.ui.errors import safely
from pages.ui.jobs import show_failure, watch
from pages.ui.text import plain
from tlcore.runs.client import submit
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.zoo.catalog import Architecture
from tlcore.zoo.layers.tables import LayerTable


def ask_form(row: Architecture) -> None:
    """Draw a quiet button that opens the fields for another form.

    Args:
        row: the architecture.
    """
    with st.popover("Other size or classes", icon=":material/tune:", type="tertiary"):
        _ask(row)


def shown_form(row: Architecture, original: LayerTable) -> LayerTable:
    """Give the table that is to be shown, and draw how far it is computed.

    Args:
        row: the architecture.
        original: its saved table.

    Returns:
        The table of the form asked for once it is computed, else the original's.
    """
    run_id = remembered("form", "")
    if not run_id:
        return original
    run = open_store().run(run_id)
    if run.plan.get("architecture") != row.name:
        return original
    if not run.has_ended:
        watch(run_id, plain(run.name))
        return original
    if run.state != FINISHED or not run.result:  # earlier versions kept a stopped one as finished
        show_failure(run)
        _offer_original()
        return original
    st.info(f"Showing {plain(run.name)}.", icon=":material/tune:")
    _offer_original()
    return LayerTable.from_json(run.result)


def _ask(row: Architecture) -> None:
    with st.form("another_form", border=False):
        input_size = st.number_input(
            "Input size in pixels",
            1,
            2048,
            row.input_size,
            help=f"At least {row.minimum_size} for {row.title}, because its layers keep shrinking the image.",
        )
        count = st.number_input("Classes", 1, 100_000, row.classes)
        include_top = st.toggle("Include the classifier", value=True)
        if st.form_submit_button("Compute", icon=":material/calculate:"):
            request = {
                "architecture": row.name,
                "input_size": int(input_size),
                "classes": int(count),
                "include_top": include_top,
            }
            go_to(form=_submit(row, request).id)
            st.rerun()


def _submit(row: Architecture, request: dict) -> Run:
    form = f"{request['classes']:,} classes" if request["include_top"] else "without its classifier"
    return submit("table", request, f"{row.title} at {request['input_size']} pixels, {form}")


def _offer_original() -> None:
    st.button("Back to the original", icon=":material/undo:", on_click=safely(go_to), kwargs={"form": ""})
