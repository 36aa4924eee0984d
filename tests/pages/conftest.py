"""Pages are tested as scripts here: what they submit stays queued. Real processes run in the browser tests."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def no_processes(monkeypatch):
    """Start no dispatcher and no worker, which would import TensorFlow for every test."""
    started: list[list[str]] = []
    monkeypatch.setattr(
        "tlcore.runs.execution.dispatcher.start_detached", lambda command, *_, **__: started.append(command)
    )
    return started
