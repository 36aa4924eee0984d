"""Which images of a dataset no pupil sees: its test part, or a draw that keeps images that look alike together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.parts import PARTS
from tlcore.datasets.splits import split
from tlcore.datasets.versions import new_version
from tlcore.errors import DatasetError
from tlcore.jobs import Monitor

MOST = 500  # each run answers all of them; more would tell little more, and cost every pupil a wait
LESSONS = "lessons"  # what versions are made for here
_SHARE = 0.2
_TEST = PARTS.index("test")


@dataclass(frozen=True, eq=False)
class HiddenDraw:
    """Which images are kept from pupils.

    Args:
        tested: int64 positions of those that networks are tested on, in ascending order.
        left_out: int64 positions of others that pupils do not get: the rest of the test part, and what looks like an
            image that is tested.
    """

    tested: np.ndarray
    left_out: np.ndarray


def draw_hidden(dataset: Dataset) -> HiddenDraw:
    """Choose the hidden images of a dataset: always the same ones.

    Args:
        dataset: any.

    Returns:
        At most 500 images of the test part that the dataset came with, spread over the classes; where it has none, a
        fifth of its images, drawn by class.

    Raises:
        DatasetError: if a class would be without an image on either side.
    """
    given = np.flatnonzero(dataset.parts == _TEST)
    share = min(_SHARE, MOST / len(dataset))
    pool = given if len(given) else split(dataset, (1 - share, 0.0, share)).test
    tested = _spread(dataset.labels, pool)
    alike = np.isin(dataset.groups, dataset.groups[pool])
    alike[pool] = True
    left_out = np.setdiff1d(np.flatnonzero(alike), tested)
    _check(dataset, tested, "hidden from the pupils")
    _check(dataset, np.flatnonzero(~alike), "for the pupils")
    return HiddenDraw(tested, left_out)


def _spread(labels: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """At most `MOST` images, the same share of each class."""
    if len(pool) <= MOST:
        return np.sort(pool)
    order = np.random.default_rng(0).permutation(pool)
    own = [order[labels[order] == label] for label in np.unique(labels[pool])]
    return np.sort(np.concatenate([each[: max(1, len(each) * MOST // len(pool))] for each in own]))


def _check(dataset: Dataset, indices: np.ndarray, where: str) -> None:
    counts = np.bincount(dataset.labels[indices], minlength=len(dataset.classes))
    missing = [name for name, count in zip(dataset.classes, counts, strict=True) if not count]
    if missing:
        raise DatasetError(f"images of every class {where}", f"none of {', '.join(missing[:5])}", "Add images.")


def make_versions(dataset: Dataset, monitor: Monitor) -> tuple[Dataset, Dataset]:
    """Split the hidden images off a dataset.

    Args:
        dataset: as it was brought.
        monitor: told of progress, and asked between images.

    Returns:
        What pupils learn from, and the hidden images; both are versions of the dataset, and belong to the asker.

    Raises:
        DatasetError: if a class would be without an image on either side.
        Stopped: if asked to.
    """
    draw = draw_hidden(dataset)
    everything = np.arange(len(dataset))
    kept_back = np.concatenate([draw.tested, draw.left_out])
    open_to_all = new_version(dataset, removed=kept_back.tolist(), monitor=monitor, made_for=LESSONS)
    others = np.setdiff1d(everything, draw.tested)
    return open_to_all, new_version(dataset, removed=others.tolist(), monitor=monitor, made_for=LESSONS)
