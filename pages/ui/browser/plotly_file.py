"""Plotly's program for the browser, from the installed package: live charts need no network, and load it once."""

from __future__ import annotations

import functools
import gzip
import importlib.metadata
import importlib.util
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
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


async def _send(request: Request) -> Response:
    headers = {"Cache-Control": f"private, max-age={_SECONDS}, immutable", "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return FileResponse(_file(), media_type="text/javascript", headers=headers)
    body = await run_in_threadpool(_compressed)
    return Response(body, media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})


@functools.cache
def _compressed() -> bytes:
    """Compressed once: Streamlit would do it for every browser, and answer nobody else meanwhile."""
    return gzip.compress(_file().read_bytes(), 6)


def _file() -> Path:
    found = importlib.util.find_spec("plotly")  # the package itself takes a while to import
    assert found is not None and found.origin is not None  # it is among the requirements
    return Path(found.origin).parent / "package_data" / "plotly.min.js"
