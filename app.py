"""Transfer Learning Studio. Start it with `streamlit run app.py`.

The script that every visitor runs is `pages/router.py`. It does not stand here, since Streamlit takes a script beside a
folder `pages` for its older kind of app, and tells the first visitor of any page but home that there is no such page.
"""

import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st


@asynccontextmanager
async def _open_browser(_app: st.App) -> AsyncIterator[None]:
    """Show the first page once the server listens, as Streamlit does for scripts."""
    if not st.get_option("server.headless"):
        webbrowser.open(f"http://localhost:{st.get_option('server.port')}")
    yield


app = st.App("pages/router.py", lifespan=_open_browser)
