"""A run on the embedded network: its features are kept under its weights' digest, its result classifies at once."""

import json

import numpy as np

from tlcore.caches import cache_folder
from tlcore.datasets.dataset import open_dataset
from tlcore.inference.classifier import classify
from tlcore.inference.prepared import PREPARED, load_prepared
from tlcore.training.defaults import suggest_plan


def test_a_frozen_run_is_ready_to_classify_when_it_ends(objects, tmp_path):
    from tlcore.embedded.network import build_network
    from tlcore.embedded.weights import load_weights
    from tlcore.training.evaluation import load_predictions
    from tlcore.training.job import train

    dataset = open_dataset(objects)
    plan = {**suggest_plan(dataset, "frozen", "EmbeddedResNet"), "epochs": 2}
    result = train(plan, tmp_path, lambda event: None, lambda: False)
    backbone = build_network(include_top=False)
    load_weights(backbone)
    assert (result["trainable"], result["frozen"]) == (320 * 5 + 5, backbone.count_params())
    (key,) = (json.loads(path.read_text()) for path in cache_folder("features").glob("*/key.json"))
    assert len(key["network"]) == 64
    trained = load_prepared(tmp_path / PREPARED)
    assert trained.card.classes == dataset.classes
    test = load_predictions(tmp_path / "predictions.npz", "test")
    photos = [dataset.image(int(index)) for index in test.indices]
    best = [guess.index for guess in (result.best for result in classify(trained, photos))]
    np.testing.assert_array_equal(best, test.probabilities.argmax(axis=1))
