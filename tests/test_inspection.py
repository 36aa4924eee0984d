"""The deep look finds what no page reads twice."""

import shutil
import zipfile

from tlcore.inspection import inspect
from tlcore.runs.run import FINISHED, PREPARING, QUEUED
from tlcore.runs.store import open_store


def test_a_result_that_is_not_what_the_run_reported_is_named(home):
    store = open_store()
    run = store.add_run("train", {"dataset": "objects"}, "run")
    result = {"classes": ["a", "b"], "seconds": 1.5, "verified": {"images": 4}}
    store.move(run.id, [QUEUED], PREPARING)
    store.add_event(run.id, "evaluated", result)
    store.move(run.id, [PREPARING], FINISHED, result={**result, "verified": {"images": 40}})
    run.folder.mkdir(parents=True)
    for name in ("predictions.npz", "model.keras"):
        with zipfile.ZipFile(run.folder / name, "w") as archive:
            archive.writestr("member", b"content")
    assert list(inspect()) == []
    store.move(run.id, [FINISHED], FINISHED, result={**result, "seconds": 2.5})
    [damage] = inspect()
    assert run.id in damage.what


def test_what_is_gone_or_something_else_is_named(home):
    store = open_store()
    run = store.add_run("train", {}, "run")
    store.move(run.id, [QUEUED], FINISHED, result={})
    assert {damage.problem for damage in inspect()} == {"predictions.npz is gone", "its network is gone"}
    (home / "runs" / "0123456789").mkdir(parents=True)
    shutil.rmtree(home / "datasets")
    (home / "datasets").touch()
    (home / "runs" / "file").touch()
    named = {damage.what for damage in inspect()}
    assert {"datasets", "runs/file", "runs/0123456789", f"run {run.id}"} <= named
