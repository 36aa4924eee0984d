"""Precision, recall and F1 of each class."""

from __future__ import annotations

from collections.abc import Sequence

from tlcore.training.results.evaluation import Predictions

MEAN = "mean of classes"  # the last row


def class_scores(predictions: Predictions, classes: Sequence[str]) -> list[dict]:
    """Measure each class (from `sklearn.metrics.precision_recall_fscore_support`).

    Args:
        predictions: of one part.
        classes: their names.

    Returns:
        One row a class: its name, photos, precision (share of right answers among the photos put into this class),
        recall (share of this class's photos put into it) and F1 (their harmonic mean); 0 where undefined. A last row
        holds the plain means over the classes.
    """
    from sklearn.metrics import (
        precision_recall_fscore_support,  # late: takes a second, and pages that need none of it open without
    )

    scores = precision_recall_fscore_support(
        predictions.labels, predictions.predicted, labels=range(len(classes)), zero_division=0
    )
    rows = [
        {"class": name, "photos": int(photos), "precision": float(precision), "recall": float(recall), "F1": float(f1)}
        for name, precision, recall, f1, photos in zip(classes, *scores, strict=True)
    ]
    means = {name: sum(row[name] for row in rows) / len(rows) for name in ("precision", "recall", "F1")}
    return [*rows, {"class": MEAN, "photos": len(predictions.labels), **means}]
