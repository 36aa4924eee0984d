"""Runs with an exact head: light, without TensorFlow, and the same network as a whole."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.errors import PlanError
from tlcore.inference.networks.prepared import PREPARED, load_prepared
from tlcore.jobs import SILENT, Monitor, Stopped
from tlcore.training.features.phase import PhaseFeatures
from tlcore.training.jobs import train
from tlcore.training.plans.fields import EXACT
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.results.evaluation import load_predictions
from tlcore.training.results.verification import answers_of


def exact_plan(dataset: str, **values) -> TrainingPlan:
    fields = {"backbone": "EfficientNetLite0", "weights": "package", "input_size": 64, "optimizer": EXACT}
    return TrainingPlan(dataset=dataset, **{**fields, "normalize": True, **values})


def run(plan: TrainingPlan, folder) -> tuple[dict, list[dict]]:
    events: list[dict] = []
    result = train(plan.to_json(), folder, Monitor(events.append))
    return result, [event for event in events if event["kind"] == "epoch"]


def test_a_light_run_needs_no_tensorflow(objects, tmp_path):
    code = (
        "import json, sys\nfrom pathlib import Path\n"
        "from tlcore.jobs import Monitor\nfrom tlcore.training.jobs import train\n"
        "events = []\n"
        f"result = train(json.loads(sys.argv[1]), Path({str(tmp_path / 'run')!r}), Monitor(events.append))\n"
        "loaded = [name for name in ('tensorflow', 'keras') if name in sys.modules]\n"
        "print(json.dumps([loaded, result['scores']['test'], sum(event['kind'] == 'epoch' for event in events)]))"
    )
    plan = json.dumps(exact_plan(objects).to_json())
    done = subprocess.run([sys.executable, "-c", code, plan], capture_output=True, text=True, timeout=120)
    loaded, score, epochs = json.loads(done.stdout.splitlines()[-1])
    assert loaded == [] and epochs > 3
    assert score["correct"] > score["images"] / 2
    assert sum(file.stat().st_size for file in (tmp_path / "run").rglob("*") if file.is_file()) < 200_000


def test_the_head_on_its_feature_part_and_the_whole_network_give_the_stored_answers(objects, tmp_path):
    from tlcore.images.preprocess import preprocess
    from tlcore.training.networks.trained_network import load_network

    plan, dataset = exact_plan(objects, pooling="max"), open_dataset(objects)
    result, _ = run(plan, tmp_path)
    stored = load_predictions(tmp_path / "predictions.npz", "test")
    squares = np.stack([_square(dataset, index) for index in stored.indices])
    found = answers_of(load_prepared(tmp_path / PREPARED))(squares)
    np.testing.assert_allclose(found, stored.probabilities, atol=1e-5)
    whole = np.asarray(load_network(tmp_path, plan, 5)(preprocess(squares, "lite"), training=False))
    np.testing.assert_allclose(whole, stored.probabilities, atol=1e-3)
    assert result["trainable"] == 1280 * 5 + 5
    assert result["solver"]["passes"] == result["epochs"] > 3


def _square(dataset, index) -> np.ndarray:
    from tlcore.images.resize import resize

    return resize(dataset.image(int(index)), 64, 64, "stretch")


def test_changed_copies_are_further_rows(objects, tmp_path):
    plan = exact_plan(objects, augmentation="light", augmented_views=2)
    dataset = open_dataset(objects)
    parts = plan.split(dataset)
    features = PhaseFeatures(plan, dataset, parts, plan.phases()[0], SILENT)
    copies = list(features.all_copies())
    assert [len(copy) for copy in copies] == [len(parts.train)] * 3
    assert np.array_equal(copies[0], features.take(parts.train))
    assert not np.allclose(copies[0], copies[1]) and not np.allclose(copies[1], copies[2])
    _, epochs = run(plan, tmp_path)
    assert epochs[-1]["train_loss"] < epochs[0]["train_loss"]


def test_a_stopped_run_comes_to_the_same(objects, tmp_path):
    plan, events = exact_plan(objects), []

    def stop() -> bool:
        return sum(event["kind"] == "epoch" for event in events) >= 3

    with pytest.raises(Stopped):
        train(plan.to_json(), tmp_path / "stopped", Monitor(events.append, stop))
    again, _ = run(plan, tmp_path / "stopped")
    fresh, _ = run(plan, tmp_path / "fresh")
    assert again["scores"] == fresh["scores"]


def test_early_stopping_keeps_the_best_pass(objects, tmp_path):
    result, epochs = run(exact_plan(objects, early_stopping=1), tmp_path)
    losses = [epoch["validation_loss"] for epoch in epochs]
    assert result["scores"]["validation"]["loss"] == pytest.approx(min(losses), abs=1e-5)


@pytest.mark.slow
def test_fine_tuning_begins_with_the_exact_head(objects, tmp_path):
    values = {"strategy": "fine_tune", "first_trainable": "block7a_expand_conv", "warmup_epochs": 1, "epochs": 2}
    frozen, _ = run(exact_plan(objects), tmp_path / "frozen")
    result, epochs = run(exact_plan(objects, fine_tune_learning_rate=1e-8, **values), tmp_path / "tuned")
    assert [epoch["phase"] for epoch in epochs][-2:] == ["Warming up the head", "Fine-tuning"]
    # With a rate of next to nothing it stays where the head began.
    assert result["scores"]["test"]["correct"] == frozen["scores"]["test"]["correct"]
    assert result["scores"]["test"]["loss"] == pytest.approx(frozen["scores"]["test"]["loss"], abs=1e-3)


@pytest.mark.parametrize(
    "values",
    [
        {"strategy": "scratch", "weights": "none"},
        {"hidden_units": (8,)},
        {"dropout": 0.2},
        {"mixup": 0.2},
        {"weight_averaging": 0.9},
        {"head": "own", "normalize": False},
        {"augmentation": "light", "augmented_views": 0},
        {"strategy": "full"},
    ],
    ids=str,
)
def test_what_does_not_go_with_it_is_said(values):
    with pytest.raises(PlanError) as caught:
        exact_plan("a-1", **values)
    [problem] = caught.value.problems
    assert "adam" in problem.mend or "another" in problem.mend or "at least 1" in problem.mend
