"""No field of a plan changes a number without changing the key under which features are kept.

For every field: two plans that differ in it alone, run one after the other on a home that has seen many others, must
come to what the second comes to on an empty one. So must a run that was interrupted and resumed.
"""

from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tlcore import settings as environment
from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.versions import new_version
from tlcore.jobs import Monitor
from tlcore.training.plans.plan import TrainingPlan

pytestmark = pytest.mark.slow

SIZE = 32
FROZEN = {"strategy": "frozen", "weights": "first"}
FINE_TUNE = {"strategy": "fine_tune", "weights": "first", "first_trainable": "C3", "epochs": 3, "warmup_epochs": 1}
SCRATCH = {"strategy": "scratch", "weights": "none", "head": "new"}
EXACT = {"hidden_units": (), "dropout": 0.0, "mixup": 0.0, "weight_averaging": 0.0, "augmented_views": 1}
# Values that fit every plan here; each example draws some of them for both plans.
FREE = {
    "resize": ("stretch", "crop", "pad"),
    "preprocessing": ("", "tf", "unit"),
    "pooling": ("average", "max", "flatten"),
    "normalize": (False, True),
    "hidden_units": ((), (4,)),
    "dropout": (0.0, 0.3),
    "batch_size": (5, 8),
    "optimizer": ("adam", "rmsprop", "sgd"),
    "schedule": ("constant", "cosine", "one_cycle"),
    "augmentation": ("none", "light", "flip=0.5,rotate=10"),
    "augmented_views": (0, 1, 2),
    "mixup": (0.0, 0.3),
    "weight_averaging": (0.0, 0.5),
    "early_stopping": (0, 1),
    "class_weights": (False, True),
    "label_smoothing": (0.0, 0.1),
    "seed": (0, 1),
}
# What the two plans may differ in, and the plan that the others of its fields come from.
FIELDS = {
    **{name: (FROZEN, values) for name, values in FREE.items()},
    "dataset": (FROZEN, ("given", "relabeled")),
    "strategy": ({"weights": "first"}, ("frozen", "full")),
    "backbone": (SCRATCH, ("LeNet5", "residual_net_projection")),
    "weights": (FROZEN, ("first", "second")),
    "input_size": (FROZEN, (32, 36, 40)),
    "cut_layer": (FROZEN, ("C3", "S4")),  # a pooling apart: the same weights below both
    "head": (SCRATCH | {"pooling": "average", "hidden_units": (), "dropout": 0.0, "normalize": False}, ("new", "own")),
    "first_trainable": (FINE_TUNE, ("C1", "S2", "C3")),
    "last_trainable": (FINE_TUNE | {"first_trainable": "C1"}, ("", "C1", "S2")),
    "optimizer": (FROZEN | EXACT, ("lbfgs", "adam")),
    "warmup_epochs": (FINE_TUNE, (0, 1, 2)),
    "epochs": (FROZEN, (1, 2)),
    "learning_rate": (FROZEN, (1e-3, 1e-2)),
    "fine_tune_learning_rate": (FINE_TUNE, (1e-4, 1e-2)),
    "layer_decay": (FINE_TUNE, (1.0, 0.5)),
    "statistics_momentum": (SCRATCH, (0.9, 0.99)),
    "learn_statistics": (FINE_TUNE, (False, True)),
    "subset": (FROZEN, (1.0, 0.9)),
    "fraction": (FROZEN, (1.0, 0.6)),
    "shares": (FROZEN, ((), (0.5, 0.25, 0.25))),
    "split_seed": (FROZEN, (0, 1)),
}


def test_every_field_is_among_them():
    assert set(FIELDS) == {field.name for field in dataclasses.fields(TrainingPlan)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Images, weights, and a home for all the runs of this module."""
    return tmp_path_factory.mktemp("fields")


@pytest.fixture(scope="module")
def weights(folder):
    """Two files of weights for the same network."""
    import keras

    from tlcore.zoo.build import build
    from tlcore.zoo.catalog import find

    files = {name: folder / f"{name}.weights.h5" for name in ("first", "second")}
    for seed, path in enumerate(files.values()):
        keras.utils.set_random_seed(seed)
        build(find("LeNet5"), input_size=SIZE, include_top=False).save_weights(path)
    return {name: str(path) for name, path in files.items()}


@pytest.fixture
def go_home(folder, monkeypatch):
    """A function that makes a home the one in force, with two datasets of the same images in it."""

    def go(name: str) -> dict[str, str]:
        monkeypatch.setenv("TLCORE_HOME", str(folder / name))
        environment.settings.cache_clear()
        given = import_dataset("rendered", {"images_per_class": 6, "size": SIZE, "seed": 1}, "objects")
        other = new_version(given, relabeled={0: given.classes[1], 1: given.classes[1]})
        return {"given": given.id, "relabeled": other.id}

    return go


def run(plan: TrainingPlan, folder, stop_after: int | None = None) -> dict[str, np.ndarray]:
    from tlcore.jobs import Stopped
    from tlcore.training.jobs import execute

    epochs: list[dict] = []

    def emit(event: dict) -> None:
        epochs.extend([event] if event["kind"] == "epoch" else [])

    dataset = open_dataset(plan.dataset)
    if stop_after:
        with pytest.raises(Stopped):
            execute(plan, dataset, folder, Monitor(emit, lambda: len(epochs) >= stop_after))
    outcome = execute(plan, dataset, folder, Monitor(emit))
    return {part: found.probabilities for part, found in outcome.predictions.items()}


@pytest.mark.parametrize("field", FIELDS)
@given(data=st.data())
@settings(max_examples=1, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_warm_cache_gives_what_an_empty_one_gives(field, data, folder, weights, go_home):
    base, values = FIELDS[field]
    drawn = {name: data.draw(st.sampled_from(FREE[name]), name) for name in FREE if name not in base}
    pair = data.draw(st.permutations(values), field)[:2]

    def plan(value: object, datasets: dict[str, str]) -> TrainingPlan:
        chosen = {"dataset": "given", "backbone": "LeNet5", "input_size": SIZE, "epochs": 2, **drawn, **base}
        chosen[field] = value
        chosen["dataset"] = datasets[chosen["dataset"]]
        chosen["weights"] = weights.get(chosen["weights"], chosen["weights"])
        return TrainingPlan(**chosen)

    shutil.rmtree(folder / "runs", ignore_errors=True)
    datasets = go_home("warm")
    run(plan(pair[0], datasets), folder / "runs" / "first")
    second = plan(pair[1], datasets)
    warm = run(second, folder / "runs" / "second")
    resumed = run(second, folder / "runs" / "resumed", stop_after=1) if second.epochs > 1 else warm
    shutil.rmtree(folder / "cold", ignore_errors=True)
    cold = run(plan(pair[1], go_home("cold")), folder / "runs" / "cold")
    for part, probabilities in cold.items():
        np.testing.assert_allclose(warm[part], probabilities, atol=1e-5, err_msg=f"{field}, {part}, {second}")
        np.testing.assert_allclose(resumed[part], probabilities, atol=1e-5, err_msg=f"{field} resumed, {part}")
