"""Forty kills: see `kills.py`, which can be run by hand with as many as there is time for."""

from __future__ import annotations

import random
import sys

import pytest

from tests.faults.kills import Hunt
from tlcore.settings import settings

KILLS = 40


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals that kill")
def test_dozens_of_kills_lose_break_and_leave_nothing(home, monkeypatch):
    monkeypatch.setenv("TLCORE_THREADS", "1")
    settings.cache_clear()
    hunt = Hunt(random.Random(5), pause=0.3)
    hunt.prepare()
    hunt.run(KILLS)
    found = hunt.check()
    assert {*found} == {"undisturbed", "scratch", "import", "exact", "prepare", "verify", "export"}
    assert all(hunt.killed[role] > KILLS / 10 for role in ("app", "dispatcher", "worker"))
