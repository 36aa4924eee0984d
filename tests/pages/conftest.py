"""Pages are tested as scripts here: what they submit stays queued. Real processes run in the browser tests."""

from __future__ import annotations

import pytest
from streamlit.runtime.context import ContextProxy

from tlcore.settings import settings


@pytest.fixture(autouse=True)
def no_processes(monkeypatch):
    """Start no dispatcher and no worker, which would import TensorFlow for every test."""
    started: list[list[str]] = []
    monkeypatch.setattr(
        "tlcore.runs.execution.dispatcher.start_detached", lambda command, *_, **__: started.append(command)
    )
    return started


@pytest.fixture
def shared_studio(home, monkeypatch):
    """A shared studio; the cookies of whoever visits it are what the test puts into the dictionary returned."""
    monkeypatch.setenv("TLCORE_SHARED", "1")
    settings.cache_clear()
    cookies: dict[str, str] = {}
    monkeypatch.setattr(ContextProxy, "cookies", property(lambda _self: cookies))
    return cookies
