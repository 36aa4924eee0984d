"""Makes ready what comes next, while a visitor still reads: imports of other pages, and a worker with TensorFlow."""

from __future__ import annotations

import importlib
import logging
import threading
from pathlib import Path

import streamlit as st

logger = logging.getLogger(__name__)

# Not pandas: others look for it among the modules imported so far, and would find it half imported.
_WHEN_DRAWN = ("plotly.graph_objects",)  # imported by the first chart


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Import everything once for the whole server, in the background."""
    threading.Thread(target=_import_all, name="warm-up", daemon=True).start()


@st.cache_resource(ttl=60, show_spinner=False)
def keep_worker_warm() -> None:
    """See to it, at most once a minute, that a worker waits with TensorFlow: it takes too long to import at a click."""
    from tlcore.runs.execution.dispatcher import ensure_dispatcher

    try:
        ensure_dispatcher()
    except Exception as error:  # a page that needs the store says what is wrong
        logger.info("no worker can be made ready: %s", error)


def _import_all() -> None:
    root = Path(__file__).parents[2]
    # Neither the router nor the pages themselves, which draw when they are imported.
    files = [path for path in (root / "pages").glob("*/**/*.py") if path.name not in ("page.py", "__init__.py")]
    for name in (*(".".join(path.relative_to(root).with_suffix("").parts) for path in files), *_WHEN_DRAWN):
        importlib.import_module(name)
