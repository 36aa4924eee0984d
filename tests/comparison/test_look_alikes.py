"""Look-alikes: the training image of the wrong class that is nearest in the network's own features."""

from __future__ import annotations

import numpy as np
import pytest

from tlcore.comparison.comparison import load_compared
from tlcore.comparison.look_alikes import look_alikes
from tlcore.datasets.dataset import open_dataset
from tlcore.images.preprocess import preprocess
from tlcore.inference.classifier import features_of, see
from tlcore.inference.networks.prepared import PREPARED, load_prepared, run_card
from tlcore.runs.execution.worker import execute
from tlcore.runs.store import open_store
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import plan_from_json


def trained(plan: dict):
    run = open_store().add_run("train", plan_from_json(plan).to_json(), "run")
    assert execute(run.id), open_store().run(run.id).error
    return load_compared([run.id])[0]


def taken_for_each_other(item) -> list[dict]:
    """Every test photo as if it had been taken for the next class: more than the mistakes there happen to be."""
    test = item.predictions()
    return [
        {"image": int(index), "predicted": int((label + 1) % len(item.classes))}
        for index, label in zip(test.indices, test.labels, strict=True)
    ]


def brute_force(item, mistakes: list[dict], features) -> dict[int, int]:
    """Every photo against every training image of the class, one by one, from features computed anew."""
    train, found = item.predictions("train"), {}
    for row in mistakes:
        photo = features(row["image"])
        best = -2.0
        for index, label in zip(train.indices, train.labels, strict=True):
            if label == row["predicted"]:
                other = features(int(index))
                cosine = float(photo @ other / np.linalg.norm(photo) / np.linalg.norm(other))
                if cosine > best:
                    best, found[row["image"]] = cosine, int(index)
    return found


def test_a_frozen_run_finds_them_in_the_features_that_are_kept(objects):
    dataset = open_dataset(objects)
    item = trained(suggest_plan(dataset, "frozen", "EfficientNetLite0"))
    network = load_prepared(item.run.folder / PREPARED)
    rows = {
        index: features_of(network, see(network.card, dataset.image(index))[None])[0].mean(axis=(0, 1))
        for index in range(len(dataset))
    }
    mistakes = taken_for_each_other(item)
    found = look_alikes(item, mistakes)
    assert found is not None and found.are_its_own
    assert found.images == brute_force(item, mistakes, rows.__getitem__)


@pytest.mark.slow
def test_a_network_that_was_trained_finds_them_in_its_own_features(objects):
    import keras

    from tlcore.training.networks.trained_network import load_network

    dataset = open_dataset(objects)
    plan = plan_from_json({**suggest_plan(dataset, "scratch", "LeNet5"), "epochs": 2})
    item = trained(plan.to_json())
    model = load_network(item.run.folder, plan, len(dataset.classes))
    card = run_card(plan.to_json(), dataset.classes, "run")
    part = keras.Model(model.input, model.get_layer(plan.cut).output)

    def features(index: int) -> np.ndarray:
        square = see(card, dataset.image(index))
        return np.asarray(part(preprocess(square[None], plan.pixel_mode), training=False)).reshape(-1)

    rows = {index: features(index) for index in range(len(dataset))}
    mistakes = taken_for_each_other(item)
    found = look_alikes(item, mistakes)
    assert found is not None and found.are_its_own
    expected = brute_force(item, mistakes, rows.__getitem__)
    differing = [image for image, nearest in expected.items() if found.images[image] != nearest]
    for image in differing:  # kept in half precision: only a tie may go the other way
        cosines = [
            rows[image] @ rows[other] / np.linalg.norm(rows[image]) / np.linalg.norm(rows[other])
            for other in (expected[image], found.images[image])
        ]
        assert abs(cosines[0] - cosines[1]) < 1e-3


def test_nothing_is_found_where_nothing_is_kept(objects, finished_run):
    item = load_compared([finished_run(objects, wrong=(0, 1)).id])[0]
    assert look_alikes(item, item.predictions().worst_mistakes()) is None
