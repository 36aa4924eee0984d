"""What is deleted for good takes with it all that only it used."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.deleting import delete_dataset
from tlcore.runs.housekeeping import purge_dataset_now, tidy
from tlcore.runs.run import FINISHED, QUEUED
from tlcore.runs.store import open_store
from tlcore.storage.caches import cache_folder
from tlcore.training.features.cache import FeatureCache, FeatureKey

KEY = FeatureKey("", 16, 3, "stretch", "")


def compute(dataset_id: str, run: str, size: int = 16) -> None:
    dataset = open_dataset(dataset_id)
    FeatureCache(dataset, FeatureKey("", size, 3, "stretch", ""), None, run).rows(np.arange(len(dataset)))


def kept() -> int:
    return len([path for path in cache_folder("features").glob("[!.]*") if (path / "rows.bin").is_file()])


def test_features_go_with_their_dataset(objects, two_classes):
    for id in (objects, two_classes):
        compute(id, "")
    delete_dataset(objects)
    tidy(open_store())
    assert kept() == 2  # it can be restored
    purge_dataset_now(objects)
    assert kept() == 1


def test_features_go_with_the_last_run_that_used_them(objects):
    store = open_store()
    first, second = (store.add_run("train", {"dataset": objects}, name) for name in ("first", "second"))
    for run in (first, second):
        store.move(run.id, [QUEUED], FINISHED)
        compute(objects, run.id)
    compute(objects, first.id, size=24)
    for run, left in ((first, 1), (second, 0)):
        store.delete_run(run.id)
        tidy(store)
        assert kept() == left + 1  # both can be restored
        store.purge_run(run.id)
        tidy(store)
        assert kept() == left


@pytest.mark.parametrize(("state", "stays"), [(FINISHED, False), (QUEUED, True)])
def test_an_upload_goes_when_no_run_will_read_it(home, state, stays):
    upload = home / "uploads" / "visitor" / "größe.zip"
    upload.parent.mkdir(parents=True)
    upload.write_bytes(b"zip")
    store = open_store()
    tidy(store)
    assert upload.exists()  # the form may just be being filled in
    os.utime(upload, (upload.stat().st_mtime - 7200,) * 2)
    run = store.add_run("import", {"options": {"path": str(upload)}}, "import")
    if state == FINISHED:
        store.move(run.id, [QUEUED], FINISHED)
    tidy(store)
    assert upload.exists() == stays
