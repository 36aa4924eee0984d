"""What the help of a field promises is what the network and its loss do."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tlcore.training.plans.plan import TrainingPlan

HELP = {field.name: field.metadata["help"] for field in dataclasses.fields(TrainingPlan)}


@pytest.mark.parametrize(("hidden", "source"), [((16, 8), "head_dense_2"), ((), "head_pooling")])
def test_dropout_switches_off_what_the_output_sees(hidden, source):
    from tlcore.training.networks.assembly import assemble

    start = {"dataset": "a-1", "strategy": "scratch", "weights": "none"}
    plan = TrainingPlan(**start, backbone="MobileNet025", input_size=32, hidden_units=hidden, dropout=0.2)
    model = assemble(plan, 3)
    assert model.get_layer("head_dropout").input is model.get_layer(source).output
    assert model.get_layer("head_output").input is model.get_layer("head_dropout").output
    assert "last hidden layer" in HELP["dropout"]


@pytest.mark.parametrize(("classes", "words"), [(2, "95 % with two"), (10, "91 % with ten")])
def test_label_smoothing_asks_for_the_probability_that_its_help_names(classes, words):
    import keras

    probabilities = np.linspace(0.5, 0.995, 100)
    if classes == 2:
        loss, truth, outputs = (
            keras.losses.BinaryCrossentropy(label_smoothing=0.1),
            np.ones((1, 1)),
            probabilities[:, None],
        )
    else:
        loss, truth = keras.losses.CategoricalCrossentropy(label_smoothing=0.1), np.eye(classes)[:1]
        others = (1 - probabilities[:, None]) / (classes - 1)
        outputs = np.concatenate([probabilities[:, None], np.repeat(others, classes - 1, axis=1)], axis=1)
    losses = [float(loss(truth, output[None])) for output in outputs]
    assert words in HELP["label_smoothing"]
    assert f"{probabilities[int(np.argmin(losses))]:.0%}".replace("%", " %") == words[:4]
    assert min(losses) > 0.1, "the training loss cannot reach 0"
