"""The head of what is being taught: solved to the end within milliseconds, on the installed network's features."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tlcore.inference.classifier import features_of, see
from tlcore.inference.networks.head import DenseLayer, Head, UnitLength
from tlcore.inference.networks.installed import prepare_installed
from tlcore.inference.networks.prepared import Card, Prepared, load_prepared, run_card
from tlcore.training.heads.exact_head import DEFAULT_STRENGTH, LinearHead, Objective, Rows
from tlcore.zoo.catalog import INSTALLED, find

# Chosen beforehand: a penalty picked by the recordings that are held out would flatter the figure that they give. It
# matters little here: with 3 photos of cats and 3 of dogs, strengths from 10 to 1,000 differ by 0.05 points.
STRENGTH = DEFAULT_STRENGTH
_TITLE = "Your classes"
_MOST_PASSES = 100
_one_at_a_time = threading.Lock()  # the solver sets the number of threads of matrix products for the whole process


def backbone() -> Prepared:
    """Open the network whose weights are installed, as it sees photos when it is trained.

    Returns:
        It with its own head; `network_of` gives it another one.
    """
    ready = load_prepared(prepare_installed(find(INSTALLED)))
    return replace(ready, card=teaching_card(()))


def teaching_card(classes: Sequence[str]) -> Card:
    """Describe the network, as a frozen run with the suggested plan would.

    Args:
        classes: names.
    """
    row = find(INSTALLED)
    plan = {"backbone": row.name, "input_size": row.input_size, "cut_layer": "", "resize": "stretch"}
    return run_card(plan, classes, _TITLE)


def maps_of(network: Prepared, pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Compute the features of pictures.

    Args:
        network: of `backbone`.
        pictures: uint8 (height, width, 3) each, at least one.

    Returns:
        float32 (n, height, width, channels).
    """
    return features_of(network, np.stack([see(network.card, picture) for picture in pictures]))


def solve(features: np.ndarray, labels: np.ndarray, classes: int) -> LinearHead:
    """Find the head: each class counts as much as the others, however many pictures it has.

    Args:
        features: float32 (n, units) of length 1.
        labels: int (n,), each class at least once.
        classes: how many there are, at least 2.

    Returns:
        The best head at `STRENGTH`.
    """
    weights = len(labels) / (classes * np.bincount(labels, minlength=classes))
    objective = Objective(Rows(features, labels), classes, STRENGTH, weights)
    with _one_at_a_time:
        return objective.solve(objective.start(), _MOST_PASSES)


def network_of(base: Prepared, head: LinearHead, classes: Sequence[str]) -> Prepared:
    """Put a head on the network, in memory: it answers, and shows where it looked, like any other.

    Args:
        base: of `backbone`.
        head: as `solve` gives it.
        classes: names in the order of the labels.

    Returns:
        The network.
    """
    activation = "sigmoid" if head.kernel.shape[1] == 1 else "softmax"
    output = DenseLayer(head.kernel.astype(np.float32), head.bias.astype(np.float32), activation)
    return replace(base, card=teaching_card(classes), head=Head("average", (UnitLength(), output)))
