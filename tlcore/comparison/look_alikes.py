"""Why a photo was taken for another class: the training image of that class that is most like it to the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tlcore.comparison.comparison import ComparedRun
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import MissingError
from tlcore.inference.latent import unit_rows
from tlcore.training.features.cache import read_kept
from tlcore.training.features.phase import head_key
from tlcore.training.plans.plan import plan_from_json
from tlcore.training.results.trained_features import load_features


@dataclass(frozen=True)
class LookAlikes:
    """The most similar training image of the class that each photo was taken for.

    Args:
        images: position of a test photo in the dataset → that of the training image.
        are_its_own: whether it was found with the features of the network itself; else with those that its backbone
            had before it was trained.
    """

    images: dict[int, int]
    are_its_own: bool


def look_alikes(item: ComparedRun, mistakes: Sequence[dict]) -> LookAlikes | None:
    """Find, for test photos, the most similar training images of the classes they were taken for, by cosine.

    Args:
        item: a finished run.
        mistakes: as `Predictions.worst_mistakes` gives them.

    Returns:
        What was found; None where no features are kept: none are computed for this.

    Raises:
        MissingError: if the predictions of the run are gone.
        NotFoundError: if its dataset is gone.
    """
    train = item.predictions("train")
    classes = {row["predicted"] for row in mistakes}
    candidates = np.isin(train.labels, list(classes))
    indices, labels = train.indices[candidates], train.labels[candidates]
    photos = np.array([row["image"] for row in mistakes], np.int64)
    found = _rows(item, np.concatenate([photos, indices]))
    if found is None:
        return None
    rows, are_its_own = found
    rows = unit_rows(rows.astype(np.float32))
    images = {}
    for photo, row in zip(mistakes, rows[: len(photos)], strict=True):
        of_class = np.flatnonzero(labels == photo["predicted"])
        if len(of_class):
            likeness = rows[len(photos) + of_class] @ row
            images[photo["image"]] = int(indices[of_class[likeness.argmax()]])
    return LookAlikes(images, are_its_own)


def _rows(item: ComparedRun, indices: np.ndarray) -> tuple[np.ndarray, bool] | None:
    """float (n, …): features of images, and whether they are the network's own; None where none are kept."""
    plan = plan_from_json(item.run.plan)
    if item.strategy.trains_backbone:
        try:
            kept = load_features(item.run.folder)
            place = kept.row_of
            return kept.rows[[place[int(index)] for index in indices]], True
        except (MissingError, KeyError):
            pass  # a run of an earlier version, or of too many images: what its backbone began with may be kept
    key = head_key(plan)
    rows = read_kept(open_dataset(plan.dataset), key, indices) if key else None
    return None if rows is None else (rows, not item.strategy.trains_backbone)
