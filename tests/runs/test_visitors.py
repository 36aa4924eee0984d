"""Visitors of a shared studio change what is theirs, in their share of the machine; its owner changes everything."""

from __future__ import annotations

import contextlib

import pytest

from tlcore.access.asker import NOBODY, answer_with, asker, asking
from tlcore.datasets.dataset import dataset_ids, open_dataset
from tlcore.datasets.deleting import restore_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.places import maker_of
from tlcore.datasets.versions import new_version
from tlcore.errors import AccessError
from tlcore.runs import client, experiments
from tlcore.runs.execution.worker import execute
from tlcore.runs.run import FAILED, FINISHED, INTERRUPTED, QUEUED, STOPPED
from tlcore.runs.store import open_store
from tlcore.settings import settings

ANN, BEN = "ann's secret id", "ben's secret id"
OBJECTS = {"images_per_class": 12, "size": 32}


@pytest.fixture(autouse=True)
def no_processes(monkeypatch):
    monkeypatch.setattr("tlcore.runs.execution.dispatcher.start_detached", lambda *_, **__: None)


@contextlib.contextmanager
def _nobody():
    with asking(ANN):
        answer_with(lambda: NOBODY)
        yield


CHANGES = {
    QUEUED: [client.stop, client.delete, lambda id: client.describe(id, name="mine"), experiments.stop],
    INTERRUPTED: [client.resume, client.delete, client.restore, experiments.resume],
}


@pytest.mark.parametrize(("state", "change"), [(state, each) for state, some in CHANGES.items() for each in some])
def test_only_the_maker_and_the_owner_change_a_run(home, state, change):
    def run_of_ann() -> str:
        with asking(ANN):
            run = open_store().add_run("train", {}, "run", "experiment")
        open_store().move(run.id, [QUEUED], state)
        return "experiment" if change.__module__ == "tlcore.runs.experiments" else run.id

    id = run_of_ann()
    before = open_store().runs()
    for stranger in (asking(BEN), _nobody()):
        with stranger, pytest.raises(AccessError, match="somebody else"):
            change(id)
    assert open_store().runs() == before
    with asking(ANN):
        change(id)
    change(run_of_ann())


def test_what_the_owner_has_made_is_nobody_elses(home):
    run = client.submit("train", {}, "run")
    with asking(""):
        assert asker().is_owner
    for stranger in (asking(BEN), _nobody()):
        with stranger, pytest.raises(AccessError):
            client.stop(run.id)


def test_only_the_maker_and_the_owner_delete_and_restore_a_dataset(home):
    with asking(ANN):
        id = import_dataset("rendered", OBJECTS).id
    import_dataset("rendered", OBJECTS)  # the same again does not change hands
    version = new_version(open_dataset(id), removed=[0]).id
    with asking(BEN):
        for one in (id, version):
            with pytest.raises(AccessError):
                client.delete_unused_dataset(one)
    with asking(ANN):
        client.delete_unused_dataset(id)
        with pytest.raises(AccessError):
            client.delete_unused_dataset(version)
    with asking(BEN), pytest.raises(AccessError):
        restore_dataset(id)
    restore_dataset(id)
    assert id in dataset_ids() and maker_of(id) == ANN


def test_a_worker_works_in_the_name_of_who_asked(home, tmp_path):
    with asking(ANN):
        example = client.submit("example", {}, "example")
        secret = client.submit("import", {"source": "folder", "options": {"path": str(tmp_path)}}, "import")
    assert execute(example.id) and execute(secret.id)
    done = open_store().run(example.id)
    assert done.state == FINISHED, done.error
    runs = experiments.runs_of(done.result["experiment"])
    assert {run.visitor for run in runs} == {ANN}
    assert maker_of(runs[0].plan["dataset"]) == ANN
    refused = open_store().run(secret.id)
    assert refused.state == FAILED and "open to visitors" in refused.error["message"]


def test_nobody_queues_anything(home):
    with _nobody(), pytest.raises(AccessError, match="access code"):
        client.submit("train", {}, "run")
    assert open_store().runs() == []


def test_a_visitor_has_a_share_of_the_machine(home, monkeypatch):
    monkeypatch.setenv("TLCORE_VISITOR_RUNS", "2")
    monkeypatch.setenv("TLCORE_VISITOR_BYTES", "1000")
    settings.cache_clear()
    with asking(ANN):
        first, second = (client.submit("train", {}, "run") for _ in range(2))
        with pytest.raises(AccessError, match="at most 2 runs"):
            client.submit("train", {}, "run")
        client.stop(first.id)
        with pytest.raises(AccessError, match="at most 2 runs"):
            experiments.launch("strategies", {"a": None, "b": None})
        client.resume(first.id)
        client.stop(second.id)
        second.folder.mkdir(parents=True)
        (second.folder / "log.txt").write_bytes(bytes(1000))
        with pytest.raises(AccessError, match="GB"):
            client.retry(second.id)
    with asking(BEN):
        client.retry(second.id)
    for _ in range(3):
        client.submit("train", {}, "run")
    assert len(open_store().runs(states=[QUEUED])) == 5 and open_store().run(second.id).state == STOPPED
