"""Photo → most probable classes, without TensorFlow."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tlcore.images.preprocess import preprocess
from tlcore.images.resize import resize
from tlcore.inference.prepared import Prepared


@dataclass(frozen=True)
class Guess:
    """One class with its probability.

    Args:
        index: position among the network's outputs.
        name: of the class.
        probability: 0..1.
    """

    index: int
    name: str
    probability: float

    def __str__(self) -> str:
        return f"{self.name} ({100 * self.probability:.2f} %)"


@dataclass(frozen=True)
class Classification:
    """What a network made of one photo.

    Args:
        guesses: most probable first.
        milliseconds: from the decoded photo to the probabilities.
    """

    guesses: tuple[Guess, ...]
    milliseconds: float


def classify(
    prepared: Prepared, photos: Sequence[np.ndarray], names: Sequence[str], *, top: int = 5, mode: str = "crop"
) -> list[Classification]:
    """Classify photos.

    Args:
        prepared: the network.
        photos: uint8 (height, width, 3) each, of any size.
        names: of the classes, in the order of the network's outputs.
        top: how many guesses for each photo, at least 1.
        mode: resize mode of `tlcore.images.resize`; "crop" is the standard of ImageNet evaluations.

    Returns:
        One classification for each photo.
    """
    results = []
    for photo in photos:
        started = time.perf_counter()
        square = resize(photo, prepared.card.input_size, prepared.card.input_size, mode)
        features = prepared.engine.run(preprocess(square[None], prepared.card.preprocessing))
        probabilities = prepared.head.probabilities(features)[0]
        order = np.argsort(-probabilities)[:top]
        guesses = tuple(Guess(int(index), names[index], float(probabilities[index])) for index in order)
        results.append(Classification(guesses, 1000 * (time.perf_counter() - started)))
    return results
