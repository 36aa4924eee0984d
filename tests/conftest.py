"""Every test has a home, a store and a Keras folder of its own, and no network."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from tlcore.runs.dispatcher import dispatcher_lease
from tlcore.runs.processes import Process
from tlcore.settings import settings

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty home folder that the settings name; whatever was started in it ends with the test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TLCORE_HOME", str(folder))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("TLCORE_OFFLINE", "1")
    monkeypatch.setenv("TLCORE_IDLE_SECONDS", "60")
    settings.cache_clear()
    yield folder
    if (folder / "studio.sqlite").exists():
        end_dispatcher()
    settings.cache_clear()


def end_dispatcher() -> None:
    """End the dispatcher of the home in force, with its workers."""
    holder = dispatcher_lease().holder()
    if holder is not None:
        Process(**holder).kill()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real photos and weights; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("TLCORE_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("needs real photos and weights: set TLCORE_SHARED to their folder")
    return folder


@pytest.fixture
def objects(home):
    """The id of a small rendered dataset: five objects, twelve pictures each, 64 pixels."""
    from tlcore.datasets.importer import import_dataset

    return import_dataset("rendered", {"images_per_class": 12, "size": 64, "seed": 3}, "objects").id
