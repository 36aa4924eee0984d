"""Images whose label is doubted on the features of a finished run, to be judged by a person."""

from __future__ import annotations

import streamlit as st

from pages.datasets.mend import show_changeable, show_changes
from pages.ui.offer_jobs import offer_jobs
from tlcore.comparison.label_noise import Suspect, is_judged, runs_that_judge, suspects_of
from tlcore.datasets.dataset import Dataset
from tlcore.runs.run import Run

_PER_PAGE = 24
_ICON = ":material/troubleshoot:"


def show_suspects(dataset: Dataset) -> None:
    """Draw the images whose class is doubted, with the choice to relabel or remove them.

    Args:
        dataset: any dataset.
    """
    runs = {run.id: run for run in runs_that_judge(dataset)}
    if not runs:
        st.info(
            "To look for wrong labels here, first train a run with a frozen backbone on this dataset.",
            icon=":material/troubleshoot:",
        )
        return
    asked = st.query_params.get("judge", "")
    chosen = st.selectbox(
        "Check labels with run",
        list(runs),
        index=list(runs).index(asked) if asked in runs else 0,
        format_func=lambda id: f"{runs[id].name}, {runs[id].ended[:16].replace('T', ' ')} UTC",
        help="The run's features are used. Each image is checked by a head that was not trained on it.",
    )
    if not is_judged(runs[chosen]):
        st.write("Each image is checked by a head that has not seen it. This takes a few seconds; the result is kept.")
        requests = {f"Label check: {runs[chosen].name}": {"run": chosen}}
        address = {"dataset": dataset.id, "judge": chosen}
        offer_jobs("judge", requests, "Look for wrong labels", _ICON, lambda: st.query_params.from_dict(address))
        return
    found = _found(chosen, runs[chosen])
    if not found:
        st.success("No suspect labels found.", icon=":material/check_circle:")
        return
    st.write(
        f"Another class is clearly more probable for **{len(found):,} of {len(dataset):,} images**. Look at them: some "
        "may be mislabeled, others are just difficult."
    )
    pages = -(-len(found) // _PER_PAGE)
    page = st.number_input(f"Page (1 to {pages})", 1, pages, key=f"suspects-{chosen}") if pages > 1 else 1
    shown = found[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    captions = [f"looks like {dataset.classes[each.suggested]} ({100 * each.probability:.0f} %)" for each in shown]
    show_changeable(dataset, [each.image for each in shown], captions, f"suspects-{chosen}")
    show_changes(dataset)


@st.cache_data(max_entries=16, show_spinner=False)
def _found(run_id: str, _run: Run) -> list[Suspect]:
    return suspects_of(_run)
