"""Queue a job from the Train page and go on to watching it there."""

from __future__ import annotations

import streamlit as st

from pages.ui.owner import nickname
from tlcore.runs.client import submit


def launch_and_watch(kind: str, plan: dict, name: str) -> None:
    """Queue a job in the name of whoever looks at the page; the page shows it from now on.

    Args:
        kind: a key of `tlcore.runs.kinds.JOBS`.
        plan: the request, JSON-able.
        name: what to call the run.
    """
    st.query_params["run"] = submit(kind, plan, name, owner=nickname()).id
    st.rerun()
