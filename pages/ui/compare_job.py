"""A piece of a comparison that a worker has to compute first: the button, the progress, the failure."""

from __future__ import annotations

import json

import streamlit as st

from pages.ui.compare_choice import keep_address
from pages.ui.compare_text import plain
from pages.ui.job_progress import show_progress, stop_button
from tlcore.runs import client
from tlcore.runs.dispatcher import ensure_dispatcher
from tlcore.runs.run import RESUMABLE, Run
from tlcore.runs.store import open_store

_POLL_SECONDS = 0.7
_LATEST = 50


def offer_job(kind: str, request: dict, name: str, label: str, icon: str) -> None:
    """Draw the way to a result that is not there yet; the page is drawn again when it is.

    Args:
        kind: a key of `tlcore.runs.jobs.JOBS`.
        request: what the job is to do, JSON-able.
        name: of the job.
        label: of the button that asks for it.
        icon: of the button.
    """
    wanted = json.loads(json.dumps(request))
    job = next((run for run in open_store().runs(kind=kind)[:_LATEST] if run.plan == wanted), None)
    if job and not job.has_ended:
        ensure_dispatcher()
        st.fragment(_follow, run_every=_POLL_SECONDS)(job.id)
        return
    if job and job.state in RESUMABLE:
        _show_failure(job)
    if st.button(label, icon=icon, key=f"{kind}-{label}-{json.dumps(wanted, sort_keys=True)}"):
        client.submit(kind, request, name)
        keep_address()
        st.rerun()


def _follow(job_id: str) -> None:
    job = open_store().run(job_id)
    if job.has_ended:
        keep_address()
        st.rerun()
    bar, button = st.columns([6, 1], vertical_alignment="center")
    with bar:
        show_progress(job)
    with button:
        stop_button(job)


def _show_failure(job: Run) -> None:
    st.error(plain(job.error.get("message", f"The last attempt was {job.state}.")), icon=":material/error:")
    if job.error.get("log"):
        with st.expander("What the worker printed last"):
            st.code(job.error["log"], language=None)
