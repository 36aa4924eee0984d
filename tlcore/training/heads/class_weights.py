"""How much the images of each class count. Knows no TensorFlow."""

from __future__ import annotations

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.splits import Split
from tlcore.training.plans.plan import TrainingPlan


def class_weights(plan: TrainingPlan, dataset: Dataset, split: Split) -> np.ndarray:
    """Say how much the training images of each class count.

    Args:
        plan: says whether classes count alike.
        dataset: the plan's.
        split: of it.

    Returns:
        float32 (classes,): 1 each, or inverse to how often a class occurs among the training images.
    """
    classes = len(dataset.classes)
    if not plan.class_weights:
        return np.ones(classes, np.float32)
    counts = np.bincount(dataset.labels[split.train], minlength=classes)
    return (counts.sum() / (classes * counts)).astype(np.float32)
