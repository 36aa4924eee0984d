"""A disk that is really full: a small file system of its own, filled to the last byte."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from tlcore.datasets.dataset import list_datasets
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.places import datasets_folder
from tlcore.datasets.versions import new_version
from tlcore.explain import explain
from tlcore.export.jobs import export
from tlcore.export.take_away import export_request, exported
from tlcore.jobs import SILENT
from tlcore.runs import client
from tlcore.runs import run as states
from tlcore.runs.execution.dispatcher import dispatcher_lease
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.storage.folders import damaged_files
from tlcore.training.features.cache import FeatureCache, FeatureKey, read_pixels
from tlcore.training.jobs import train
from tlcore.training.networks.checkpoint import load_checkpoint
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import plan_from_json

MEGABYTE = 1 << 20


@pytest.fixture
def small_disk(tmp_path, monkeypatch):
    """A home folder on a file system of 24 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"needs the right to mount a small file system: {mounted.stderr.strip()}")
    monkeypatch.setenv("TLCORE_HOME", str(place / "home"))
    settings.cache_clear()
    (place / "home").mkdir()
    yield place
    holder = dispatcher_lease().holder() if (place / "home" / "studio.sqlite").exists() else None
    if holder is not None:
        holder.kill()
    subprocess.run(["umount", "--lazy", place], check=True)


def fill(disk: Path) -> None:
    """Leave not one byte free."""
    for size in (MEGABYTE, 4096, 1):
        block = os.urandom(size)
        with contextlib.suppress(OSError), (disk / "ballast").open("ab", buffering=0) as file:
            while file.write(block) == size:
                pass


def free(disk: Path) -> None:
    (disk / "ballast").unlink(missing_ok=True)


def test_a_full_disk_leaves_datasets_and_features_whole(small_disk):
    dataset = import_dataset("rendered", {"images_per_class": 8, "size": 64, "seed": 1}, "objects")
    fill(small_disk)
    with pytest.raises(OSError) as caught:
        new_version(dataset, removed=[0])
    assert "a full disk" in str(explain(caught.value))
    assert [each.id for each in list_datasets()] == [dataset.id]
    assert [path.name for path in datasets_folder().iterdir()] == [dataset.id]

    key = FeatureKey("", 96, 3, "stretch", "")
    with pytest.raises(OSError) as caught:
        FeatureCache(dataset, key, None).rows(np.arange(len(dataset)))
    assert "a full disk" in str(explain(caught.value))
    free(small_disk)
    rows = FeatureCache(dataset, key, None).rows(np.arange(len(dataset)))
    assert all(np.array_equal(rows[index], read_pixels(dataset, index, key)) for index in range(len(dataset)))
    assert len(new_version(dataset, removed=[0])) == len(dataset) - 1


@pytest.mark.slow
def test_a_run_on_a_full_disk_says_so_and_goes_on_when_there_is_space(small_disk):
    dataset = import_dataset("digits", {}, "digits")
    plan = {**suggest_plan(dataset, "scratch", "LeNet5"), "input_size": 32, "epochs": 6}
    store = open_store()
    run = client.submit("train", plan, "hungry")

    def epochs() -> list[int]:
        return [epoch["epoch"] for epoch in client.curve(store.events(run.id))]

    started = time.monotonic()
    while len(epochs()) < 2:
        assert time.monotonic() - started < 90
        time.sleep(0.05)
    # What the run itself frees is filled again, until it reports nothing more.
    last, quiet_since = epochs(), time.monotonic()
    while time.monotonic() - quiet_since < 4:
        fill(small_disk)
        if epochs() != last:
            last, quiet_since = epochs(), time.monotonic()
        time.sleep(0.1)
    free(small_disk)
    ended = client.wait(run.id)
    assert ended.state == states.FAILED
    assert "a full disk" in ended.error["message"]
    assert load_checkpoint(run.folder).epoch in (last[-1] - 1, last[-1])
    with contextlib.closing(sqlite3.connect(settings().home / "studio.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    client.resume(run.id)
    assert client.wait(run.id).state == states.FINISHED
    assert epochs() == list(range(1, 7))


def test_an_export_on_a_full_disk_leaves_nothing_half(small_disk, tmp_path):
    dataset = import_dataset("digits", {}, "digits")
    fields = {"input_size": 32, "cut_layer": "F6", "head": "new", "epochs": 1, "fraction": 0.1}
    plan = plan_from_json({**suggest_plan(dataset, "scratch", "LeNet5"), **fields}).to_json()
    store = open_store()
    run = store.add_run("train", plan, "Digits")
    store.move(run.id, [states.QUEUED], states.FINISHED, result=train(plan, run.folder, SILENT))
    request = export_request(store.run(run.id), False)
    fill(small_disk)
    with pytest.raises(Exception) as caught:
        export(request, tmp_path, SILENT)
    assert "a full disk" in str(explain(caught.value))
    free(small_disk)
    assert exported(run, False) is None and not list(run.folder.glob(".export*"))
    export(request, tmp_path, SILENT)
    assert damaged_files(exported(run, False), deep=True) == []
