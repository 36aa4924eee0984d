"""A job that looks at images, imports them or changes a dataset, until its dataset is there."""

from __future__ import annotations

import contextlib

import streamlit as st

from pages.datasets.address import OVERVIEW, TAB
from pages.datasets.preview import show_preview
from pages.datasets.suspects import check_again
from pages.ui.dataset_picker import DATASET_JOBS, JOB
from pages.ui.jobs import resume_button, show_failure, watch
from pages.ui.photos import show_examples
from pages.ui.text import plain
from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.overview import balance_text, change_sentence
from tlcore.errors import NotFoundError
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.run import FAILED, FINISHED, RESUMABLE, Run
from tlcore.runs.store import open_store

_MADE = "just-made"  # in the session: what is to be said of a dataset that has just been made
_DOING = {
    "preview": "Its classes and some images are looked at. Nothing is kept before you say so.",
    "import": "Each image is read, checked and saved. Unreadable files, duplicates and too small classes are reported.",
    "version": "The images are copied with your changes; the version before stays.",
}


def show_job(run_id: str) -> None:
    """Draw a job of a dataset; once an import or a change is done, go to the dataset.

    Args:
        run_id: its id.

    Raises:
        NotFoundError: if there is none of this id, or of another kind.
    """
    run = open_store().run(run_id)
    if run.kind not in DATASET_JOBS:
        raise NotFoundError("job on a dataset", run_id, [])
    if run.state == FINISHED and run.kind != "preview":
        _go_to_dataset(run)
    st.subheader(plain(run.name), anchor=False)
    if not run.has_ended:
        ensure_dispatcher()
        _show_parent(run)
        watch(run.id, _DOING[run.kind], lambda: st.query_params.from_dict({JOB: run.id}))
        return
    if run.state != FINISHED:
        _show_end(run)
    if run.kind == "preview":
        show_preview(run)


def show_made() -> None:
    """Say once, on the page of a dataset, that it has just been added or changed."""
    said = st.session_state.pop(_MADE, "")
    if said:
        st.toast(said, icon=":material/check_circle:", duration="long")


def _go_to_dataset(run: Run) -> None:
    dataset = open_dataset(run.result["dataset"])
    address = {"dataset": dataset.id}
    if run.kind == "import":
        st.session_state[_MADE] = f"Added: {plain(dataset.name)}, {balance_text(dataset)}."
        # In the address too: the browser may still know the tab that was open before.
        st.session_state[TAB] = address[TAB] = OVERVIEW
    else:  # it is looked at where it was made
        st.session_state[_MADE] = f"New version: {change_sentence(dataset)}"
        check_again(dataset)
    st.switch_page("datasets/page.py", query_params=address)


def _show_parent(run: Run) -> None:
    """Draw some images of the dataset that is changed."""
    if "parent" in run.plan:
        with contextlib.suppress(NotFoundError):
            show_examples(open_dataset(run.plan["parent"]))


def _show_end(run: Run) -> None:
    show_failure(run)
    if run.state in RESUMABLE and not (run.kind == "preview" and run.state == FAILED):
        resume_button(run, "Try again", ":material/refresh:")
