"""The runs that have not ended: one reading serves everybody who looks at this moment."""

from __future__ import annotations

import streamlit as st

from tlcore.runs.client import unfinished_runs
from tlcore.runs.execution.queue import places_in_line
from tlcore.runs.run import Run
from tlcore.runs.store import open_store


@st.cache_data(ttl=2.5, max_entries=1, show_spinner=False)
def unfinished(address: str) -> list[Run]:
    """Read what is under way in a store, then what waits; `unfinished.clear()` where a page knows that one has ended.

    Args:
        address: of the store, which keeps the readings of several apart.

    Returns:
        The runs in the order of the queue.
    """
    runs = unfinished_runs()[::-1]
    places = places_in_line(open_store())
    return sorted(runs, key=lambda run: places.get(run.id, 0))
