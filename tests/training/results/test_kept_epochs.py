"""What is kept of each epoch: it is what the run ends with, changes nothing, survives kills, and stays small."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tlcore.inference.networks.prepared import MODEL_FILE, PREPARED, load_prepared
from tlcore.jobs import Monitor, Stopped
from tlcore.training.jobs import train
from tlcore.training.plans.fields import EXACT
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.results import kept_epochs
from tlcore.training.results.evaluation import load_predictions
from tlcore.training.results.kept_epochs import UNDECIDED, EpochKeeper, load_epochs


def execute(plan: TrainingPlan, folder, stop_after: int = 1000) -> tuple[dict, list[dict]]:
    epochs: list[dict] = []

    def emit(event: dict) -> None:
        if event["kind"] == "epoch":
            epochs.append({name: value for name, value in event.items() if name != "seconds"})

    return train(plan.to_json(), folder, Monitor(emit, lambda: len(epochs) >= stop_after)), epochs


def scratch(dataset: str, **values) -> TrainingPlan:
    fields = {"backbone": "LeNet5", "weights": "none", "strategy": "scratch", "input_size": 32, "batch_size": 8}
    return TrainingPlan(dataset=dataset, **{**fields, "epochs": 4, **values})


def exact(dataset: str, **values) -> TrainingPlan:
    fields = {"backbone": "EfficientNetLite0", "weights": "package", "input_size": 64, "optimizer": EXACT}
    return TrainingPlan(dataset=dataset, **{**fields, "normalize": True, **values})


def check_end(result: dict, folder) -> None:
    """What was kept after the epoch that was chosen is what the finished network says of the test images."""
    kept, final = load_epochs(folder), load_predictions(folder / "predictions.npz", "test")
    [row] = np.flatnonzero(kept.epochs == result["chosen"])
    assert np.array_equal(kept.indices, final.indices) and np.array_equal(kept.labels, final.labels)
    assert np.array_equal(kept.answers[row], final.predicted)
    np.testing.assert_allclose(kept.probabilities[row], final.probabilities, atol=1e-3)
    assert kept.confusions()[row].tolist() == result["confusion"]


@pytest.mark.slow
@pytest.mark.parametrize("values", [{}, {"epochs": 12, "early_stopping": 1, "learning_rate": 0.03}])
def test_the_chosen_epoch_is_what_the_run_ends_with(objects, tmp_path, values):
    result, epochs = execute(scratch(objects, **values), tmp_path)
    losses = [epoch["validation_loss"] for epoch in epochs]
    assert result["chosen"] == (1 + int(np.argmin(losses)) if values else len(epochs))
    assert bool(values) == (result["chosen"] < len(epochs))  # otherwise the second plan shows nothing
    check_end(result, tmp_path)
    assert load_epochs(tmp_path).epochs[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize("early_stopping", [0, 1])
def test_the_passes_of_an_exact_head_are_kept(objects, tmp_path, early_stopping):
    result, epochs = execute(exact(objects, early_stopping=early_stopping), tmp_path)
    kept = load_epochs(tmp_path)
    assert (kept.answers[0] == UNDECIDED).all() and not kept.confusions()[0].any()
    assert len(kept.epochs) > 3 and kept.epochs[-1] == len(epochs)
    check_end(result, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("make", [scratch, exact])
def test_looking_at_test_images_changes_nothing(objects, tmp_path, make, monkeypatch):
    plan = make(
        objects,
        early_stopping=2,
        **({"head": "new", "dropout": 0.3, "weight_averaging": 0.9} if make is scratch else {}),
    )
    with_them, curve = execute(plan, tmp_path / "with")
    monkeypatch.setattr(EpochKeeper, "look", lambda *arguments: None)
    without, same = execute(plan, tmp_path / "without")
    # The last state is kept in any case, from the final predictions.
    assert load_epochs(tmp_path / "without").epochs.tolist() == [without["chosen"]]
    assert len(load_epochs(tmp_path / "with").epochs) > 2
    assert json.dumps(curve) == json.dumps(same)
    assert with_them["chosen"] == without["chosen"]
    for part in ("train", "validation", "test"):
        found, expected = (load_predictions(tmp_path / name / "predictions.npz", part) for name in ("with", "without"))
        assert found.probabilities.tobytes() == expected.probabilities.tobytes()
    weights = _weights(tmp_path / "with")
    assert weights and weights == _weights(tmp_path / "without")


def _weights(folder):
    """The bytes of all trained arrays."""
    from tlcore.inference.jobs import load_saved_network

    if (folder / MODEL_FILE).is_file():
        return [array.tobytes() for array in load_saved_network(folder / MODEL_FILE).get_weights()]
    layers = load_prepared(folder / PREPARED).head.layers
    return [array.tobytes() for layer in layers for array in vars(layer).values() if isinstance(array, np.ndarray)]


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on_with_what_was_kept(objects, tmp_path):
    plan = scratch(objects, epochs=4)
    execute(plan, tmp_path / "whole")
    with pytest.raises(Stopped):
        execute(plan, tmp_path / "broken", stop_after=2)
    execute(plan, tmp_path / "broken")
    whole, broken = load_epochs(tmp_path / "whole"), load_epochs(tmp_path / "broken")
    assert broken.epochs.tolist() == whole.epochs.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(broken.probabilities, whole.probabilities, atol=2e-3)


def keeper(folder, images=20, classes=3, planned=10, done=0) -> EpochKeeper:
    kept = EpochKeeper(folder, np.arange(images) + 5, np.arange(images + 5) % classes, classes, done)
    kept.begin(done, planned)
    return kept


def answers(images=20, classes=3, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(classes), images)


def test_another_attempt_forgets_what_came_after_its_checkpoint_or_all(tmp_path):
    first = keeper(tmp_path)
    for epoch in range(4):
        first.look(epoch, lambda: answers())
        first.write()
    keeper(tmp_path, done=2)
    assert load_epochs(tmp_path).epochs.tolist() == [0, 1, 2]
    keeper(tmp_path)
    assert load_epochs(tmp_path) is None


def test_no_epoch_is_left_out_for_the_many_passes_before_it(tmp_path):
    kept = keeper(tmp_path, planned=150)  # more than are kept one by one
    for epoch in range(10):
        kept.look(epoch, lambda: answers())
    kept.begin(9, 4)
    for epoch in range(10, 14):
        kept.look(epoch, lambda: answers())
    kept.write()
    assert load_epochs(tmp_path).epochs.tolist() == [0, 2, 4, 6, 8, 10, 11, 12, 13]


def test_what_the_first_look_after_a_resume_costs_leaves_no_epoch_out(tmp_path, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(kept_epochs.time, "perf_counter", lambda: clock[0])

    def predict():
        clock[0] += 1.0 if clock[0] == 0 else 0.01  # the first prepares things
        return answers()

    kept = keeper(tmp_path, done=2)
    for epoch in range(3, 6):
        kept.look(epoch, predict, 1.0)
    kept.write()
    assert load_epochs(tmp_path).epochs.tolist() == [3, 4, 5]


def test_a_damaged_file_takes_only_its_own_epoch_along(tmp_path):
    kept = keeper(tmp_path)
    for epoch in range(3):
        kept.look(epoch, lambda: answers())
        kept.write()
    path = tmp_path / "epochs" / "00001.npz"
    path.write_bytes(path.read_bytes()[:-40])
    assert load_epochs(tmp_path).epochs.tolist() == [0, 2]


def test_rounding_never_changes_an_answer(tmp_path):
    close = np.array([[0.49999, 0.50001], [0.50001, 0.49999], [0.5, 0.5]])
    kept = EpochKeeper(tmp_path, np.arange(3), np.zeros(3, int), 2)
    kept.look(0, lambda: close)
    kept.write()
    assert load_epochs(tmp_path).answers.tolist() == [[1, 0, UNDECIDED]]


def test_many_images_classes_and_epochs_stay_within_the_bound(tmp_path):
    kept = keeper(tmp_path, images=3000, classes=200, planned=1000)
    for epoch in range(1001):
        kept.look(epoch, lambda: answers(len(kept.images), 200))
        kept.write()
    found = load_epochs(tmp_path)
    assert len(found.epochs) <= kept_epochs.MOST_EPOCHS + 1
    assert found.probabilities[0].size <= kept_epochs.MOST_PROBABILITIES
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.npz")) < 23e6


def test_epochs_are_left_out_where_looking_costs_much_and_the_last_is_kept_all_the_same(tmp_path, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(kept_epochs.time, "perf_counter", lambda: clock[0])

    def predict():
        clock[0] += 0.2
        return answers()

    kept = keeper(tmp_path, planned=11)
    for epoch in range(12):  # of one second each: a fifth is four times what may be spent
        kept.look(epoch, predict, 1.0 if epoch else 0.0)
    kept.write()
    assert load_epochs(tmp_path).epochs.tolist() == [0, 1, 5, 9]
    from tlcore.training.results.evaluation import Predictions

    last = answers(seed=1).astype(np.float32)
    kept.complete(11, Predictions(np.arange(20) + 5, np.zeros(20, int), last))
    found = load_epochs(tmp_path)
    assert found.epochs.tolist() == [0, 1, 5, 9, 11]
    assert np.array_equal(found.answers[-1], last.argmax(axis=1))
