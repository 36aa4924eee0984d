"""Planted wrong labels are found, and honest doubt is none."""

from __future__ import annotations

import numpy as np

from tlcore.reports.label_noise import suspects
from tlcore.training.evaluation import Predictions


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
    assert suspects({"test": part(0, labels, truths, sure)}) == []
