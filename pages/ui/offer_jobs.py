"""What a worker has to compute first: the button, the progress, the failure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from pages.ui.jobs import show_failure, watch
from pages.ui.owner import nickname
from pages.ui.text import plain
from tlcore.runs import client
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.run import ACTIVE, QUEUED, RESUMABLE, Run
from tlcore.runs.store import open_store

_LATEST = 50


def offer_jobs(
    kind: str,
    requests: Mapping[str, dict],
    label: str,
    icon: str,
    stay: Callable[[], None],
    at_once: bool = False,
) -> None:
    """Draw the way to results that are not there yet; the page is drawn again when one of them is.

    Args:
        kind: a key of `tlcore.runs.kinds.JOBS`.
        requests: names of jobs → what each is to do, JSON-able.
        label: of the button that asks for all of them.
        icon: of the button.
        stay: says the page's address again: a fragment that draws the page anew may still carry an older one.
        at_once: whether to ask without a click, where that makes nobody else wait and was not tried before.
    """
    earlier = open_store().runs(kind=kind)[:_LATEST]
    jobs = {name: _latest(earlier, request) for name, request in requests.items()}
    for job in filter(None, jobs.values()):
        if not job.has_ended:
            ensure_dispatcher()
            watch(job.id, plain(job.name), stay)
        elif job.state in RESUMABLE:
            show_failure(job)
    wanted = {name: requests[name] for name, job in jobs.items() if job is None or job.has_ended}
    if not wanted:
        return
    begins = at_once and not any(jobs.values()) and _is_free()
    key = f"{kind}-{label}-{json.dumps(wanted, sort_keys=True)}"
    if begins or st.button(label, icon=icon, key=key):
        for name, request in wanted.items():
            client.submit(kind, request, name, owner=nickname())
        stay()
        st.rerun()


def _is_free() -> bool:
    """Whether no work is under way or waits that would take longer by one more short job."""
    return not open_store().count([QUEUED, *ACTIVE])


def _latest(earlier: Sequence[Run], request: dict) -> Run | None:
    wanted = json.loads(json.dumps(request))
    return next((run for run in earlier if run.plan == wanted), None)
