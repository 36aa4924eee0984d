"""The sidebar's status: what is running now, what waits, and who is asking."""

from __future__ import annotations

import streamlit as st

from pages.ui.errors import errors_shown
from pages.ui.jobs import is_next
from pages.ui.owner import ask_nickname, nickname, owner_text
from pages.ui.running.doing import doing
from pages.ui.running.headway import share_shown
from pages.ui.running.unfinished import forget_unfinished, unfinished
from pages.ui.text import plain
from tlcore.explain import explain
from tlcore.runs.execution.queue import place_text
from tlcore.runs.run import Run
from tlcore.settings import settings

_SHOWN = 4
# All runs are on one page, so Streamlit would show each as the page that is open.
_STYLE = """<style>
.st-key-unfinished [data-testid=stPageLink-NavLink] { background: none; }
.st-key-unfinished [data-testid=stPageLink-NavLink] p { font-weight: 400; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
</style>"""


@st.fragment(run_every=3.0)
@errors_shown()
def _show_runs() -> None:
    try:
        runs, places = unfinished(settings().store_address)
    except Exception as error:  # a page that needs them has a box of its own
        st.caption(f"Runs cannot be shown: {plain(explain(error).received)}.")
        return
    if not runs:
        st.caption("Nothing is running.")
        return
    st.html(_STYLE)
    with st.container(key="unfinished"):
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
    share = share_shown(run) if run.kind == "train" else run.progress.share if run.progress else 0.0
    st.progress(share, text=plain(doing(run).words) + whose)


def show_status() -> None:
    """Draw the status into the sidebar; it refreshes by itself."""
    forget_unfinished()  # a page is drawn anew also when something was just started: what was read before is too old
    with st.sidebar:
        _show_runs()
        ask_nickname()
