"""The parts of a split, and what folders call them."""

from __future__ import annotations

import re
from collections.abc import Iterable

PARTS = ("train", "validation", "test")
PART_TITLES = {"train": "Training", "validation": "Validation", "test": "Test"}
NOT_GIVEN = -1  # in place of a position in `PARTS`: the source did not say which part an image belongs to
UNLABELED = -2  # in place of a position in `PARTS`: images that wait for a prediction

PART_WORDS = {
    "train": 0,
    "training": 0,
    "trn": 0,
    "val": 1,
    "valid": 1,
    "validation": 1,
    "validate": 1,
    "dev": 1,
    "eval": 1,
    "evaluation": 1,
    "test": 2,
    "testing": 2,
    "tst": 2,
    "holdout": 2,
    "pred": UNLABELED,
    "predict": UNLABELED,
    "prediction": UNLABELED,
    "predictions": UNLABELED,
    "unlabeled": UNLABELED,
    "unlabelled": UNLABELED,
}
_FILLERS = {
    *("set", "sets", "data", "dataset", "split", "label", "labels", "annotations"),
    *("image", "images", "img", "imgs", "photo", "photos", "pictures"),
}
_JOINED = re.compile(rf"({'|'.join(sorted(PART_WORDS, key=len, reverse=True))})({'|'.join(_FILLERS)})")


def parts_of(names: Iterable[str]) -> dict[str, int]:
    """Tell which of several names beside each other are those of parts of a split, such as `seg_train` and `seg_test`.

    Args:
        names: of folders or arrays.

    Returns:
        Name → position in `PARTS`, or `UNLABELED`; without the names that are no part's. One counts if it has exactly
        one word for a part, and its other words are fillers or stand in all names that have one.
    """
    found = {}
    for name in dict.fromkeys(names):
        words = _words(name)
        parts = [word for word in words if word in PART_WORDS]
        if len(parts) == 1:
            found[name] = (PART_WORDS[parts[0]], set(words) - {parts[0]} - _FILLERS)
    shared = set.intersection(*(rest for _, rest in found.values())) if len(found) > 1 else set()
    return {name: part for name, (part, rest) in found.items() if rest <= shared}


def says_nothing(name: str) -> bool:
    """Tell whether a folder's name is none of a class, such as `images_001`.

    Args:
        name: of a folder.
    """
    words = set(_words(name))
    return bool(words) and words <= _FILLERS


def _words(name: str) -> list[str]:
    """Its words of two letters or more, in lower case: numbers and signs part them, and capitals, as in "TrainData"."""
    words: list[str] = []
    for word in re.findall(r"[^\W\d_]{2,}", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)):
        joined = _JOINED.fullmatch(word.lower())
        words += joined.groups() if joined else [word.lower()]
    if words[:2] == ["hold", "out"]:
        words[:2] = ["holdout"]
    return words
