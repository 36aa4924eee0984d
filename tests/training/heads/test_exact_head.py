"""The exact head: the answer of another solver, reached pass by pass, with a penalty chosen on other images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tlcore.inference.latent import unit_rows
from tlcore.training.heads.exact_head import DEFAULT_STRENGTH, ENOUGH_VALIDATION, Objective, Rows, choose_strength


def rows(classes: int, images: int = 90, units: int = 12, seed: int = 0, spread: float = 1.0) -> Rows:
    """Clouds of unit length around a point for each class."""
    random = np.random.default_rng(seed)
    labels = np.arange(images) % classes
    middles = np.random.default_rng(99).normal(0, 1, (classes, units))
    return Rows(unit_rows(middles[labels] + random.normal(0, spread, (images, units))), labels)


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_the_answer_of_another_solver(classes, weighted):
    data = rows(classes)
    weights = np.linspace(0.5, 2, classes) if weighted else np.ones(classes)
    objective = Objective(data, classes, 10.0, weights)
    head = objective.solve(objective.start(), 500)
    other = LogisticRegression(C=10.0, tol=1e-8, max_iter=5000).fit(
        data.features, data.labels, sample_weight=weights[data.labels]
    )
    found = np.exp(head.log_probabilities(data.features))
    np.testing.assert_allclose(found, other.predict_proba(data.features), atol=2e-4)
    if classes == 2:
        np.testing.assert_allclose(head.kernel[:, 0], other.coef_[0], atol=5e-3)


def test_its_loss_is_that_of_keras_with_label_smoothing():
    import keras

    for classes in (2, 4):
        data = rows(classes)
        smoothed = Objective(data, classes, 1e9, np.ones(classes), label_smoothing=0.2)
        head = smoothed.solve(smoothed.start(), 500)
        targets = np.eye(classes)[data.labels]
        found = np.exp(head.log_probabilities(data.features))

        def keras_loss(probabilities, targets=targets):
            return float(keras.losses.CategoricalCrossentropy(label_smoothing=0.2)(targets, probabilities))

        # No small step in any direction makes Keras' own loss smaller.
        random = np.random.default_rng(1)
        for _ in range(20):
            moved = replace(head, kernel=head.kernel + random.normal(0, 0.05, head.kernel.shape))
            assert keras_loss(np.exp(moved.log_probabilities(data.features))) >= keras_loss(found) - 1e-5


def test_each_pass_is_reported_and_can_be_the_last():
    data = rows(3)
    objective, seen = Objective(data, 3, 100.0, np.ones(3)), []

    def report(head) -> bool:
        logarithms = head.log_probabilities(data.features)
        seen.append(-logarithms[np.arange(len(data.labels)), data.labels].mean())
        return len(seen) < 4

    objective.solve(objective.start(), 100, report)
    assert len(seen) == 4 and seen[-1] < seen[0]


def test_features_of_any_length_take_the_same_penalty():
    data = rows(3)
    longer = Rows(data.features * 40, data.labels)
    found = [
        objective.solve(objective.start(), 1000).log_probabilities(objective.rows.features)
        for objective in (Objective(part, 3, 10.0, np.ones(3)) for part in (data, longer))
    ]
    np.testing.assert_allclose(*found, atol=2e-3)


def test_the_strength_is_chosen_on_images_that_were_not_fitted():
    noisy = Objective(rows(3, images=60, units=200, spread=30.0), 3, 1.0, np.ones(3))
    other = rows(3, images=300, units=200, seed=5, spread=30.0)
    chosen = choose_strength(noisy, other)

    def loss(strength: float) -> float:
        logarithms = noisy.with_strength(strength).solve(noisy.start(), 300).log_probabilities(other.features)
        return -logarithms[np.arange(len(other.labels)), other.labels].mean()

    assert chosen < DEFAULT_STRENGTH, "noise wants a strong penalty"
    assert loss(chosen) < loss(DEFAULT_STRENGTH)
    # Too few of them: parts of the training images decide, and say much the same.
    few = Rows(other.features[: ENOUGH_VALIDATION - 1], other.labels[: ENOUGH_VALIDATION - 1])
    reports = []
    assert choose_strength(noisy, few, lambda *report: reports.append(report)) < DEFAULT_STRENGTH
    assert reports == [(done, 20) for done in range(20)]


def test_with_one_image_a_class_there_is_nothing_to_choose_by():
    one = Objective(rows(3, images=3), 3, 1.0, np.ones(3))
    assert choose_strength(one, rows(3, images=4, seed=1)) == DEFAULT_STRENGTH
