"""Real runs of a small network: what is trained, what stays, and that the parts add up to the whole."""

from __future__ import annotations

import numpy as np
import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.jobs import Monitor
from tlcore.storage.caches import cache_folder
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import TrainingPlan, plan_from_json
from tlcore.training.results.evaluation import load_predictions

pytestmark = pytest.mark.slow

SIZE = 64
AUGMENTED = {"augmentation": "light", "schedule": "one_cycle"}


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Random weights of the smallest MobileNet in a file, as stand-in for pretrained ones."""
    from tlcore.zoo.build import build
    from tlcore.zoo.catalog import find

    path = tmp_path_factory.mktemp("weights") / "mobilenet.weights.h5"
    build(find("MobileNet025"), input_size=SIZE, include_top=False).save_weights(path)
    return str(path)


def execute(plan: TrainingPlan, folder, stop_after: int | None = None) -> tuple[dict, list[dict]]:
    """Execute a plan in this process; returns the result and all events but progress."""
    from tlcore.training.jobs import train

    events: list[dict] = []

    def should_stop() -> bool:
        return stop_after is not None and sum(event["kind"] == "epoch" for event in events) >= stop_after

    result = train(plan.to_json(), folder, Monitor(events.append, should_stop))
    return result, [event for event in events if event["kind"] != "progress"]


def plan_for(objects: str, weights: str, **values) -> TrainingPlan:
    return TrainingPlan(
        dataset=objects, backbone="MobileNet025", weights=weights, input_size=SIZE, batch_size=8, **values
    )


def test_a_frozen_run_trains_its_head_only_and_keeps_its_predictions(objects, weights, tmp_path):
    from tlcore.training.networks.trained_network import load_network

    result, events = execute(plan_for(objects, weights, epochs=3), tmp_path)
    assert result["trainable"] == 256 * 5 + 5
    assert [event["epoch"] for event in events if event["kind"] == "epoch"] == [1, 2, 3]
    predictions = load_predictions(tmp_path / "predictions.npz", "test")
    assert predictions.score().to_json() == result["scores"]["test"]
    # The whole network agrees with the parts that are kept: LiteRT features below, the trained head above.
    model = load_network(tmp_path, plan_for(objects, weights), 5)
    dataset = open_dataset(objects)
    from tlcore.images.preprocess import preprocess
    from tlcore.images.resize import resize

    photos = np.stack([resize(dataset.image(int(i)), SIZE, SIZE, "stretch") for i in predictions.indices])
    whole = model.predict(preprocess(photos, "tf"), verbose=0)
    assert whole == pytest.approx(predictions.probabilities, abs=1e-4)
    assert not np.array_equal(model.get_layer("head_output").kernel, np.zeros((256, 5)))
    # Kept are the head and the predictions, also epoch by epoch; no network and no checkpoint.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["epochs", "home", "predictions.npz", "prepared.1"]
    assert sorted(path.name for path in (tmp_path / "prepared.1").glob("[!.]*")) == [
        "card.json",
        "complete.json",
        "head.npz",
    ]


@pytest.mark.parametrize("strategy", ["frozen", "scratch", "full"])
def test_weights_and_batch_statistics_move_only_where_they_must(strategy, objects, weights, tmp_path):
    from tlcore.training.networks.assembly import assemble
    from tlcore.training.networks.trained_network import load_network

    plan = plan_for(objects, "none" if strategy == "scratch" else weights, strategy=strategy, epochs=1)
    execute(plan, tmp_path)
    before, after = assemble(plan, 5), load_network(tmp_path, plan, 5)
    moved = {"weights": 0, "statistics": 0}
    for old, new in zip(before.layers, after.layers, strict=True):
        if old.name.startswith("head_") or not old.weights:
            continue
        trained = len(old.trainable_weights)
        same = [np.array_equal(*pair) for pair in zip(old.get_weights(), new.get_weights(), strict=True)]
        moved["weights"] += sum(not value for value in same[:trained])
        moved["statistics"] += sum(not value for value in same[trained:])
    assert (moved["weights"] > 0) == (strategy != "frozen")
    # A pretrained network keeps the statistics that it was pretrained with, however much of it is trained.
    assert (moved["statistics"] > 0) == (strategy == "scratch")


def test_fine_tuning_warms_up_then_changes_only_the_upper_layers(objects, weights, tmp_path):
    import keras

    from tlcore.zoo.build import build
    from tlcore.zoo.catalog import find

    plan = plan_for(
        objects,
        weights,
        strategy="fine_tune",
        first_trainable="conv_dw_11",
        warmup_epochs=1,
        epochs=3,
        schedule="cosine",
        layer_decay=0.5,
    )
    result, events = execute(plan, tmp_path)
    phases = [event["phase"] for event in events if event["kind"] == "epoch"]
    assert phases == ["Warming up the head", "Fine-tuning", "Fine-tuning"]
    _, first, last = (event["learning_rate"] for event in events if event["kind"] == "epoch")
    assert plan.fine_tune_learning_rate > first > last > 0
    trained = keras.models.load_model(tmp_path / "model.keras")
    original = build(find("MobileNet025"), input_size=SIZE, include_top=False)
    original.load_weights(weights)
    names = [layer.name for layer in original.layers]
    changed = {
        name
        for name in names
        for before, after in zip(
            original.get_layer(name).trainable_weights, trained.get_layer(name).trainable_weights, strict=False
        )
        if not np.array_equal(before, after)
    }
    assert changed
    assert min(map(names.index, changed)) >= names.index("conv_dw_11")
    # BatchNormalization keeps the statistics that it was pretrained with.
    before, after = (model.get_layer("conv_pw_13_bn").get_weights() for model in (original, trained))
    assert np.array_equal(before[2], after[2])
    assert np.array_equal(before[3], after[3])
    assert result["trainable"] > 256 * 5 + 5


def test_three_epochs_take_the_curve_of_plain_keras(objects, tmp_path, monkeypatch):
    import keras

    from tlcore.training.networks import learner

    fields = {"input_size": 96, "warmup_epochs": 0, "epochs": 3, "optimizer": "adam", "fine_tune_learning_rate": 3e-5}
    plan = plan_from_json(suggest_plan(open_dataset(objects), "fine_tune", "EfficientNetLite0", fields))

    def curve(folder: str) -> list[float]:
        _, events = execute(plan, tmp_path / folder)
        return [event["validation_loss"] for event in events if event["kind"] == "epoch"]

    quick = curve("quick")
    monkeypatch.setattr(learner, "quicken", lambda model, learns_statistics: model)
    monkeypatch.setitem(learner._OPTIMIZERS, "adam", keras.optimizers.Adam)
    assert quick == pytest.approx(curve("plain"), abs=1e-3)
    assert max(quick) - min(quick) > 0.02


def test_layers_that_are_fine_tuned_take_new_statistics_if_asked_to(weights):
    from tlcore.training.networks.assembly import assemble, set_trainable, split_network
    from tlcore.training.networks.learner import Learner

    plan = plan_for(
        "a-1", weights, strategy="fine_tune", first_trainable="conv_dw_12", learn_statistics=True, layer_decay=0.5
    )
    phase = plan.phases()[-1]
    model = assemble(plan, classes=2)
    set_trainable(model, plan, phase)
    network = split_network(model, plan, phase)
    learner = Learner(plan, phase, network, classes=2)
    means = {name: model.get_layer(name).moving_mean for name in ("conv_dw_11_bn", "conv_pw_13_bn")}
    before = {name: mean.numpy() for name, mean in means.items()}
    features = np.random.default_rng(0).random((8, *network.body.inputs[0].shape[1:]), np.float32)
    learner.learn(features, np.arange(8) % 2, np.ones(8, np.float32))
    assert np.array_equal(means["conv_dw_11_bn"].numpy(), before["conv_dw_11_bn"])
    assert not np.array_equal(means["conv_pw_13_bn"].numpy(), before["conv_pw_13_bn"])
    assert len(learner.optimizer_state()) > len(learner.variables())


def test_a_stopped_run_goes_on_with_the_same_curve_augmented_or_not(objects, weights, tmp_path):
    from tlcore.jobs import Stopped

    plan = plan_for(objects, weights, epochs=4, dropout=0.3, early_stopping=3, **AUGMENTED, augmented_views=2)
    _, expected = execute(plan, tmp_path / "whole")
    with pytest.raises(Stopped):
        execute(plan, tmp_path / "broken", stop_after=2)
    _, resumed = execute(plan, tmp_path / "broken")
    assert resumed[1] == {"kind": "resumed", "epoch": 2}
    kept = [path for path in cache_folder("features").glob("*/about.json") if '"light"' in path.read_text("utf-8")]
    assert len(kept) == 2
    losses = {event["epoch"]: event["train_loss"] for event in expected if event["kind"] == "epoch"}
    assert losses[4] < losses[1]
    again = {event["epoch"]: event["train_loss"] for event in resumed if event["kind"] == "epoch"}
    assert set(again) == {3, 4}
    for epoch, loss in again.items():
        assert loss == pytest.approx(losses[epoch], rel=1e-4)


def test_new_changed_copies_each_epoch_are_not_kept(objects, weights, tmp_path):
    plan = plan_for(objects, weights, epochs=2, **AUGMENTED, augmented_views=0)
    result, events = execute(plan, tmp_path)
    first, last = (event["train_loss"] for event in events if event["kind"] == "epoch")
    assert last < first
    assert len(list(cache_folder("features").glob("*/about.json"))) == 1
    # What it is judged by are the photos as they are.
    assert result["scores"]["train"]["images"] == 42


@pytest.mark.parametrize(
    ("values", "trainable"),
    [
        ({"strategy": "frozen"}, 1_281),
        ({"strategy": "fine_tune", "first_trainable": "block_11_expand_BN"}, 1_862_592 + 1_281),
        ({"strategy": "scratch", "weights": "none"}, 2_223_872 + 1_281),
    ],
)
def test_the_assembled_mobilenet_v2_has_the_counts_of_the_estimate(values, trainable, tmp_path):
    from tlcore.training.estimate import estimate
    from tlcore.training.features.source import boundary_layer
    from tlcore.training.networks.assembly import assemble, set_trainable, split_network
    from tlcore.zoo.build import build
    from tlcore.zoo.catalog import find

    if "weights" not in values:
        path = tmp_path / "mobilenet_v2.weights.h5"
        build(find("MobileNetV2"), input_size=96, include_top=False).save_weights(path)
        values = {**values, "weights": str(path)}
    plan = TrainingPlan(dataset="a-1", input_size=96, **values)
    model = assemble(plan, classes=2)
    phase = plan.phases()[-1]
    set_trainable(model, plan, phase)
    assert sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) == trainable
    assert model.count_params() == 2_257_984 + 1_281
    assert estimate(plan, 100, 2).trainable == trainable
    boundaries = {"frozen": "out_relu", "fine_tune": "block_10_project_BN"}
    assert boundary_layer(plan, phase) == boundaries.get(plan.strategy, "")
    inputs = {"frozen": (1280,), "fine_tune": (6, 6, 96), "scratch": (96, 96, 3)}
    network = split_network(model, plan, phase)
    assert (network.body or network.head).input_shape[1:] == inputs[plan.strategy]


@pytest.mark.parametrize("stop_after", [None, 2, 4])
def test_a_warm_up_that_ends_early_gives_its_epochs_to_nobody(stop_after, objects, weights, tmp_path, monkeypatch):
    from tlcore.jobs import Stopped
    from tlcore.training.networks import trainer
    from tlcore.training.results.evaluation import Score

    # The second epoch of the warm-up is no better than the first, so it ends there; fine-tuning gets better each epoch.
    losses = iter((1.0, 2.0, 0.9, 0.8, 0.7) if stop_after is None else (1.0, 2.0, 0.9, 0.8, 0.7, 9.0))
    score = trainer.Predictions.score

    def scripted(self) -> Score:
        found = score(self)
        return Score(found.images, found.correct, next(losses)) if len(self.labels) == 9 else found

    monkeypatch.setattr(trainer.Predictions, "score", scripted)
    plan = plan_for(
        objects,
        weights,
        strategy="fine_tune",
        first_trainable="conv_dw_11",
        warmup_epochs=6,
        epochs=9,
        early_stopping=1,
        schedule="one_cycle",
        shares=(0.7, 0.15, 0.15),
    )
    events: list[dict] = []
    if stop_after:
        with pytest.raises(Stopped):
            trainer.train(
                plan,
                open_dataset(objects),
                tmp_path,
                Monitor(events.append, lambda: sum(event["kind"] == "epoch" for event in events) >= stop_after),
            )
    trainer.train(plan, open_dataset(objects), tmp_path, Monitor(events.append))
    epochs = [event for event in events if event["kind"] == "epoch"]
    assert [event["epoch"] for event in epochs] == [1, 2, 3, 4, 5]
    assert [event["phase"] for event in epochs] == ["Warming up the head"] * 2 + ["Fine-tuning"] * 3
    # One cycle: up in the first of its three epochs, then down to almost nothing at its end.
    rates = [event["learning_rate"] for event in epochs[2:]]
    assert rates[0] > rates[1] > rates[2] and rates[2] < 0.05 * plan.fine_tune_learning_rate
    reported = [event for event in events if event["kind"] == "progress" and event["total"]]
    assert max(event["done"] / event["total"] for event in reported) == 1
