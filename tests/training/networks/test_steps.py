"""What happens in the steps of an optimizer: mixing, averaging, and which block moves."""

from __future__ import annotations

import numpy as np
import pytest

from tlcore.training.networks.mixture import Mixture, draw_mixture
from tlcore.training.plans.plan import TrainingPlan

BLOCK = {"strategy": "fine_tune", "first_trainable": "C1", "last_trainable": "S2", "backbone": "LeNet5"}


@pytest.fixture
def weights(tmp_path):
    """Random weights of a small network in a file."""
    from tlcore.zoo.build import build
    from tlcore.zoo.catalog import find

    path = tmp_path / "lenet.weights.h5"
    build(find("LeNet5"), input_size=32, include_top=False).save_weights(path)
    return str(path)


def test_a_mixture_mixes_images_and_labels_alike():
    rows = np.array([[0.0, 4.0], [8.0, 0.0]], np.float32)
    mixture = Mixture(0.75, np.array([1, 0]))
    assert mixture.mix(rows).tolist() == [[2.0, 3.0], [6.0, 1.0]]
    assert mixture.mix(np.eye(2, dtype=np.float32)).tolist() == [[0.75, 0.25], [0.25, 0.75]]
    assert draw_mixture(0.0, 8, np.random.default_rng(0)) is None
    shares = [draw_mixture(0.2, 8, np.random.default_rng(seed)).share for seed in range(300)]
    assert 0.45 < np.mean(shares) < 0.55 and np.mean([0.1 < share < 0.9 for share in shares]) < 0.5


def learner_of(plan: TrainingPlan):
    from tlcore.training.networks.assembly import assemble, set_trainable, split_network
    from tlcore.training.networks.learner import Learner

    phase = plan.phases()[-1]
    model = assemble(plan, classes=3)
    set_trainable(model, plan, phase)
    return model, Learner(plan, phase, split_network(model, plan, phase), classes=3)


def learn(learner, steps: int, mixture: Mixture | None = None) -> None:
    random = np.random.default_rng(0)
    for _ in range(steps):
        pixels = random.random((6, 32, 32, 1), np.float32)
        learner.learn(pixels, np.arange(6) % 3, np.ones(6, np.float32), mixture)


def test_only_the_block_that_is_named_moves(weights):
    from tlcore.training.estimate import count_parameters

    plan = TrainingPlan(dataset="a-1", weights=weights, input_size=32, fine_tune_learning_rate=0.1, **BLOCK)
    model, learner = learner_of(plan)
    before = {layer.name: layer.get_weights() for layer in model.layers if layer.weights}
    learn(learner, 2)
    moved = {
        name
        for name, arrays in before.items()
        if any(not np.array_equal(*pair) for pair in zip(arrays, model.get_layer(name).get_weights(), strict=True))
    }
    assert moved == {"C1", "S2", "head_output"} & set(before)
    trained = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert trained == count_parameters(plan, 3)["trainable"]


def test_the_average_is_kept_beside_the_weights_and_judged_by(weights):
    plan = TrainingPlan(dataset="a-1", weights=weights, input_size=32, weight_averaging=0.5, **BLOCK)
    model, learner = learner_of(plan)
    kernel = model.get_layer("head_output").kernel
    history = [kernel.numpy()]
    for _ in range(3):
        learn(learner, 1)
        history.append(kernel.numpy())
    expected = history[0]
    for step, values in enumerate(history[1:], start=1):
        kept = min(0.5, (1 + step) / (10 + step))
        expected = kept * expected + (1 - kept) * values
    with learner.averaged():
        np.testing.assert_allclose(kernel.numpy(), expected, atol=1e-6)
    assert np.array_equal(kernel.numpy(), history[-1]), "afterward training goes on with the weights themselves"


def test_mixed_labels_are_what_the_loss_is_measured_by(weights):
    plan = TrainingPlan(dataset="a-1", weights=weights, input_size=32, **BLOCK)
    _, learner = learner_of(plan)
    pixels = np.random.default_rng(0).random((3, 32, 32, 1), np.float32)
    labels, even = np.arange(3), np.ones(3, np.float32)
    same = learner.probabilities(pixels)
    loss, _ = learner.learn(pixels, labels, even, Mixture(1.0, np.array([1, 2, 0])))
    assert loss == pytest.approx(-np.log(same[labels, labels]).mean(), abs=1e-4), "a share of 1 mixes nothing"
