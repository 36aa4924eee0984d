"""Reading a run from the store: once for everybody who watches it at this moment, however many they are."""

from __future__ import annotations

import streamlit as st

from tlcore.runs.run import Event, Run
from tlcore.runs.store import open_store


@st.cache_data(ttl=0.8, max_entries=200, show_spinner=False)
def read_run(run_id: str) -> tuple[Run, list[Event]]:
    """Read a run and all that it has reported; `read_run.clear(run_id)` after changing it.

    Args:
        run_id: its id.

    Returns:
        The run and its events in order, at most 0.8 s old.

    Raises:
        NotFoundError: if there is none of this id.
    """
    store = open_store()
    return store.run(run_id), store.events(run_id)
