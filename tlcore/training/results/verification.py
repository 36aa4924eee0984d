"""A run proves itself: its saved network, read back, must say of images decoded anew what is stored."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.errors import VerificationError
from tlcore.inference.classifier import features_of, helpers, see
from tlcore.inference.networks.prepared import Card, Prepared
from tlcore.jobs import Monitor
from tlcore.training.results.evaluation import Predictions
from tlcore.training.results.result import Verification

LARGEST_DIFFERENCE = 1e-3
SAMPLE = 64
LIGHT_SAMPLE = 24  # of a head alone: what lies below it was compared with the original when it was made
_BATCH = 32


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
    monitor: Monitor,
    sample: int | None,
    whole: bool = False,
) -> Verification:
    """Compare stored predictions with what the saved network says of the same images.

    Nothing that was kept of the run is used but what was saved of it: no features.

    Args:
        answers: of the saved network, read back: uint8 squares (n, size, size, channels) → float32 (n, classes).
        card: of the run, as `tlcore.inference.networks.prepared.run_card` gives it; says how images are read.
        dataset: the run's.
        test: the stored predictions of the test part.
        monitor: told of progress, and asked between batches.
        sample: how many images at most, drawn by a fixed seed; None for all.
        whole: whether the run read large JPEGs at their full size, as those of earlier versions did.

    Returns:
        What the check came to.

    Raises:
        VerificationError: if a probability differs by more than 0.001.
        Stopped: if asked to.
    """
    chosen = np.arange(len(test.indices))
    if sample is not None and len(chosen) > sample:
        chosen = np.sort(np.random.default_rng(0).choice(len(chosen), sample, replace=False))
    target = None if whole else card.input_size
    difference, wrong = 0.0, 0
    for start in range(0, len(chosen), _BATCH):
        monitor.check()
        batch = chosen[start : start + _BATCH]
        found = answers(_squares(card, dataset, test.indices[batch], target))
        apart = np.abs(found - test.probabilities[batch]).max(axis=1)
        # A probability that is no number differs, too.
        wrong += int((~(apart <= LARGEST_DIFFERENCE)).sum())
        difference = max(difference, float(np.nan_to_num(apart, nan=1.0).max()))
        monitor.report("Checking the saved network", start + len(batch), len(chosen))
    if wrong:
        raise VerificationError(
            f"the saved network to give the stored predictions within {LARGEST_DIFFERENCE:g}",
            f"differences up to {difference:.2g} on {wrong} of {len(chosen)} test images",
            "This run's figures do not match what its network does, so they were discarded. Train it again.",
        )
    return Verification(len(chosen), len(test.indices), difference)


def _squares(card: Card, dataset: Dataset, indices: np.ndarray, target: int | None) -> np.ndarray:
    return np.stack(list(helpers().map(lambda index: see(card, dataset.image(int(index), target)), indices)))
