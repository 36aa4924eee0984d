"""The moment when an experiment ends: whoever watched it is told so, above what it came to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from pages.ui.jobs import duration_text
from pages.ui.launcher import ADDRESS
from tlcore.runs import experiments
from tlcore.runs.run import FINISHED, Run
from tlcore.text import count_text

_WATCHED = "experiment-watched"  # to its end, in this session


def note_end(experiment: str) -> None:
    """Remember that somebody has watched an experiment to its end.

    Args:
        experiment: its id.
    """
    st.session_state[_WATCHED] = experiment


def say_done() -> None:
    """Say that the experiment of the address has ended, to whoever has watched it, for as long as it is shown."""
    watched = st.session_state.get(_WATCHED)
    if watched is None or watched != st.query_params.get(ADDRESS):
        st.session_state.pop(_WATCHED, None)
        return
    runs = experiments.runs_of(watched)
    words = end_words(runs)
    if all(run.state == FINISHED for run in runs):
        st.success(words, icon=":material/task_alt:")
    else:
        st.warning(words, icon=":material/pause_circle:")


def end_words(runs: Sequence[Run]) -> str:
    """Say how an experiment has ended.

    Args:
        runs: all of its runs; each has ended.

    Returns:
        Such as "Done: all 4 runs have finished, in about 3 min. Here is what they show."
    """
    finished = [run for run in runs if run.state == FINISHED]
    if not finished:
        return "The experiment has ended, and none of its runs has finished."
    if len(finished) < len(runs):
        return f"The experiment has ended: {len(finished)} of {count_text(len(runs), 'run')} finished."
    begun, ended = (min(run.started for run in runs), max(run.ended for run in runs))
    seconds = (datetime.fromisoformat(ended) - datetime.fromisoformat(begun)).total_seconds()
    which = f"all {len(runs)} runs have finished" if len(runs) > 1 else "the run has finished"
    return f"Done: {which}, in {duration_text(seconds)}. Here is what came out."
