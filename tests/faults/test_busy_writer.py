"""Processes killed at random moments, many times over: the store stays valid, nothing is ever half there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.faults.busy_writer import feature_key
from tlcore.datasets.dataset import Dataset, list_datasets
from tlcore.datasets.importer import import_dataset
from tlcore.runs import run as states
from tlcore.runs.store import open_store
from tlcore.storage.caches import cache_folder
from tlcore.training.features.cache import FeatureCache, read_pixels
from tlcore.training.features.kept import read_row_state
from tlcore.training.networks.checkpoint import load_checkpoint

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")]

KILLS = 48


def check_all(home: Path, dataset: Dataset) -> None:
    """Look at everything that a killed process may have left."""
    with contextlib.closing(sqlite3.connect(home / "studio.sqlite")) as database:
        assert database.execute("PRAGMA quick_check").fetchone() == ("ok",)
    store = open_store()
    for run in [*store.runs(), *store.runs(deleted=True)]:
        sequence = [event.sequence for event in store.events(run.id)]
        assert sequence == list(range(1, len(sequence) + 1))
        checkpoint = load_checkpoint(run.folder)
        if checkpoint is not None:
            arrays = [*checkpoint.variables.values(), *checkpoint.optimizer, *checkpoint.best.values()]
            assert len(arrays) == 24
            assert all((array == checkpoint.epoch).all() for array in arrays)
    folders = [path for path in (home / "datasets").iterdir() if not path.name.startswith(".")]
    assert len(list_datasets()) == len(folders)
    for each in list_datasets():
        for index in range(len(each)):
            assert hashlib.sha256(each.image_bytes(index)).digest() == each.digests[index].tobytes()
    for path in cache_folder("features").glob("[!.]*"):
        state = read_row_state(path)
        assert state is None or state.sums.shape == (len(dataset),)


def test_dozens_of_kills_leave_nothing_half_done(home):
    dataset = import_dataset("rendered", {"images_per_class": 12, "size": 48, "seed": 3}, "objects")
    store, moments = open_store(), random.Random(7)
    log = (home / "busy.log").open("wb")
    command = [sys.executable, Path(__file__).parent / "busy_writer.py"]
    writer = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
        text=True,
    )
    try:
        for kill in range(1, KILLS + 1):
            writer.stdin.write(f"{dataset.id}\n")
            writer.stdin.flush()
            child = int(writer.stdout.readline())
            time.sleep(moments.uniform(0, 0.4))
            os.kill(child, signal.SIGKILL)
            assert writer.stdout.readline() == "ended\n"
            if kill % 8 == 0 or kill < 4:
                check_all(home, dataset)
    finally:
        writer.kill()
        writer.wait()
        log.close()
    # It was killed at work, and did not fail by itself.
    assert (home / "busy.log").read_text() == ""
    assert len(store.runs(states=states.ACTIVE)) > KILLS / 2
    # What is there of the features is right, and the rest is computed as if nothing had happened.
    for view in range(5):
        rows = FeatureCache(dataset, feature_key(view), None).rows(np.arange(len(dataset)))
        for index in range(len(dataset)):
            assert np.array_equal(rows[index], read_pixels(dataset, index, feature_key(view)))
