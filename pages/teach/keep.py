"""From what is recorded to a dataset, and to a run like any other: jobs, so that closing the page loses nothing."""

from __future__ import annotations

import streamlit as st

from pages.teach.acts import Session
from pages.ui.dataset_picker import go_to_job
from pages.ui.jobs import resume_button, show_failure, watch
from pages.ui.owner import nickname
from pages.ui.text import plain
from tlcore.errors import NotFoundError
from tlcore.runs.client import submit
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.run import FINISHED
from tlcore.runs.store import open_store
from tlcore.teaching.keep import import_request

JOB = "job"  # in the address of the page
_KIND = "teach"


def keep(session: Session, asked: dict) -> None:
    """Queue the job that makes a dataset, and the one that trains on it where that is asked for, and go to its page.

    Args:
        session: of the person.
        asked: {"name": of the dataset or "", "train": bool}.
    """
    request = import_request(session.teacher.collection, asked["name"])
    if not asked["train"]:
        go_to_job(submit("import", request, f"Import: {request['name']}", owner=nickname()).id)
    plan = {**request, "owner": nickname()}
    run = submit(_KIND, plan, f"Keep and train: {request['name']}", owner=nickname())
    st.switch_page("teach/page.py", query_params={JOB: run.id})


def show_keeping(run_id: str) -> None:
    """Draw the job until its run is there, then go to it.

    Args:
        run_id: of the job.

    Raises:
        NotFoundError: if there is none of this id.
    """
    run = open_store().run(run_id)
    if run.kind != _KIND:
        raise NotFoundError("job of this page", run_id, [])
    st.subheader(plain(run.name), anchor=False)
    if not run.has_ended:
        ensure_dispatcher()
        about = "Each picture is read, checked and saved. Then a frozen network is trained, like any other run."
        watch(run.id, about, lambda: st.query_params.from_dict({JOB: run.id}))
    elif run.state != FINISHED:
        show_failure(run)
        resume_button(run, "Try again", ":material/refresh:")
    elif run.result["run"]:
        st.switch_page("train/page.py", query_params={"run": run.result["run"]})
    else:
        st.warning(
            f"The dataset is made, but no run: its recordings cannot be split. {plain(run.result['why_none'])}",
            icon=":material/call_split:",
        )
        st.page_link(
            "datasets/page.py",
            label="Look at the dataset",
            icon=":material/photo_library:",
            query_params={"dataset": run.result["dataset"]},
        )
