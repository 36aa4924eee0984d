"""A job of every kind that is asked to stop is stored as stopped, whenever it is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.lessons.ready import READY
from tlcore.lessons.teaching import make_lesson
from tlcore.runs.execution import worker
from tlcore.runs.kinds import JOBS, JobKind
from tlcore.runs.run import STOPPED
from tlcore.runs.store import open_store
from tlcore.training.plans.defaults import suggest_plan
from tlcore.zoo.catalog import find

pytestmark = pytest.mark.slow

NETWORK = "LeNet5"


@pytest.fixture
def trained(objects, finished_run) -> str:
    """The id of a finished run whose network is a file."""
    from tlcore.training.networks.assembly import assemble
    from tlcore.training.plans.plan import plan_from_json

    run = finished_run(objects, "scratch", backbone=NETWORK, input_size=32)
    assemble(plan_from_json(run.plan), 5).save(run.folder / "model.keras")
    return run.id


@pytest.fixture
def weights(tmp_path) -> Path:
    """A weights file."""
    from tlcore.zoo.build import build

    build(find(NETWORK)).save_weights(tmp_path / "lenet.weights.h5")
    return tmp_path / "lenet.weights.h5"


@pytest.fixture
def lesson(objects, monkeypatch) -> str:
    """A lesson that is not prepared; nobody is there to do that meanwhile."""
    with monkeypatch.context() as patch:
        patch.setattr("tlcore.lessons.teaching._queue_job", lambda *_: None)
        choices = {"images_per_class": (2, 1), "split_seed": (1, 2)}
        return make_lesson(READY.find("few"), objects, 60, choices=choices).id


@pytest.fixture
def plans(objects, trained, weights, finished_run, lesson) -> dict[str, dict]:
    """What to ask of each kind of job."""
    training = suggest_plan(open_dataset(objects), "scratch", NETWORK)
    light = {"backbone": "EfficientNetLite0", "weights": "package", "input_size": 32}
    return {
        "train": training,
        "verify": {"run": trained},
        "judge": {"run": finished_run(objects, "frozen", **light).id},
        "search": {"dataset": objects, "seconds": 5},
        "find_rate": training,
        "advise": {"dataset": objects},
        "map": {"dataset": objects},
        "prepare": {"architecture": NETWORK, "weights": str(weights)},
        "preview": {"source": "rendered", "options": {"images_per_class": 4, "size": 32}},
        "import": {"source": "rendered", "options": {"images_per_class": 4, "size": 32}, "name": "more"},
        "teach": {"source": "rendered", "options": {"images_per_class": 4, "size": 32}, "name": "taught"},
        "version": {"parent": objects, "relabeled": {}, "removed": [0]},
        "example": {},
        "export": {"run": trained, "int8": False},
        "web_page": {"run": trained, "int8": False},
        "lesson": {"lesson": lesson},
        "changes": {"run": trained},
        "table": {"architecture": NETWORK, "input_size": 64, "classes": 3},
    }


def end_of(kind: str, plan: dict, stop_at: tuple[type, str], monkeypatch) -> str:
    """Execute a job that is asked to stop when something is called for the first time; return its last state."""
    store = open_store()
    run = store.add_run(kind, plan, "a job")
    owner, name = stop_at
    original = getattr(owner, name)

    def stop_first(*arguments, **options):
        if not store.run(run.id).has_ended:
            store.request_stop(run.id)
        return original(*arguments, **options)

    monkeypatch.setattr(worker, "_STOP_CHECK_SECONDS", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, stop_first)
        assert worker.execute(run.id)
    return store.run(run.id).state


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_a_stopped_job_of_every_kind_is_stored_as_stopped(job, plans, monkeypatch):
    runs = len(open_store().runs())
    assert end_of(job.name, plans[job.name], (JobKind, "load"), monkeypatch) == STOPPED
    assert end_of(job.name, plans[job.name], (worker.Reporter, "emit"), monkeypatch) == STOPPED
    assert len(open_store().runs()) == runs + 2, "nothing more was queued"
