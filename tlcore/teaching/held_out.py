"""How often a head is right on recordings that it has not seen.

Frames of one recording are nearly the same picture: a head that has seen one of them knows the others. So a recording
is judged by a head that has seen no frame of it, and for the interval it counts as one image, however long it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tlcore.comparison.statistics import wilson_interval
from tlcore.datasets.checking.alike import group_few, joined
from tlcore.teaching.frames import Examples
from tlcore.teaching.head import solve

MOST_HEADS = 24  # with more recordings, several are left out at once
_LOOKED_AT = 6  # frames of each recording, of which one that looks like one of another recording makes both one


@dataclass(frozen=True)
class HeldOut:
    """What the recordings said that were held out in turn.

    Args:
        accuracy: 0..1, the mean over the recordings of the share of their frames that were right.
        interval: of 95 %, by Wilson's formula with as many images as there are recordings.
        recordings: how many there are; those that look alike count as one.
        frames: in all of them.
        alike: how many recordings fewer that is than were made, as some look alike.
        of_class: accuracy of each class, in the order of the classes.
    """

    accuracy: float
    interval: tuple[float, float]
    recordings: int
    frames: int
    alike: int
    of_class: tuple[float, ...]


def distinct_recordings(examples: Examples) -> np.ndarray:
    """Tell the recordings that count: those of a class that look alike, as of a camera that did not move, are one.

    Args:
        examples: any.

    Returns:
        int64 (n,), the same number for frames of one recording, or of recordings that look alike.
    """
    groups = np.arange(len(examples.labels))
    for label in range(len(examples.classes)):
        of_class = examples.recordings[examples.labels == label]
        frames = [np.flatnonzero(examples.recordings == recording) for recording in np.unique(of_class)]
        few = np.concatenate([each[np.linspace(0, len(each) - 1, _LOOKED_AT).astype(int)] for each in frames])
        _, first, place = np.unique(group_few(examples.thumbnails[few]), return_index=True, return_inverse=True)
        groups[few] = few[first[place.ravel()]]
    return np.unique(joined(groups, examples.recordings), return_inverse=True)[1].ravel()


def recordings_of_each(examples: Examples) -> list[int]:
    """Count the distinct recordings of each class.

    Args:
        examples: any.

    Returns:
        One number a class.
    """
    found = distinct_recordings(examples)
    return [len(np.unique(found[examples.labels == label])) for label in range(len(examples.classes))]


def held_out(examples: Examples, go_on: Callable[[], bool] = lambda: True) -> HeldOut | None:
    """Let each recording be answered by a head that has not seen any frame of it.

    Args:
        examples: any.
        go_on: asked between heads.

    Returns:
        What came of it; None where a class has a single distinct recording, or it was told not to go on.
    """
    recordings = distinct_recordings(examples)
    first_frames = np.unique(recordings, return_index=True)[1]
    labels = examples.labels[first_frames]  # of each recording
    if np.bincount(labels, minlength=len(examples.classes)).min() < 2:
        return None
    shares = np.zeros(len(labels))
    for left_out in np.unique(folds := _folds(labels)):
        if not go_on():
            return None
        is_judged = folds[recordings] == left_out
        seen = ~is_judged
        head = solve(examples.features[seen], examples.labels[seen], len(examples.classes))
        answers = head.log_probabilities(examples.features[is_judged]).argmax(axis=1)
        is_right = answers == examples.labels[is_judged]
        for recording in np.flatnonzero(folds == left_out):
            shares[recording] = is_right[recordings[is_judged] == recording].mean()
    return HeldOut(
        accuracy=float(shares.mean()),
        interval=wilson_interval(float(shares.sum()), len(shares)),
        recordings=len(shares),
        frames=len(recordings),
        alike=len(np.unique(examples.recordings)) - len(shares),
        of_class=tuple(float(shares[labels == label].mean()) for label in range(len(examples.classes))),
    )


def _folds(labels: np.ndarray) -> np.ndarray:
    """Which recordings are left out together: each alone, or, where they are many, as few of each class as can be."""
    if len(labels) <= MOST_HEADS:
        return np.arange(len(labels))
    turns = np.empty(len(labels), np.int64)
    begin = 0
    for label in np.unique(labels):
        of_class = np.flatnonzero(labels == label)
        turns[of_class] = (begin + np.arange(len(of_class))) % MOST_HEADS
        begin += len(of_class)
    return turns
