"""Imports what the other pages need, while the first visitor of a fresh server still reads the first one."""

from __future__ import annotations

import importlib
import threading
from pathlib import Path

import streamlit as st

# Not pandas: others look for it among the modules imported so far, and would find it half imported.
_WHEN_DRAWN = ("plotly.graph_objects",)  # imported by the first chart


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Import everything once for the whole server, in the background."""
    threading.Thread(target=_import_all, name="warm-up", daemon=True).start()


def _import_all() -> None:
    root = Path(__file__).parents[2]
    # Neither the router nor the pages themselves, which draw when they are imported.
    files = [path for path in (root / "pages").glob("*/**/*.py") if path.name not in ("page.py", "__init__.py")]
    for name in (*(".".join(path.relative_to(root).with_suffix("").parts) for path in files), *_WHEN_DRAWN):
        importlib.import_module(name)
