"""Plotly's program for the browser, from the installed package: live charts need no network, and load it once."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

_SECONDS = 365 * 24 * 3600  # its address names its version, so a browser may keep it
_served: list[str] = []


def plotly_route() -> Route:
    """Make the route that serves it; from now on `plotly_address` says where.

    Returns:
        A route for `st.App`, which stands behind the app's own doors like everything else.
    """
    prefix = st.get_option("server.baseUrlPath").strip("/")
    address = f"{'/' if prefix else ''}{prefix}/plotly-{importlib.metadata.version('plotly')}.min.js"
    _served[:] = [address]
    return Route(address, _send)


def plotly_address() -> str:
    """Where browsers of this server find it; "" where only the script runs, as in tests of pages."""
    return _served[0] if _served else ""


async def _send(_request: Request) -> FileResponse:
    found = importlib.util.find_spec("plotly")  # the package itself takes a while to import
    assert found is not None and found.origin is not None  # it is among the requirements
    path = Path(found.origin).parent / "package_data" / "plotly.min.js"
    headers = {"Cache-Control": f"private, max-age={_SECONDS}, immutable"}
    return FileResponse(path, media_type="text/javascript", headers=headers)
