"""What a worker has to compute first: the button, the progress, the failure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from pages.compare.choice import keep_address
from pages.ui.jobs import show_progress, stop_button
from pages.ui.owner import nickname
from pages.ui.text import plain
from tlcore.runs import client
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.run import RESUMABLE, Run
from tlcore.runs.store import open_store

_POLL_SECONDS = 0.7
_LATEST = 50


def offer_jobs(
    kind: str, requests: Mapping[str, dict], label: str, icon: str, stay: Callable[[], None] = keep_address
) -> None:
    """Draw the way to results that are not there yet; the page is drawn again when one of them is.

    Args:
        kind: a key of `tlcore.runs.kinds.JOBS`.
        requests: names of jobs → what each is to do, JSON-able.
        label: of the button that asks for all of them.
        icon: of the button.
        stay: says the page's address again: a fragment that draws the page anew may still carry an older one.
    """
    earlier = open_store().runs(kind=kind)[:_LATEST]
    jobs = {name: _latest(earlier, request) for name, request in requests.items()}
    for job in filter(None, jobs.values()):
        if not job.has_ended:
            ensure_dispatcher()
            st.fragment(_follow, run_every=_POLL_SECONDS)(job.id, stay)
        elif job.state in RESUMABLE:
            _show_failure(job)
    wanted = {name: requests[name] for name, job in jobs.items() if job is None or job.has_ended}
    if wanted and st.button(label, icon=icon, key=f"{kind}-{label}-{json.dumps(wanted, sort_keys=True)}"):
        for name, request in wanted.items():
            client.submit(kind, request, name, owner=nickname())
        stay()
        st.rerun()


def _latest(earlier: Sequence[Run], request: dict) -> Run | None:
    wanted = json.loads(json.dumps(request))
    return next((run for run in earlier if run.plan == wanted), None)


def _follow(job_id: str, stay: Callable[[], None]) -> None:
    job = open_store().run(job_id)
    if job.has_ended:
        stay()
        st.rerun()
    bar, button = st.columns([6, 1], vertical_alignment="center")
    with bar:
        st.caption(plain(job.name))
        show_progress(job)
    with button:
        stop_button(job)


def _show_failure(job: Run) -> None:
    st.error(plain(job.error.get("message", f"The last attempt was {job.state}.")), icon=":material/error:")
    if job.error.get("log"):
        with st.expander("Last lines of the log"):
            st.code(job.error["log"], language=None)
