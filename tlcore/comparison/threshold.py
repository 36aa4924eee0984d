"""Two classes: what a threshold other than one half does."""

from __future__ import annotations

import numpy as np

from tlcore.training.results.evaluation import Predictions

KINDS = {"roc": "ROC curve", "precision-recall": "Precision and recall"}


def threshold_row(predictions: Predictions, positive: int, threshold: float) -> dict:
    """Count what happens if a class is named from some probability on.

    Args:
        predictions: of one part, of two classes.
        positive: the number of the class in question, 0 or 1.
        threshold: its least probability to be named, 0..1.

    Returns:
        Counts (found, missed, false alarms, rightly not named) and accuracy, precision, recall and F1, 0..1;
        0 where undefined.
    """
    truth = predictions.labels == positive
    named = predictions.probabilities[:, positive] >= threshold
    found, missed = int((truth & named).sum()), int((truth & ~named).sum())
    alarms, rest = int((~truth & named).sum()), int((~truth & ~named).sum())
    return {
        "found": found,
        "missed": missed,
        "false alarms": alarms,
        "rightly not named": rest,
        "accuracy": (found + rest) / len(truth),
        "precision": found / (found + alarms) if found + alarms else 0.0,
        "recall": found / (found + missed) if found + missed else 0.0,
        "F1": 2 * found / (2 * found + alarms + missed) if found else 0.0,
    }


def curve_rows(predictions: Predictions, positive: int, kind: str) -> list[dict]:
    """Go through all thresholds that make a difference (from `sklearn.metrics`).

    Args:
        predictions: of one part, of two classes.
        positive: the number of the class in question.
        kind: a key of `KINDS`.

    Returns:
        One row a threshold: threshold, and the x and y of the curve.
    """
    from sklearn.metrics import (  # late: takes a second, and pages that need none of it open without
        precision_recall_curve,
        roc_curve,
    )

    truth, scores = predictions.labels == positive, predictions.probabilities[:, positive]
    if kind == "roc":
        x, y, thresholds = roc_curve(truth, scores)
    else:
        y, x, thresholds = precision_recall_curve(truth, scores)
        thresholds = np.append(thresholds, np.inf)  # the curve ends where nothing is named
    return [
        {"threshold": float(threshold), "x": float(across), "y": float(up)}
        for threshold, across, up in zip(thresholds, x, y, strict=True)
    ]


def area(predictions: Predictions, positive: int, kind: str) -> float:
    """Sum a curve up in one number: area under the ROC curve, or average precision (from `sklearn.metrics`).

    Args:
        predictions: of one part, of two classes.
        positive: the number of the class in question.
        kind: a key of `KINDS`.

    Returns:
        0..1.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score  # late, as above

    measure = roc_auc_score if kind == "roc" else average_precision_score
    return float(measure(predictions.labels == positive, predictions.probabilities[:, positive]))
