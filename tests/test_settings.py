"""Settings as the environment has them, the odd ones too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tlcore.runs.store import open_store
from tlcore.settings import settings


def test_an_empty_variable_says_nothing(monkeypatch):
    monkeypatch.setenv("TLCORE_HOME", "")
    monkeypatch.setenv("TLCORE_WORKERS", "")
    settings.cache_clear()
    assert settings().home == Path.home() / ".transfer-learning-studio"
    assert settings().workers == 1


@pytest.mark.skipif(os.name == "nt", reason="such names are forbidden there")
@pytest.mark.parametrize("name", ["what?", "50%", "a#b", "täst & more", "x?mode=memory"])
def test_a_home_may_have_any_name(tmp_path, monkeypatch, name):
    monkeypatch.setenv("TLCORE_HOME", str(tmp_path / name))
    settings.cache_clear()
    run = open_store().add_run("import", {}, "a run")
    assert (tmp_path / name / "studio.sqlite").is_file()
    assert open_store().run(run.id).name == "a run"
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == [name]
