"""Calibration: is a network right as often as it is sure?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tlcore.comparison.statistics import wilson_interval
from tlcore.training.results.evaluation import Predictions

BINS = 10
_DRAWS = 200


def calibration_rows(predictions: Predictions) -> list[dict]:
    """Sort photos by how sure the network is, and count how often it is right.

    Args:
        predictions: of one part.

    Returns:
        One row for each tenth of confidence that occurs: its ends, photos, mean confidence, accuracy with the ends of
        its 95 % interval; all 0..1.
    """
    confidence, right = predictions.probabilities.max(axis=1), predictions.right
    numbers = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = []
    for number in np.unique(numbers):
        chosen = numbers == number
        low, high = wilson_interval(int(right[chosen].sum()), int(chosen.sum()))
        rows.append(
            {
                "from": float(number / BINS),
                "to": float((number + 1) / BINS),
                "photos": int(chosen.sum()),
                "confidence": float(confidence[chosen].mean()),
                "accuracy": float(right[chosen].mean()),
                "low": low,
                "high": high,
            }
        )
    return rows


def calibration_error(rows: Sequence[dict]) -> float:
    """Sum the distance from perfect calibration up (expected calibration error; Naeini et al., 2015).

    Args:
        rows: as `calibration_rows` gives them.

    Returns:
        Mean distance between confidence and accuracy, weighted by photos, 0..1.
    """
    photos = sum(row["photos"] for row in rows)
    return sum(row["photos"] * abs(row["confidence"] - row["accuracy"]) for row in rows) / photos


def calibration_floor(predictions: Predictions) -> float:
    """What a perfectly calibrated network would show on as many images: chance alone fills no bin evenly.

    Args:
        predictions: of one part.

    Returns:
        Mean calibration error, 0..1, if each answer were right with just the probability that it was given: over 200
        draws from a fixed seed.
    """
    confidence = predictions.probabilities.max(axis=1)
    numbers = np.minimum((confidence * BINS).astype(int), BINS - 1)
    is_right = np.random.default_rng(0).random((_DRAWS, len(confidence))) < confidence
    off = [np.abs((is_right - confidence)[:, numbers == number].sum(axis=1)) for number in np.unique(numbers)]
    return float(np.sum(off, axis=0).mean() / len(confidence))
