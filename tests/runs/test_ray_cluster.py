"""Runs on a real Ray cluster of three nodes on this machine; skipped where Ray is not installed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from tests.ray_nodes import RayNodes
from tlcore.jobs import SILENT
from tlcore.runs import client
from tlcore.runs import run as states
from tlcore.runs.execution.ray_cluster import configured_cluster
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.training.results.evaluation import PREDICTIONS_FILE

FROZEN = {"backbone": "EfficientNetLite0", "weights": "package", "input_size": 64, "epochs": 2, "strategy": "frozen"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        importlib.util.find_spec("ray") is None, reason="needs Ray: pip install '.[cluster]' into this environment"
    ),
]


@pytest.fixture(scope="module")
def ray_nodes():
    """A cluster of two nodes with one processor each."""
    nodes = RayNodes(2)
    yield nodes
    nodes.remove()


@pytest.fixture
def on_ray(ray_nodes, home, monkeypatch, tmp_path):
    """The settings that let the cluster execute runs."""
    monkeypatch.setenv("TLCORE_EXECUTOR", "ray")
    monkeypatch.setenv("TLCORE_RAY_ADDRESS", ray_nodes.address)
    monkeypatch.setenv("TLCORE_RAY_PROCESSORS", "1")
    monkeypatch.setenv("TLCORE_CACHES", str(tmp_path / "node"))
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(ray_nodes.token))
    settings.cache_clear()


def _predictions(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / PREDICTIONS_FILE) as found:
        return {name: found[name] for name in found.files}


def test_frozen_runs_on_a_cluster_give_the_predictions_of_this_machine(on_ray, objects, tmp_path):
    from tlcore.training.jobs import train

    runs = [client.submit("train", FROZEN | {"dataset": objects, "seed": seed}, f"seed {seed}") for seed in (1, 2, 3)]
    ended = [client.wait(run.id) for run in runs]
    assert [run.state for run in ended] == [states.FINISHED] * 3, [run.error for run in ended]
    nodes = {job.id.split("-")[0]: job for job in configured_cluster().jobs() if job.labels}
    assert {run.id for run in runs} <= set(nodes)
    shutil.rmtree(tmp_path / "node")  # nothing that the cluster computed serves here
    for seed, run in zip((1, 2, 3), ended, strict=True):
        folder = tmp_path / f"here-{seed}"
        train(run.plan, folder, SILENT)
        ours, theirs = _predictions(folder), _predictions(run.folder)
        assert ours.keys() == theirs.keys()
        for name, values in ours.items():
            np.testing.assert_array_equal(theirs[name], values, err_msg=name)


def test_a_killed_job_is_interrupted_and_resumes(on_ray, objects):
    plan = {**FROZEN, "dataset": objects, "strategy": "scratch", "weights": "none", "epochs": 40}
    run = client.submit("train", plan, "long")
    store = open_store()
    deadline = time.monotonic() + 240
    while not any(event.kind == "epoch" for event in store.events(run.id)) and time.monotonic() < deadline:
        time.sleep(0.2)
    os.kill(store.run(run.id).worker["pid"], signal.SIGKILL)
    ended = client.wait(run.id)
    assert ended.state == states.INTERRUPTED, ended.error
    done = max(event.payload["epoch"] for event in store.events(run.id) if event.kind == "epoch")
    client.resume(run.id)
    while store.run(run.id).token == ended.token and time.monotonic() < deadline:
        time.sleep(0.2)
    client.stop(run.id)
    stopped = client.wait(run.id)
    assert stopped.state == states.STOPPED, stopped.error
    epochs = [event.payload["epoch"] for event in store.events(run.id) if event.kind == "epoch"]
    assert epochs == sorted(set(epochs)) and done in epochs
