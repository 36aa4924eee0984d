"""Where a photo lies on the map of answers: between the classes, the nearer to one the more probable that is."""

from __future__ import annotations

import numpy as np

_GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))
_SPREAD = 0.2  # radius of the disk that photos of the same answer fill
_BAND = (0.12, 0.85)  # of the photos of each of two classes, from the middle


def corners(classes: int) -> np.ndarray:
    """Place the classes on a circle, the first at the top; two of them left and right.

    Args:
        classes: how many, at least 2.

    Returns:
        float (classes, 2), right and up, within -1..1.
    """
    angles = 2 * np.pi * np.arange(classes) / classes
    start = -np.pi if classes == 2 else np.pi / 2
    return np.stack([np.cos(start - angles), np.sin(start - angles)], axis=1)


def places(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Place photos at the mean of the corners, weighted with their probabilities.

    It is one projection for all epochs and runs, as that of Hoffman et al. (1997), "DNA visual and analytic data
    mining": a photo moves only if its answer does, and no later epoch moves those before it. Each photo lies a little
    beside its point, always on the same side, so that it is seen among others of the same answer.

    Args:
        probabilities: float (m, n, classes), epoch by epoch.
        labels: int (n,), true classes.

    Returns:
        float (m, n, 2), right and up.
    """
    classes = probabilities.shape[2]
    return probabilities.astype(np.float32) @ corners(classes) + _beside(labels, classes)


def _beside(labels: np.ndarray, classes: int) -> np.ndarray:
    """How far each photo lies beside its point: those of a class spread over a disk like the seeds of a sunflower."""
    share = np.zeros(len(labels))
    turn = np.zeros(len(labels))
    for number in range(classes):
        mine = np.flatnonzero(labels == number)
        turn[mine] = np.arange(len(mine)) * _GOLDEN_ANGLE + 2 * np.pi * number / classes  # no two on one spot
        share[mine] = (np.arange(len(mine)) + 0.5) / max(1, len(mine))
    if classes == 2:  # between two corners there is but a line: the photos of one class go above it
        low, high = _BAND
        height = low + (high - low) * share
        return np.stack([np.zeros(len(labels)), np.where(labels == 0, height, -height)], axis=1)
    return (_SPREAD * np.sqrt(share))[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
