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


def shown_form(row: Architecture, original: LayerTable) -> LayerTable:
    """Let the user ask for another form, and give the table that is to be shown.

    Args:
        row: the architecture.
        original: its saved table.

    Returns:
        The table of the form asked for once it is computed, else the original's.
    """
    with st.expander("Change the input size or classes, or remove the classifier", icon=":material/tune:"):
        _ask(row)
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
        size, classes, top, go = st.columns([2, 2, 3, 2], vertical_alignment="bottom")
        input_size = size.number_input(
            "Input size in pixels",
            1,
            2048,
            row.input_size,
            help=f"At least {row.minimum_size} for {row.title}, because its layers keep shrinking the image.",
        )
        count = classes.number_input("Classes", 1, 100_000, row.classes)
        include_top = top.toggle("Include the classifier", value=True)
        if go.form_submit_button("Compute", icon=":material/calculate:"):
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
