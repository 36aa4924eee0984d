"""The runs so far: found again by name, tag, note or owner; the deleted ones as long as they can be brought back."""

from __future__ import annotations

import streamlit as st

from pages.ui.owner import owner_text
from pages.ui.text import plain
from tlcore.runs.run import Run
from tlcore.runs.store import open_store
from tlcore.settings import KEEP_DELETED

_SHOWN = 30


def show_earlier_runs() -> None:
    """Draw links to the training runs, newest first."""
    store = open_store()
    runs, deleted = store.runs(kind="train"), store.runs(kind="train", deleted=True)
    if not runs and not deleted:
        return
    with st.popover(f"Earlier runs ({len(runs)})", icon=":material/history:", type="tertiary", key="earlier-runs"):
        sought = st.text_input("Find", placeholder="Name, tag, note or nickname", key="find-run").casefold().split()
        found = [run for run in runs if all(word in _words(run) for word in sought)]
        for run in found[:_SHOWN]:
            _link(run)
        if len(found) > _SHOWN:
            st.caption(f"Showing the newest {_SHOWN} of {len(found):,}.")
        if deleted:
            st.caption(f"Deleted runs; each can be restored for {KEEP_DELETED.days} days:")
            for run in deleted[:_SHOWN]:
                _link(run)


def _words(run: Run) -> str:
    return " ".join([run.id, run.name, run.state, run.notes, owner_text(run.owner), *run.tags]).casefold()


def _link(run: Run) -> None:
    said = [run.name, run.state, f"{run.created[:16].replace('T', ' ')} UTC", *run.tags]
    st.page_link("train/page.py", label=plain(" · ".join(said)), query_params={"run": run.id})
