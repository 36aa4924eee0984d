"""Honest statistics for accuracies."""

from __future__ import annotations

from scipy.stats import binomtest


def wilson_interval(correct: int, images: int, confidence: float = 0.95) -> tuple[float, float]:
    """Confidence interval of an accuracy (Wilson, 1927; from `scipy.stats`).

    Args:
        correct: how many images were classified correctly.
        images: of how many, at least 1.
        confidence: probability that the interval holds the true accuracy.

    Returns:
        Lower and upper end, 0..1.
    """
    interval = binomtest(correct, images).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def accuracy_text(correct: int, images: int) -> str:
    """An accuracy as a person should read it.

    Args:
        correct: how many images were classified correctly.
        images: of how many, at least 1.

    Returns:
        Such as "96.7 % (92.4–98.6, 150 images)": the accuracy, its 95 % interval, and what it rests on.
    """
    low, high = wilson_interval(correct, images)
    return f"{100 * correct / images:.1f} % ({100 * low:.1f}–{100 * high:.1f}, {images} images)"
