"""Whether a run has proved its figures, and the button that lets an older one do so."""

from __future__ import annotations

import streamlit as st

from pages.ui.errors import safely
from pages.ui.owner import nickname
from pages.ui.text import plain
from tlcore.runs.run import Run
from tlcore.runs.verification import is_verified, submit_verification, verification_text


def show_verification(run: Run) -> None:
    """Draw what the check of a run came to; for a run without one, a warning and the way to it.

    Args:
        run: a finished training run.
    """
    if is_verified(run):
        st.caption(plain(verification_text(run)))
        return
    st.warning(plain(verification_text(run)), icon=":material/unpublished:")
    st.button("Verify now", icon=":material/verified:", on_click=safely(_verify), args=(run,))


def link_to_verified(job: Run) -> None:
    """Draw the way back from a check to the run that was checked.

    Args:
        job: the check, however it ended.
    """
    st.page_link(
        "train/page.py",
        label="Back to the checked run",
        icon=":material/arrow_back:",
        query_params={"run": job.plan["run"]},
    )


def _verify(run: Run) -> None:
    st.query_params["run"] = submit_verification(run, nickname()).id
