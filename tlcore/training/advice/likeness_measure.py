"""How much the photos of a dataset are like those a network was pretrained on, measured through LiteRT.

Knows no TensorFlow.
"""

from __future__ import annotations

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.errors import DatasetError
from tlcore.inference.classifier import classify
from tlcore.inference.networks.prepared import Prepared
from tlcore.jobs import Monitor
from tlcore.training.advice.likeness import Likeness

PHOTOS = 300
_FOLDS = 5
_BATCH = 16
_FEWEST = 4  # photos of each class, so that every fold can do without some
_PENALTY = 0.01  # inverse strength: with more features than photos a weak one would fit them by heart


def measure_likeness(
    prepared: Prepared,
    dataset: Dataset,
    train: np.ndarray,
    monitor: Monitor,
) -> Likeness:
    """Look at a sample of the training photos with a pretrained network.

    Args:
        prepared: the network, ready to classify its own classes.
        dataset: the photos.
        train: int (n,), positions of the training photos; the others stay unseen.
        monitor: told of progress, and asked between batches.

    Returns:
        What it made of them.

    Raises:
        DatasetError: if a class has too few training photos.
        Stopped: if asked to stop.
    """
    indices = _sample(dataset.labels, train, len(dataset.classes))
    results = []
    for start in range(0, len(indices), _BATCH):
        batch = indices[start : start + _BATCH]
        photos = [dataset.image(int(index), prepared.card.input_size) for index in batch]
        results += classify(prepared, photos, top=1)
        monitor.report(f"Measuring with {prepared.card.title}", len(results), len(indices))
        monitor.check()
    features = np.stack([result.features for result in results])
    return Likeness(
        network=prepared.card.architecture,
        photos=len(indices),
        photos_per_class=len(train) / len(dataset.classes),
        classes=len(dataset.classes),
        correct=_separated(features, dataset.labels[indices]),
        confidence=float(np.mean([result.best.probability for result in results])),
    )


def _sample(labels: np.ndarray, train: np.ndarray, classes: int) -> np.ndarray:
    """Equally many training photos of each class, as far as there are."""
    random = np.random.default_rng(0)
    share = max(_FEWEST, PHOTOS // classes)
    members = [random.permutation(train[labels[train] == label])[:share] for label in range(classes)]
    fewest = min(map(len, members))
    if fewest < _FEWEST:
        raise DatasetError(
            f"at least {_FEWEST} training images of each class", f"a class with {fewest}", "Add images to that class."
        )
    return np.concatenate(members)


def _separated(features: np.ndarray, labels: np.ndarray) -> int:
    """How many photos a linear classifier gets right that was fitted to the others."""
    from sklearn.linear_model import LogisticRegression  # takes a second to import
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    folds = StratifiedKFold(min(_FOLDS, int(np.bincount(labels).min())), shuffle=True, random_state=0)
    linear = make_pipeline(StandardScaler(), LogisticRegression(C=_PENALTY, max_iter=500))
    return int((cross_val_predict(linear, features, labels, cv=folds) == labels).sum())
