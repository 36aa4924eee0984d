"""Errors as a user meets them: a sentence and what to do, never a traceback."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from pages.ui.text import plain
from tlcore.errors import PlanError, StudioError
from tlcore.explain import explain

logger = logging.getLogger(__name__)

_OF_A_CALLBACK, _WAS_SHOWN = "error-of-a-callback", "error-was-shown"


def show_error(error: StudioError) -> None:
    """Draw a box for an error.

    Args:
        error: any error of this project; all problems of a plan are listed.
    """
    if isinstance(error, PlanError):
        listing = "\n".join(
            f"- **{plain(problem.field)}** = {plain(str(problem.value))}: {plain(problem.mend)}"
            for problem in error.problems
        )
        st.error(f"This plan cannot run yet. Fix the following:\n{listing}", icon=":material/error:")
    else:
        st.error(plain(str(error)), icon=":material/error:")


@contextmanager
def errors_shown() -> Iterator[None]:
    """Turn any error inside the block, or of a callback before it, into a box; the page goes on below the block.

    Fragments are decorated with it, beneath `st.fragment`: when they refresh by themselves, no block is around them.
    """
    error = st.session_state.pop(_OF_A_CALLBACK, None)
    if error is not None:
        show_error(error)
    try:
        yield
    except Exception as error:
        explained = explain(error)
        logger.info("shown to the user: %s", explained)
        st.session_state[_WAS_SHOWN] = True
        show_error(explained)


def safely(callback: Callable[..., object]) -> Callable[..., None]:
    """Make a callback of a widget one that never raises: the next `errors_shown` draws what went wrong.

    Streamlit calls callbacks before the page, outside of all its blocks, and draws no page after one that raised.

    Args:
        callback: any function.

    Returns:
        The same, for `on_click`, `on_change` and `on_select`.
    """

    @functools.wraps(callback)
    def call(*arguments: object, **values: object) -> None:
        try:
            callback(*arguments, **values)
        except Exception as error:
            st.session_state[_OF_A_CALLBACK] = explain(error)

    return call


def keep_fields_after_errors() -> None:
    """Let the fields that an error kept from being drawn keep what was typed into them; called last in a script.

    Streamlit forgets fields that a script has not drawn, unless it stops early.
    """
    if st.session_state.pop(_WAS_SHOWN, False):
        st.stop()
