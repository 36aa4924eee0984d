"""Errors as a user meets them: a sentence and what to do, never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.ui.text import plain
from tlcore.errors import PlanError, StudioError

logger = logging.getLogger(__name__)


def show_error(error: StudioError) -> None:
    """Draw a box for an error.

    Args:
        error: any error of this project; all problems of a plan are listed.
    """
    if isinstance(error, PlanError):
        listing = "\n".join(f"- **{problem.field}** = `{problem.value}`: {problem.mend}" for problem in error.problems)
        st.error(f"This plan cannot run yet. Fix the following:\n{listing}", icon=":material/error:")
    else:
        st.error(plain(str(error)), icon=":material/error:")


@contextmanager
def errors_shown() -> Iterator[None]:
    """Turn this project's errors inside the block into boxes on the page."""
    try:
        yield
    except StudioError as error:
        logger.info("shown to the user: %s", error)
        show_error(error)
