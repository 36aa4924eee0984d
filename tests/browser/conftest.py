"""The app on a free port, and Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class App:
    """A running app.

    Args:
        url: its address.
        home: its home folder, also that of the test itself.
        process: the server.
    """

    url: str
    home: Path
    process: subprocess.Popen


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("", 0))
        return probe.getsockname()[1]


def start_app(home: Path, port: int | None = None) -> App:
    """Start the app and wait until it answers.

    Args:
        home: its home folder; the environment names it already.
        port: where to listen; None for any free one.

    Returns:
        The running app.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    log = (home.parent / "app.log").open("ab")
    process = subprocess.Popen(
        [*command, "--server.port", str(port)], cwd=ROOT, stdout=log, stderr=log, env=os.environ.copy()
    )
    url = f"http://localhost:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
            return App(url, home, process)
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise AssertionError(f"the app does not answer: {(home.parent / 'app.log').read_text()}")


@pytest.fixture
def app(home):
    """The app with an empty home of its own."""
    running = start_app(home)
    yield running
    running.process.kill()
    running.process.wait()


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, driven by Playwright."""
    sync_api = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("needs Chromium: install Debian's package chromium")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A fresh browser page; the test fails if its console shows an error."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)  # a fresh machine reads everything from disk for the first time
    complaints: list[str] = []

    def note(message) -> None:
        # Streamlit itself looks for its server below a page's own address first (its open bug 7074).
        asked_in_vain = message.location["url"].endswith(("/_stcore/health", "/_stcore/host-config"))
        if message.type == "error" and not asked_in_vain:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    crashed = page.locator("[data-testid=stException]").count()
    context.close()
    assert not complaints, complaints
    assert crashed == 0
