"""What heads say about images that they have not seen: cross-validated answers, for doubting labels.

A head that was trained on a wrong label has learned it, more or less: with more features than images it can learn all
of them. So each image is judged by a head that was fitted to the others. Knows no TensorFlow.
"""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from tlcore.errors import DatasetError
from tlcore.jobs import SILENT, Monitor

FOLDS = 5
_STRENGTH = 10.0  # inverse strength of the penalty on features of length one
_MOST_STEPS = 300
_WHAT = "Training heads with some images left out"


def judge(
    features: np.ndarray,
    labels: np.ndarray,
    groups: np.ndarray,
    monitor: Monitor = SILENT,
    strength: float = _STRENGTH,
) -> np.ndarray:
    """Ask heads about images that they were not fitted to (from `sklearn.linear_model.LogisticRegression`).

    Args:
        features: float32 (n, …) at the cut of a frozen backbone.
        labels: int (n,).
        groups: int (n,); images of the same number are judged by the same head, so that no copy gives a label away.
        monitor: told of progress, and asked before each head.
        strength: inverse strength of the penalty on features of length one.

    Returns:
        float32 (n, classes): probabilities, each row by a head that has not seen it.

    Raises:
        DatasetError: if a class has fewer than two images.
        Stopped: if asked to.
    """
    from sklearn.linear_model import LogisticRegression  # late: takes a second
    from sklearn.model_selection import StratifiedGroupKFold

    fewest = int(np.bincount(labels).min())
    if fewest < 2:
        raise DatasetError("at least two images of each class", "only one of some class", "Add images to that class.")
    folds = min(FOLDS, fewest)
    rows = features.reshape(len(features), -1)
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    answers = np.zeros((len(labels), labels.max() + 1), np.float32)
    splits = StratifiedGroupKFold(folds, shuffle=True, random_state=0).split(rows, labels, groups)
    # Threads of matrix products would wait busily for each other: measured, ten times slower than one.
    with threadpool_limits(1):
        for number, (seen, unseen) in enumerate(splits):
            monitor.check()
            monitor.report(_WHAT, number, folds)
            head = LogisticRegression(C=strength, max_iter=_MOST_STEPS).fit(rows[seen], labels[seen])
            answers[np.ix_(unseen, head.classes_)] = head.predict_proba(rows[unseen])
    monitor.report(_WHAT, folds, folds)
    return answers
