"""The home folder and the store are closed to other accounts, also those of earlier versions."""

from __future__ import annotations

import os
import stat

import pytest

from tlcore.runs.store import open_store

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")


def _mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_home_is_private(home):
    open_store().add_run("import", {}, "a run")
    assert _mode(home) == 0o700
    assert {_mode(path) for path in home.glob("studio.sqlite*")} == {0o600}


def test_an_older_home_becomes_private(home):
    home.mkdir(mode=0o755)
    (home / "studio.sqlite").touch(0o644)
    open_store()
    assert (_mode(home), _mode(home / "studio.sqlite")) == (0o700, 0o600)
