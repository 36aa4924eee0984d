"""How far a training run is as a whole, as it is shown: a bar that never goes back."""

from __future__ import annotations

import streamlit as st

from pages.ui.jobs import read_run
from tlcore.runs.headway import share_of_run
from tlcore.runs.run import Run


def share_shown(run: Run) -> float:
    """How much of a training run is done.

    Args:
        run: queued or under way.

    Returns:
        0..1; never less than whoever looks has seen of this attempt.
    """
    key = f"share-{run.id}-{run.started}"
    share = max(st.session_state.get(key, 0.0), share_of_run(run, read_run(run.id)[1]))
    st.session_state[key] = share
    return share
