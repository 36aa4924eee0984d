"""The deep look finds what no page reads twice."""

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
    assert list(inspect()) == []
    store.move(run.id, [FINISHED], FINISHED, result={**result, "seconds": 2.5})
    [damage] = inspect()
    assert run.id in damage.what
