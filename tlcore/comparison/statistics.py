"""Honest statistics for accuracies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np

from tlcore.text import percent_text
from tlcore.training.results.evaluation import Score, paired_p

_NORMAL = NormalDist()


def wilson_interval(correct: float, images: int, confidence: float = 0.95) -> tuple[float, float]:
    """Confidence interval of an accuracy (Wilson, 1927, "Probable inference, the law of succession").

    Args:
        correct: how many images were classified correctly; several pictures that count as one image may be so in part.
        images: of how many, at least 1.
        confidence: probability that the interval holds the true accuracy.

    Returns:
        Lower and upper end, 0..1.
    """
    share, z = correct / images, _NORMAL.inv_cdf((1 + confidence) / 2)
    middle = (share + z**2 / (2 * images)) / (1 + z**2 / images)
    half = z / (1 + z**2 / images) * sqrt(share * (1 - share) / images + z**2 / (4 * images**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def accuracy_text(correct: int, images: int, exact: bool = False) -> str:
    """An accuracy as a person should read it.

    Args:
        correct: how many images were classified correctly.
        images: of how many, at least 1.
        exact: to a tenth of a percent, as tables and files want it.

    Returns:
        Such as "97 % (92–99, 150 images)": the accuracy, its 95 % interval, and what it rests on.

    Example:
        >>> accuracy_text(145, 150)
        '97 % (92–99, 150 images)'
        >>> accuracy_text(145, 150, exact=True)
        '96.7 % (92.4–98.6, 150 images)'
    """
    low, high = wilson_interval(correct, images)
    share = f"{100 * correct / images:.1f} %" if exact else percent_text(correct / images, images)
    decimals = max(int(exact), len(share.removesuffix(" %").partition(".")[2]))
    return f"{share} ({100 * low:.{decimals}f}–{100 * high:.{decimals}f}, {images:,} images)"


def parts_differ(first: Score, second: Score, names: tuple[str, str]) -> str:
    """Say whether chance explains how much two parts of a dataset differ for one network (Fisher's exact test).

    Args:
        first, second: its scores on different images.
        names: of the two parts, such as "validation" and "test".

    Returns:
        A sentence about the difference.
    """
    from scipy.stats import fisher_exact  # late, as above

    both = " and ".join(names)
    if first.accuracy == second.accuracy:
        return f"Here {both} come to the same share."
    points = f"{100 * abs(first.accuracy - second.accuracy):.1f}".removesuffix(".0")
    gap = f"The gap of {points} {'point' if points == '1' else 'points'} between {both}"
    table = [[score.correct, score.images - score.correct] for score in (first, second)]
    if float(fisher_exact(table)[1]) >= 0.05:
        fewest = min(first.images, second.images)
        return f"{gap} is within chance for {fewest:,} images."
    return f"{gap} is more than chance explains with so many images."


@dataclass(frozen=True)
class PairTest:
    """Two runs on the same images: where only one of them is right, and whether that can be chance.

    Args:
        first_only: images that only the first run classifies correctly.
        second_only: images that only the second run classifies correctly.
        p: probability of so uneven a division if both were equally good, 0..1.
    """

    first_only: int
    second_only: int
    p: float


def compare_pair(first: np.ndarray, second: np.ndarray) -> PairTest:
    """Compare two runs on the same images.

    Args:
        first: bool (n,), whether the first run is right, image by image.
        second: bool (n,), the same for the second run, in the same order.

    Returns:
        The counts and the p-value of `tlcore.training.results.evaluation.paired_p`.

    Example:
        >>> first, second = np.arange(100) < 95, np.arange(100) >= 15
        >>> compare_pair(first, second).p < 0.05
        True
    """
    return PairTest(int((first & ~second).sum()), int((second & ~first).sum()), paired_p(first, second))


def images_needed(test: PairTest, images: int, tests: int = 1) -> int | None:
    """How many test images would tell two runs apart that differ as much as these do on the images at hand.

    Args:
        test: the two runs held against each other.
        images: on how many.
        tests: how many are made, so that each is held to the 5 % level divided by their number: what `adjust` asks of
            the first of them.

    Returns:
        About how many, for a power of 80 %; None where the runs are right equally often, so that
        nothing says that any number would do.

    Source: Connor (1987), "Sample size for testing differences in proportions for the paired-sample design".
    """
    differing = (test.first_only + test.second_only) / images
    difference = abs(test.first_only - test.second_only) / images
    if not difference:
        return None
    level, power = _NORMAL.inv_cdf(1 - 0.05 / tests / 2), _NORMAL.inv_cdf(0.8)
    root = level * sqrt(differing) + power * sqrt(differing - difference**2)
    return ceil((root / difference) ** 2)


def adjust(p_values: Sequence[float]) -> list[float]:
    """Raise p-values for having made several tests (Holm, 1979): chance has several opportunities.

    Args:
        p_values: of all tests that were made.

    Returns:
        The adjusted values in the same order, 0..1.
    """
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    stepped = np.maximum.accumulate(np.asarray(p_values, float)[order] * factors)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted.tolist()


def p_text(p: float) -> str:
    """A p-value as a person should read it.

    Args:
        p: 0..1.

    Returns:
        Such as "p = 0.04" or "p < 0.001".
    """
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.01 else f"p = {p:.2f}"
