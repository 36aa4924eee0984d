"""The runs that have not ended: one reading serves everybody who looks at this moment."""

from __future__ import annotations

import streamlit as st

from tlcore.access.asker import OWNER
from tlcore.runs.client import unfinished_runs
from tlcore.runs.database.readers import may_read
from tlcore.runs.execution.queue import places_in_line
from tlcore.runs.run import Run
from tlcore.runs.store import open_store


def unfinished(address: str) -> list[Run]:
    """Read what is under way in a store, then what waits; `forget_unfinished()` where a page knows that one has ended.

    Args:
        address: of the store, which keeps the readings of several apart.

    Returns:
        The runs that the asker may read, in the order of the queue.
    """
    return [run for run in _of_everybody(address) if may_read(run.visitor)]


def forget_unfinished() -> None:
    """Read anew, as something was started or has ended."""
    _of_everybody.clear()


@st.cache_data(ttl=2.5, max_entries=1, show_spinner=False)
def _of_everybody(address: str) -> list[Run]:
    runs = unfinished_runs(OWNER)[::-1]
    places = places_in_line(open_store())
    return sorted(runs, key=lambda run: places.get(run.id, 0))
