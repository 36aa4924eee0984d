"""A run proves itself: its saved network, read back, must say of images decoded anew what is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.errors import Stopped, VerificationError
from tlcore.inference.classifier import features_of, helpers, see
from tlcore.inference.networks.prepared import Card, Prepared
from tlcore.training.results.evaluation import Predictions

LARGEST_DIFFERENCE = 1e-3
SAMPLE = 64
LIGHT_SAMPLE = 24  # of a head alone: what lies below it was compared with the original when it was made
_BATCH = 32


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


def answers_of(prepared: Prepared) -> Callable[[np.ndarray], np.ndarray]:
    """What a prepared network answers, for `verify`.

    Args:
        prepared: such as a saved head on its prepared backbone.

    Returns:
        uint8 squares (n, size, size, channels) → float32 (n, classes).
    """
    return lambda squares: prepared.head.probabilities(features_of(prepared, squares))


def verify(
    answers: Callable[[np.ndarray], np.ndarray],
    card: Card,
    dataset: Dataset,
    test: Predictions,
    report: Callable[[str, int, int], None],
    should_stop: Callable[[], bool],
    sample: int | None,
) -> Verification:
    """Compare stored predictions with what the saved network says of the same images.

    Nothing that was kept of the run is used but what was saved of it: no features.

    Args:
        answers: of the saved network, read back: uint8 squares (n, size, size, channels) → float32 (n, classes).
        card: of the run, as `tlcore.inference.networks.prepared.run_card` gives it; says how images are read.
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
    difference, wrong = 0.0, 0
    for start in range(0, len(chosen), _BATCH):
        if should_stop():
            raise Stopped
        batch = chosen[start : start + _BATCH]
        found = answers(_squares(card, dataset, test.indices[batch]))
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


def _squares(card: Card, dataset: Dataset, indices: np.ndarray) -> np.ndarray:
    return np.stack(list(helpers().map(lambda index: see(card, dataset.image(int(index))), indices)))
