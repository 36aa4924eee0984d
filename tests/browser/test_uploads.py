"""Large uploads in Chromium: what was refused or stored does not stay in the server's memory."""

from __future__ import annotations

import os

import psutil
import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZE = 150_000_000


@pytest.fixture
def large(tmp_path):
    """A file that no door can read."""

    def write(name: str) -> str:
        (tmp_path / name).write_bytes(os.urandom(1_000_000) * (SIZE // 1_000_000))
        return str(tmp_path / name)

    return write


def memory(app) -> int:
    return psutil.Process(app.process.pid).memory_info().rss


def settled_memory(app, page) -> int:
    page.wait_for_timeout(3_000)
    return memory(app)


def test_refused_networks_leave_the_memory_and_the_last_refusal_stays(app, page, large):
    page.goto(f"{app.url}/architectures?view=file")
    page.get_by_text("What can be opened").wait_for()
    found = []
    for name in ("first.h5", "second.h5"):
        page.locator("input[type=file]").set_input_files(large(name))
        page.get_by_text(f"{name}, a file of another kind").wait_for(timeout=60_000)
        page.get_by_text(name, exact=True).wait_for(state="detached")  # the field is empty again
        found.append(settled_memory(app, page))
    assert found[1] - found[0] < SIZE / 2
    page.get_by_text("second.h5, a file of another kind").wait_for()


def test_imports_leave_the_memory_once_they_are_queued(app, page, large):
    found = []
    for name in ("first.zip", "second.zip"):
        page.goto(f"{app.url}/datasets?add=zip")
        page.locator("input[type=file]").set_input_files(large(name))
        page.get_by_role("button", name=f"Remove {name}").wait_for(timeout=60_000)
        page.get_by_role("button", name="Look at the images").click()
        page.wait_for_url("**/datasets?job=*", timeout=60_000)
        page.get_by_text("not a complete zip file").first.wait_for(timeout=60_000)
        found.append(settled_memory(app, page))
    assert found[1] - found[0] < SIZE / 2
