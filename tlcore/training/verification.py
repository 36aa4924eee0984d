"""A run proves itself: its saved network, read back, must say of images decoded anew what is stored. [TF]"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.errors import Stopped, VerificationError
from tlcore.images.preprocess import preprocess
from tlcore.inference.classifier import see
from tlcore.inference.prepared import Card
from tlcore.training.evaluation import Predictions

LARGEST_DIFFERENCE = 1e-3
SAMPLE = 64
_BATCH = 16


@dataclass(frozen=True)
class Verification:
    """What a check of a run's predictions came to.

    Args:
        images: test images that were classified anew.
        of: test images that there are.
        difference: largest difference of any probability.
    """

    images: int
    of: int
    difference: float

    def to_json(self) -> dict:
        """The record as plain values."""
        return asdict(self)


def verify(
    model_file: Path,
    card: Card,
    dataset: Dataset,
    test: Predictions,
    report: Callable[[str, int, int], None],
    should_stop: Callable[[], bool],
    sample: int | None = SAMPLE,
) -> Verification:
    """Compare stored predictions with what the saved network says of the same images.

    Nothing that was kept of the run is used but the two files: no features, no converted network.

    Args:
        model_file: the network as it was saved.
        card: of the run, as `tlcore.inference.prepared.run_card` gives it; says how images are read.
        dataset: the run's.
        test: the stored predictions of the test part.
        report: takes what is being done, how much of it is done, and of how much.
        should_stop: asked between batches.
        sample: how many images at most, drawn by a fixed seed; None for all.

    Returns:
        What the check came to.

    Raises:
        VerificationError: if a probability differs by more than 0.001.
        Stopped: if asked to.
    """
    chosen = np.arange(len(test.indices))
    if sample is not None and len(chosen) > sample:
        chosen = np.sort(np.random.default_rng(0).choice(len(chosen), sample, replace=False))
    model = keras.models.load_model(model_file, compile=False)
    difference, wrong = 0.0, 0
    for start in range(0, len(chosen), _BATCH):
        if should_stop():
            raise Stopped
        batch = chosen[start : start + _BATCH]
        found = _probabilities(model, card, dataset, test.indices[batch])
        apart = np.abs(found - test.probabilities[batch]).max(axis=1)
        # A probability that is no number differs, too.
        wrong += int((~(apart <= LARGEST_DIFFERENCE)).sum())
        difference = max(difference, float(np.nan_to_num(apart, nan=1.0).max()))
        report("Checking the saved network", start + len(batch), len(chosen))
    if wrong:
        raise VerificationError(
            f"the saved network to give the stored predictions within {LARGEST_DIFFERENCE:g}",
            f"differences up to {difference:.2g} on {wrong} of {len(chosen)} test images",
            "The figures of this run are not what its network does, so they are not kept. Train it again.",
        )
    return Verification(len(chosen), len(test.indices), difference)


def _probabilities(model: keras.Model, card: Card, dataset: Dataset, indices: np.ndarray) -> np.ndarray:
    pixels = np.stack([see(card, dataset.image(int(index))) for index in indices])
    outputs = np.asarray(model(preprocess(pixels, card.preprocessing), training=False))
    return np.concatenate([1 - outputs, outputs], axis=1) if outputs.shape[1] == 1 else outputs
