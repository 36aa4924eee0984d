"""Planted wrong labels are found, and honest doubt is none."""

from __future__ import annotations

import numpy as np
import pytest

from tlcore.comparison.label_noise import doubts, suspects
from tlcore.errors import DatasetError
from tlcore.training.advice.judging import judge
from tlcore.training.results.evaluation import Predictions


def part(first: int, labels: list[int], truths: list[int], sure: list[float]) -> Predictions:
    """What a network says that knows the truth with some confidence."""
    probabilities = np.repeat((1 - np.array(sure, np.float32))[:, None] / 2, 3, axis=1)
    probabilities[np.arange(len(truths)), truths] = sure
    return Predictions(np.arange(first, first + len(labels)), np.array(labels), probabilities)


def test_planted_labels_are_found_worst_first():
    truths = [0, 1, 2] * 20
    validation, train = list(truths), list(truths)
    validation[4], train[7] = 2, 0  # truly 1 both
    parts = {
        "train": part(100, train, truths, [0.95] * 60),
        "validation": part(0, validation, truths, [0.9] * 4 + [0.99] + [0.9] * 55),
    }
    found = suspects(parts)
    assert [(each.image, each.part, each.label, each.suggested) for each in found] == [
        (4, "validation", 2, 1),
        (107, "train", 0, 1),
    ]
    assert found[0].loss > found[1].loss
    assert found[0].probability == np.float32(0.99)


def test_a_network_that_hesitates_doubts_nobody():
    truths = [0, 1, 2] * 20
    sure = [0.9] * 60
    labels = list(truths)
    labels[4], sure[4] = 2, 0.5  # it says 1, but with half the confidence that it has elsewhere
    parts = {"test": part(0, labels, truths, sure)}
    assert suspects(parts) == []
    [doubted] = doubts(parts)  # ranked below the line, for people to look at
    assert (doubted.image, doubted.suggested, doubted.is_clear) == (4, 1, False)


def test_planted_labels_are_found_by_heads_that_have_not_seen_them():
    random = np.random.default_rng(0)
    truths = np.arange(400) % 2
    features = random.normal(size=(400, 300)).astype(np.float32)  # enough numbers to learn every label by heart
    features[:, 0] += 8 * truths
    labels = truths.copy()
    turned = random.choice(400, 12, replace=False)
    labels[turned] = 1 - labels[turned]
    answers = judge(features, labels, np.arange(400))
    found = {each.image for each in suspects({"train": Predictions(np.arange(400), labels, answers)})}
    assert len(found & set(turned.tolist())) >= 11
    assert len(found - set(turned.tolist())) <= 4


def test_a_copy_does_not_give_its_label_away():
    random = np.random.default_rng(0)
    features = np.repeat(random.normal(size=(60, 200)).astype(np.float32), 2, axis=0)
    labels = np.repeat(random.integers(0, 2, 60), 2)  # nothing but the copy says which class it is
    answers = judge(features, labels, np.repeat(np.arange(60), 2))
    assert abs((answers.argmax(axis=1) == labels).mean() - 0.5) < 0.2
    assert (judge(features, labels, np.arange(120)).argmax(axis=1) == labels).mean() > 0.8


def test_a_class_of_one_image_cannot_be_judged():
    with pytest.raises(DatasetError, match="two images of each class"):
        judge(np.eye(5, dtype=np.float32), np.array([0, 0, 1, 1, 2]), np.arange(5))
