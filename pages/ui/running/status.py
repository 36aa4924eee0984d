"""The sidebar's status: what is running now, what waits, and who is asking."""

from __future__ import annotations

import streamlit as st

from pages.ui.errors import errors_shown
from pages.ui.jobs import now, queued_words
from pages.ui.launcher import ADDRESS
from pages.ui.owner import ask_nickname, nickname, owner_text
from pages.ui.running.doing import doing
from pages.ui.running.headway import share_shown
from pages.ui.running.unfinished import forget_unfinished, unfinished
from pages.ui.text import plain
from tlcore.explain import explain
from tlcore.runs.run import QUEUED, Run
from tlcore.settings import settings

_SHOWN = 4
_WITH_THE_PAGE, _ELSEWHERE = 1.0, 3.0  # seconds between two readings
# All runs are on one page, so Streamlit would show each as the page that is open.
_STYLE = """<style>
.st-key-unfinished [data-testid=stPageLink-NavLink] { background: none; }
.st-key-unfinished [data-testid=stPageLink-NavLink] p { font-weight: 400; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
</style>"""


@errors_shown()
def _show_runs() -> None:
    try:
        runs = [now(run) for run in unfinished(settings().store_address)]
    except Exception as error:  # a page that needs them has a box of its own
        st.caption(f"Runs cannot be shown: {plain(explain(error).received)}.")
        return
    runs = [run for run in runs if not run.has_ended]  # since they were listed
    if not runs:
        st.caption("Nothing is running.")
        return
    st.html(_STYLE)
    with st.container(key="unfinished"):
        for run in runs[:_SHOWN]:
            _show_run(run)
    if len(runs) > _SHOWN:
        st.caption(f"{len(runs) - _SHOWN} more in the queue.")


def _show_run(run: Run) -> None:
    if run.kind == "train":
        label = plain(run.name)
        st.page_link("train/page.py", label=label, query_params={"run": run.id}, icon=":material/timeline:")
    else:
        st.caption(plain(run.name))
    whose = f", {plain(owner_text(run.owner))}" if run.owner != nickname() else ""
    if run.state == QUEUED:
        st.caption(queued_words(run) + whose)
        return
    share = share_shown(run) if run.kind == "train" else run.progress.share if run.progress else 0.0
    st.progress(share, text=plain(doing(run).words) + whose)


def show_status() -> None:
    """Draw the status into the sidebar; it refreshes by itself."""
    forget_unfinished()  # a page is drawn anew also when something was just started: what was read before is too old
    # Where the page shows a run as it goes on, both are drawn in the same rhythm, from the same reading.
    follows = "run" in st.query_params or ADDRESS in st.query_params
    with st.sidebar:
        st.fragment(_show_runs, run_every=_WITH_THE_PAGE if follows else _ELSEWHERE)()
        ask_nickname()
