"""Masks: pictures that say where in a photo something is, told by what they and their folders are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from tlcore.datasets.parts import parts_of, says_nothing, words_of

_MASKS = {
    "mask", "masks", "segmentation", "segmentations", "annotation", "annotations", "trimap", "trimaps", "groundtruth",
}  # fmt: skip
_BESIDE_MASKS = {"class", "object", "train", "test", "val", "valid", "validation", "training", "image", "images"}
_TRUTH = re.compile("ground[ _-]?truth", re.IGNORECASE)
_MASK_OF = re.compile(r"(.+?)[_-](?:mask|segmentation)(?:[_-]?\d+)?")


def find_masks(photos: Sequence[str]) -> set[str]:
    """Tell which pictures are masks of others.

    Args:
        photos: names of files, relative to the root, with "/" between folders.

    Returns:
        Those in a folder called like `masks` beside one called like `images` or `train`, and those called like
        `cat_1_mask` beside `cat_1`. A folder `mask` beside `no_mask` is a class.
    """
    folders: dict[str, set[str]] = {}
    for parent in {name.rpartition("/")[0] for name in photos}:
        while parent:
            above, _, own = parent.rpartition("/")
            folders.setdefault(above, set()).add(own)
            parent = above
    masks = {f"{above}/{own}".lstrip("/") for above, names in folders.items() for own in _mask_folders(names)}
    stems = {name.rpartition(".")[0] for name in photos}
    return {name for name in photos if _lies_in(name, masks) or _is_mask_of(name, stems)}


def _mask_folders(names: Iterable[str]) -> list[str]:
    """Those of several folders beside each other that hold masks of what lies in the others."""
    named = [
        name
        for name in names
        if (words := set(words_of(_TRUTH.sub("groundtruth", name)))) & _MASKS and words <= _MASKS | _BESIDE_MASKS
    ]
    others = set(names) - set(named)
    return named if any(says_nothing(name) or parts_of([name]) for name in others) else []


def _lies_in(name: str, folders: set[str]) -> bool:
    return bool(folders) and any(str(parent) in folders for parent in PurePosixPath(name).parents)


def _is_mask_of(name: str, stems: set[str]) -> bool:
    folder, slash, file = name.rpartition("/")
    match = _MASK_OF.fullmatch(file.rpartition(".")[0])
    return match is not None and f"{folder}{slash}{match[1]}" in stems
