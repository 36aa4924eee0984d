"""The sidebar's status: what is running now."""

from __future__ import annotations

import streamlit as st

from tlcore.runs.run import ACTIVE, QUEUED, Run
from tlcore.runs.store import open_store

_SHOWN = 4


@st.fragment(run_every=3.0)
def _show_runs() -> None:
    runs = open_store().runs(states=[QUEUED, *ACTIVE])
    if not runs:
        st.caption("Nothing is running.")
        return
    for run in reversed(runs[-_SHOWN:]):
        _show_run(run)
    if len(runs) > _SHOWN:
        st.caption(f"{len(runs) - _SHOWN} more in the queue.")


def _show_run(run: Run) -> None:
    if run.kind == "train":
        st.page_link("pages/train.py", label=run.name, query_params={"run": run.id}, icon=":material/timeline:")
    else:
        st.caption(run.name)
    progress = run.progress
    share = min(1.0, progress["done"] / progress["total"]) if progress.get("total") else 0.0
    st.progress(share, text=progress.get("what", run.state.capitalize()))


def show_status() -> None:
    """Draw the status into the sidebar; it refreshes by itself."""
    with st.sidebar:
        _show_runs()
