"""Which arrays are images, which are their labels, and which part of a split they are.

Types and shapes decide. Names only tell apart what fits equally well: labels are called more like their images than
others are, and "train", "val" or "test" in a name is the part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import numpy as np

from tlcore.datasets.parts import NOT_GIVEN, PART_WORDS, PARTS, UNLABELED
from tlcore.datasets.sources.array_labels import class_values, label_count, label_problem
from tlcore.datasets.sources.array_layouts import find_axes
from tlcore.errors import DatasetError
from tlcore.text import one_line

MOST_LISTED = 10
MOST_CHARACTERS = 500
_WORD = re.compile(r"t10k|[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_PART_WORDS = {word: part for word, part in PART_WORDS.items() if part != UNLABELED}
_PART_WORDS["t10k"] = PARTS.index("test")  # so are the test images of MNIST called


@dataclass(frozen=True)
class Pair:
    """Images and their labels.

    Args:
        name: what to call the images.
        images: array of numbers that `find_axes` understands.
        labels: array (n,), (n, 1) or (1, n) of integers or texts, or one-hot (n, classes).
        part: which part of a split they are: position in `tlcore.datasets.parts.PARTS`, or `NOT_GIVEN`.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    part: int = NOT_GIVEN


def find_pairs(
    images: Mapping[str, np.ndarray],
    labels: Mapping[str, np.ndarray],
    images_wanted: Sequence[str] = (),
    labels_wanted: Sequence[str] = (),
) -> list[Pair]:
    """Find images and their labels among arrays.

    Args:
        images: arrays by name, among which the images are.
        labels: arrays by name, among which the labels are; they may be the same ones.
        images_wanted: names of the images, with or without that of their file; empty to find them.
        labels_wanted: likewise of their labels.

    Returns:
        One or more pairs; of several each with the part that its name tells, the training part first.

    Raises:
        DatasetError: if there is none, or several readings fit, saying which.
    """
    pictures = _choose(images, images_wanted, "images_array") or {
        name: array for name, array in images.items() if find_axes(array) and not _is_one_hot(array)
    }
    answers = _choose(labels, labels_wanted, "labels_array") or {
        name: array for name, array in labels.items() if label_count(array)
    }
    found = {name: _labels_of(name, array, answers) for name, array in pictures.items()}
    found = {name: label for name, label in found.items() if label}
    if not found:
        raise DatasetError(
            "an array of images, and one of as many labels", _list({**images, **labels}),
            "Give the file of labels as well, save both in one file, or name them with images_array and labels_array.",
        )  # fmt: skip
    if not images_wanted:
        _check_one_reading(found)
    pairs = [Pair(name, pictures[name], answers[label], part_of(name)) for name, label in found.items()]
    return sorted(_complete_parts(pairs), key=lambda pair: pair.part)


def part_of(name: str) -> int:
    """The part of a split that a name tells: position in `tlcore.datasets.parts.PARTS`, or `NOT_GIVEN`."""
    return next((_PART_WORDS[word] for word in reversed(_words(name)) if word in _PART_WORDS), NOT_GIVEN)


def _words(name: str) -> list[str]:
    """The words of a name in lower case: of `X_train`, `trainX` and `xtrain` "x" and "train"."""
    words = []
    for word in (found.lower() for found in _WORD.findall(name)):
        bare = word.strip("xy")
        joined = bare != word and bare in _PART_WORDS
        words += [bare, word.replace(bare, "")] if joined else [word]
    return words


def _choose(arrays: Mapping[str, np.ndarray], wanted: Sequence[str], option: str) -> dict[str, np.ndarray]:
    chosen = {name: array for name, array in arrays.items() if name in wanted or name.split("/")[-1] in wanted}
    if wanted and not chosen:
        raise DatasetError(
            f"the name of an array as {option}", f"{', '.join(wanted)}, but there is: {_list(arrays)}",
            "Correct this option.",
        )  # fmt: skip
    return chosen


def _is_one_hot(array: np.ndarray) -> bool:
    return array.ndim == 2 and label_count(array) > 0 and not label_problem(array)


def _labels_of(name: str, images: np.ndarray, answers: Mapping[str, np.ndarray]) -> str:
    """The labels of some images: of those with the same part and number the ones called most alike; "" if none."""
    fitting = [label for label, array in answers.items() if array is not images and label_count(array) == len(images)]
    if len(fitting) > 1:
        fitting = [label for label in fitting if _may_be_classes(answers[label])] or fitting
    same_part = [label for label in fitting if part_of(label) == part_of(name)]
    fitting = same_part or [label for label in fitting if NOT_GIVEN in (part_of(label), part_of(name))]
    if not fitting:
        return ""
    likeness = {label: _likeness(name, label) for label in fitting}
    best = [label for label in fitting if likeness[label] == max(likeness.values())]
    first = answers[best[0]]
    if not all(_are_equal(first, answers[label]) for label in best[1:]):
        raise _ambiguous(f"labels of {one_line(name, MOST_CHARACTERS)}", best, "labels_array")
    return best[0]


def _may_be_classes(labels: np.ndarray) -> bool:
    """Whether labels repeat, unlike the names of files."""
    return not label_problem(labels) and len(np.unique(class_values(labels))) < label_count(labels)


def _likeness(name: str, label: str) -> tuple[int, int]:
    """How many folders, and how many words, two names share."""
    folders = zip(name.split("/")[:-1], label.split("/")[:-1], strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], folders))
    return shared, len(set(_words(name)) & set(_words(label)))


def _are_equal(one: np.ndarray, other: np.ndarray) -> bool:
    return not (label_problem(one) or label_problem(other)) and np.array_equal(class_values(one), class_values(other))


def _check_one_reading(found: Mapping[str, str]) -> None:
    """Refuse images that share their labels, and such that are more than the parts of one set."""
    shared = [name for name, label in found.items() if list(found.values()).count(label) > 1]
    stems = {
        frozenset(word for word in _words(name) if word not in _PART_WORDS and not word.isdecimal()) for name in found
    }
    if shared or len(stems) > 1:
        raise _ambiguous("images", shared or list(found), "images_array")


def _complete_parts(pairs: list[Pair]) -> list[Pair]:
    """What has no part beside images for validation or tests is there for training."""
    parts = {pair.part for pair in pairs}
    if PARTS.index("train") in parts or parts == {NOT_GIVEN}:
        return pairs
    return [replace(pair, part=PARTS.index("train")) if pair.part == NOT_GIVEN else pair for pair in pairs]


def _ambiguous(what: str, names: Sequence[str], option: str) -> DatasetError:
    listed = one_line(", ".join(names[:MOST_LISTED]), MOST_CHARACTERS)
    return DatasetError(
        f"one array that can be the {what}", f"{len(names)}: {listed}",
        f"Say which with the option {option}; several are separated by commas.",
    )  # fmt: skip


def _list(arrays: Mapping[str, np.ndarray]) -> str:
    listed = [f"{name} ({' x '.join(map(str, array.shape))}, {array.dtype})" for name, array in arrays.items()]
    more = f" and {len(listed) - MOST_LISTED:,} more" if len(listed) > MOST_LISTED else ""
    return one_line(", ".join(listed[:MOST_LISTED]), MOST_CHARACTERS) + more
