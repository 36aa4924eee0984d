"""Queue a job from the Train page and go on to watching it there."""

from __future__ import annotations

import streamlit as st

from pages.ui.owner import nickname
from tlcore.runs.client import submit

_LAUNCHED = "train-launched"


def launch_and_watch(kind: str, plan: dict, name: str) -> None:
    """Queue a job in the name of whoever looks at the page; the page shows it from now on.

    Args:
        kind: a key of `tlcore.runs.kinds.JOBS`.
        plan: the request, JSON-able.
        name: what to call the run.
    """
    run = submit(kind, plan, name, owner=nickname())
    st.session_state[_LAUNCHED] = run.id
    st.query_params["run"] = run.id
    st.rerun()


def begin_at_top(run_id: str) -> None:
    """Scroll to the top of the page of a job that was just launched: the browser stays where the button was.

    Args:
        run_id: of the job that the page shows.
    """
    if st.session_state.pop(_LAUNCHED, "") == run_id:
        # The comment tells one launch from the next: what has not changed is not run again.
        script = f"document.querySelector('[data-testid=stMain]').scrollTo(0, 0) // {run_id}"
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
