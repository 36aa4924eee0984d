"""Transfer Learning Studio. Start it with `streamlit run app.py`.

The script that every visitor runs is `pages/router.py`. It does not stand here, since Streamlit takes a script beside a
folder `pages` for its older kind of app, and tells the first visitor of any page but home that there is no such page.
"""

import asyncio
import contextlib
import importlib
import sys
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click
import streamlit as st
from starlette.middleware import Middleware

from pages.entrance.announce import LOCAL, START, announcement
from pages.entrance.gate import Gate
from pages.entrance.hosts import Hosts
from pages.ui.browser.plotly_file import plotly_route
from tlcore.access.private import private_home
from tlcore.explain import explain
from tlcore.settings import settings

_LOOK_SECONDS = 60.0


@asynccontextmanager
async def _begin(_app: st.App) -> AsyncIterator[None]:
    """Once the server listens, say to whom, and show the first page, as Streamlit does for scripts."""
    if settings().shared:
        click.echo(announcement())
    if not st.get_option("server.headless"):
        webbrowser.open(f"http://localhost:{st.get_option('server.port')}")
    lessons = asyncio.create_task(_end_lessons_in_time())
    yield
    lessons.cancel()


async def _end_lessons_in_time() -> None:
    """See to it that a lesson ends in time, also while nobody looks at a page."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        expiry = await asyncio.to_thread(importlib.import_module, "tlcore.lessons.expiry")
        with contextlib.suppress(Exception):  # of a store that is away; whoever looks at a page is told
            await asyncio.to_thread(expiry.wake_dispatcher)


def _check() -> None:
    """End with a sentence where the studio cannot be started as it was asked for."""
    try:
        private_home()
        if settings().shared:
            announcement()
    except Exception as error:
        sys.exit(str(explain(error)))
    if not settings().shared and st.get_option("server.address") not in LOCAL:
        sys.exit(
            f"Others could connect, but this studio is not shared: no code would be asked for. Share it with:\n{START}"
        )


_check()
app = st.App(
    "pages/router.py", lifespan=_begin, routes=[plotly_route()], middleware=[Middleware(Hosts), Middleware(Gate)]
)
