"""The network of a run as one web page with the camera: made when it is asked for, then saved."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.ui.offer_jobs import offer_jobs
from tlcore.export.browser.runtime import LITERT_JS
from tlcore.export.browser.web_page import expected_bytes, web_page
from tlcore.export.take_away import export_request
from tlcore.runs.run import Run
from tlcore.settings import settings


def offer_web_page(run: Run, stay: Callable[[], None]) -> None:
    """Draw the way to take the network of a run along as one file that runs in a browser.

    Args:
        run: a finished training run.
        stay: says the page's address again: a fragment that draws the page anew may still carry an older one.
    """
    int8 = st.checkbox(
        "Smaller, with numbers of 8 bits",
        help=f"About {_size(expected_bytes(run, True))} instead of {_size(expected_bytes(run, False))}. "
        "Its accuracy is measured and shown on the page.",
        key="web-page-int8",
    )
    file = web_page(run, int8)
    if file is None:
        _offer_to_make(run, int8, stay)
        return
    st.caption(
        "Open it in Chrome, Edge or Firefox on a computer: it needs neither this program nor the internet, and photos "
        "stay on that device. For phones and Safari, put it on a website with HTTPS."
    )
    st.download_button(
        f"Download web page ({_size(file.stat().st_size)})",
        file.read_bytes,
        f"network-{run.id}.html",
        "text/html",
        icon=":material/photo_camera:",
        on_click="ignore",
        key=f"web-page-{run.id}-{int8}",
    )
    flag = " --int8" if int8 else ""
    st.code(f"python -m tlcore export {run.id} --web{flag}", language="bash", wrap_lines=True)


def _offer_to_make(run: Run, int8: bool, stay: Callable[[], None]) -> None:
    st.caption(
        f"One HTML file of about {_size(expected_bytes(run, int8))} with the network and a page for the camera and "
        "photos. It runs in a browser, without this program and without the internet."
    )
    if not LITERT_JS.path.is_file():
        if settings().offline:
            st.warning(
                f"This machine works offline and lacks the program that runs networks in a browser. {LITERT_JS.way_out}"
            )
            return
        st.caption(f"The first time, {_size(LITERT_JS.size)} are downloaded: the program that runs it in a browser.")
    offer_jobs(
        "web_page",
        {f"Web page of {run.name}": export_request(run, int8)},
        "Create the web page",
        ":material/photo_camera:",
        stay,
    )


def _size(count: int) -> str:
    return f"{count / 1e6:.0f} MB"
