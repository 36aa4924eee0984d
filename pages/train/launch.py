"""Queue a job from the Train page and go on to watching it there."""

from __future__ import annotations

import streamlit as st

from pages.ui.owner import nickname
from tlcore.runs.client import submit
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store


def launch_and_watch(kind: str, plan: dict, name: str) -> None:
    """Queue a job in the name of whoever looks at the page; the page shows it from now on.

    Args:
        kind: a key of `tlcore.runs.kinds.JOBS`.
        plan: the request, JSON-able.
        name: what to call the run.
    """
    st.query_params["run"] = submit(kind, plan, name, owner=nickname()).id
    st.rerun()


def finished_run(run_id: str, kind: str) -> Run | None:
    """Look up a run whose result is to be drawn.

    Args:
        run_id: of any run.
        kind: the kind that the caller can draw.

    Returns:
        The run; None if it is of another kind, has not finished, or is deleted.

    Raises:
        NotFoundError: if there is none of this id.
    """
    run = open_store().run(run_id)
    return run if run.kind == kind and run.state == FINISHED and not run.deleted else None
