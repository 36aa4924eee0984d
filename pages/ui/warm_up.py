"""Imports what the other pages need, while the first visitor of a fresh server still reads the first one."""

from __future__ import annotations

import importlib
import pkgutil
import threading

import streamlit as st

import pages.ui

# Not pandas: others look for it among the modules imported so far, and would find it half imported.
_WHEN_DRAWN = ("plotly.graph_objects", "scipy.stats")  # imported by the first chart and the first interval


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Import everything once for the whole server, in the background."""
    threading.Thread(target=_import_all, name="warm-up", daemon=True).start()


def _import_all() -> None:
    own = (f"pages.ui.{module.name}" for module in pkgutil.iter_modules(pages.ui.__path__))
    for name in (*own, *_WHEN_DRAWN):
        importlib.import_module(name)
