"""Photos whose label a finished run doubts, to be judged by a person."""

from __future__ import annotations

import streamlit as st

from pages.ui.compare_text import plain
from pages.ui.dataset_mend import show_changeable, show_changes
from tlcore.datasets.dataset import Dataset
from tlcore.reports.label_noise import Suspect, runs_that_judge, suspects_of
from tlcore.runs.run import Run

_PER_PAGE = 24


def show_suspects(dataset: Dataset) -> None:
    """Draw the photos whose class a frozen run doubts, with the choice to relabel or remove them.

    Args:
        dataset: any dataset.
    """
    runs = {run.id: run for run in runs_that_judge(dataset)}
    if not runs:
        st.info(
            "After a training run with a frozen backbone on this dataset, the images whose label it doubts are shown "
            "here.",
            icon=":material/troubleshoot:",
        )
        return
    asked = st.query_params.get("judge", "")
    chosen = st.selectbox(
        "Judged by the run",
        list(runs),
        index=list(runs).index(asked) if asked in runs else 0,
        format_func=lambda id: f"{runs[id].name}, {runs[id].ended[:16].replace('T', ' ')} UTC",
        help="Only its head was trained, so it has not learnt wrong labels by heart.",
    )
    found = _found(chosen, runs[chosen])
    if not found:
        st.success("This run doubts no label.", icon=":material/check_circle:")
        return
    st.write(
        f"The run finds another class more probable for **{len(found):,} of {len(dataset):,} images**, and is "
        "rather sure of it. Look at them: some may be labelled wrongly, others are just difficult."
    )
    pages = -(-len(found) // _PER_PAGE)
    page = st.number_input(f"Page, 1 to {pages}", 1, pages, key=f"suspects-{chosen}") if pages > 1 else 1
    shown = found[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    captions = [
        f"looks like {plain(dataset.classes[each.suggested])} ({100 * each.probability:.0f} %)" for each in shown
    ]
    show_changeable(dataset, [each.image for each in shown], captions, f"suspects-{chosen}")
    show_changes(dataset)


@st.cache_data(max_entries=16, show_spinner=False)
def _found(run_id: str, _run: Run) -> list[Suspect]:
    return suspects_of(_run)
