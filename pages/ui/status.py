"""The sidebar's status: what is running now, what waits, and who is asking."""

from __future__ import annotations

import streamlit as st

from pages.ui.errors import errors_shown
from pages.ui.jobs import is_next
from pages.ui.owner import ask_nickname, nickname, owner_text
from pages.ui.text import plain
from tlcore.explain import explain
from tlcore.jobs import Progress
from tlcore.runs.client import unfinished_runs
from tlcore.runs.execution.queue import place_text, places_in_line
from tlcore.runs.run import Run
from tlcore.runs.store import open_store
from tlcore.settings import settings

_SHOWN = 4


@st.cache_data(ttl=2.5, max_entries=1, show_spinner=False)
def _unfinished(address: str) -> tuple[list[Run], dict[str, int]]:
    """What is under way in a store, then what waits, in the order of the queue; one reading serves everybody."""
    runs = unfinished_runs()[::-1]  # of the store of that address; the argument keeps the readings of several apart
    places = places_in_line(open_store())
    return sorted(runs, key=lambda run: places.get(run.id, 0)), places


@st.fragment(run_every=3.0)
@errors_shown()
def _show_runs() -> None:
    try:
        runs, places = _unfinished(settings().store_address)
    except Exception as error:  # a page that needs them has a box of its own
        st.caption(f"Runs cannot be shown: {plain(explain(error).received)}.")
        return
    if not runs:
        st.caption("Nothing is running.")
        return
    for run in runs[:_SHOWN]:
        _show_run(run, places.get(run.id, 0))
    if len(runs) > _SHOWN:
        st.caption(f"{len(runs) - _SHOWN} more in the queue.")


def _show_run(run: Run, place: int) -> None:
    if run.kind == "train":
        label = plain(run.name)
        st.page_link("train/page.py", label=label, query_params={"run": run.id}, icon=":material/timeline:")
    else:
        st.caption(plain(run.name))
    whose = f", {plain(owner_text(run.owner))}" if run.owner != nickname() else ""
    if place:
        st.caption(("Starting" if is_next(run) else place_text(place).capitalize()) + whose)
        return
    progress = run.progress or Progress(run.state.capitalize(), 0, 0)
    st.progress(progress.share, text=plain(progress.what) + whose)


def show_status() -> None:
    """Draw the status into the sidebar; it refreshes by itself."""
    _unfinished.clear()  # a page is drawn anew also when something was just started: what was read before is too old
    with st.sidebar:
        _show_runs()
        ask_nickname()
