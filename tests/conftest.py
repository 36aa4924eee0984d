"""Every test has a home, a store and a Keras folder of its own, and no network."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import psutil
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from tlcore import guard
from tlcore.runs.execution.dispatcher import dispatcher_lease
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
    if any(name.startswith("TLCORE_MAX_") for name in os.environ):
        _end_readers()
    _end_processes(folder)
    settings.cache_clear()


@pytest.fixture
def damaged_store(home):
    """A store file of bytes that are no database."""
    home.mkdir()
    (home / "studio.sqlite").write_bytes(os.urandom(20_000))
    yield home / "studio.sqlite"
    (home / "studio.sqlite").unlink()  # nobody can look for a dispatcher in it


@pytest.fixture(scope="session")
def postgresql_server():
    """A PostgreSQL server of the tests' own; those that ask for it are skipped where it is not installed."""
    from tests.postgresql import server_or_skip

    server = server_or_skip()
    yield server
    server.remove()


@pytest.fixture
def postgresql(home, postgresql_server, monkeypatch):
    """The address of an empty PostgreSQL database, which the settings name as the store."""
    from tlcore.runs.database.engine import open_engine

    address = postgresql_server.address(postgresql_server.new_database())
    monkeypatch.setenv("TLCORE_STORE", address)
    settings.cache_clear()
    yield address
    _end_processes(home)
    open_engine(address).dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def each_store(request, home):
    """A test that asks for it runs with either database as the store; gives the name of the one in force."""
    if request.param == "postgresql":
        request.getfixturevalue("postgresql")
    return request.param


def _end_readers() -> None:
    """End the children that read files: one that was started under a test's limits would keep them for the next."""
    idle = guard._children._idle
    for _ in range(idle.qsize()):
        child = idle.get_nowait()
        if child is not None:
            child.close()
        idle.put(None)


def _end_processes(home: Path) -> None:
    """End the dispatcher and the workers of a home, also a dispatcher that has no lease yet."""
    if not (home / "logs").is_dir():
        return
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            is_one = not {"dispatch", "worker"}.isdisjoint(process.cmdline())
            if is_one and process.environ().get("TLCORE_HOME") == str(home):
                process.kill()


def end_dispatcher() -> None:
    """End the dispatcher of the home in force; its workers end once they have nothing to do."""
    holder = dispatcher_lease().holder()
    if holder is not None:
        holder.kill()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real photos and weights; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("TLCORE_TEST_DATA", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("needs real photos and weights: set TLCORE_TEST_DATA to their folder")
    return folder


@pytest.fixture
def objects(home):
    """The id of a small rendered dataset: five objects, twelve pictures each, 64 pixels."""
    from tlcore.datasets.importer import import_dataset

    return import_dataset("rendered", {"images_per_class": 12, "size": 64, "seed": 3}, "objects").id


@pytest.fixture
def two_classes(home, tmp_path):
    """The id of a dataset of noise: 60 pictures "cat" and 60 "dog", 18 of them for tests."""
    import numpy as np
    from PIL import Image

    from tlcore.datasets.importer import import_dataset

    random = np.random.default_rng(0)
    for name in ("cat", "dog"):
        folder = tmp_path / "photos" / name
        folder.mkdir(parents=True)
        for number in range(60):
            Image.fromarray(random.integers(0, 256, (32, 32, 3), np.uint8)).save(folder / f"{number}.png")
    return import_dataset("folder", {"path": str(tmp_path / "photos")}, "noise").id


@pytest.fixture
def finished_run(home):
    """A function that puts a finished run into the store: with known answers, as if it had been trained."""
    import numpy as np

    from tlcore.datasets.dataset import open_dataset
    from tlcore.datasets.splits import PARTS
    from tlcore.runs.run import FINISHED, QUEUED
    from tlcore.runs.store import open_store
    from tlcore.training.plans.plan import plan_from_json
    from tlcore.training.results.evaluation import PREDICTIONS_FILE, Predictions, save_predictions

    def make(dataset_id: str, strategy: str = "frozen", wrong: tuple = (), name: str = "", **fields):
        """`wrong` names positions within the test part whose answer is the next class."""
        defaults = {"scratch": {"weights": "none"}, "fine_tune": {"first_trainable": "block_11_expand_BN"}}
        plan = plan_from_json({"dataset": dataset_id, "strategy": strategy, **defaults.get(strategy, {}), **fields})
        dataset = open_dataset(dataset_id)
        parts, number = plan.split(dataset), len(dataset.classes)
        predictions = {}
        for part in PARTS:
            indices = getattr(parts, part)
            labels = dataset.labels[indices]
            answers = labels.copy()
            if part == "test":
                answers[list(wrong)] = (answers[list(wrong)] + 1) % number
            sure = np.linspace(0.6, 0.99, len(indices), dtype=np.float32)
            probabilities = np.repeat((1 - sure)[:, None] / (number - 1), number, axis=1)
            probabilities[np.arange(len(indices)), answers] = sure
            predictions[part] = Predictions(indices, labels, probabilities)
        store = open_store()
        run = store.add_run("train", plan.to_json(), name or f"{strategy} run")
        for epoch in range(1, 4):
            payload = {"epoch": epoch, "phase": "Training the head", "seconds": 0.5, "learning_rate": 1e-3}
            for part in ("train", "validation"):
                payload |= {f"{part}_loss": 1 / epoch, f"{part}_accuracy": 1 - 0.5 / epoch}
            store.add_event(run.id, "epoch", payload)
        run.folder.mkdir(parents=True)
        save_predictions(run.folder / PREDICTIONS_FILE, predictions)
        result = {
            "classes": list(dataset.classes),
            "scores": {part: predictions[part].score().to_json() for part in PARTS},
            "confusion": predictions["test"].confusion().tolist(),
            "split": parts.digest,
            "split_words": parts.sentence,
            "verified": {"images": len(parts.test), "of": len(parts.test), "difference": 0.0},
            "epochs": 3,
            "costs": {"preparing": 1.0, "features": 0.5, "training": 1.5, "evaluation": 0.25, "saving": 0.75},
            "reused": {"images": 0, "runs": []},
            "seconds": 4.0,
            "trainable": 1281,
            "frozen": 2223872,
        }
        store.move(run.id, [QUEUED], FINISHED, result=result)
        return store.run(run.id)

    return make
