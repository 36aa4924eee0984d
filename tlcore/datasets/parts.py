"""The parts of a split, and what folders call them."""

from __future__ import annotations

PARTS = ("train", "validation", "test")
PART_TITLES = {"train": "Training", "validation": "Validation", "test": "Test"}
NOT_GIVEN = -1  # in place of a position in `PARTS`: the source did not say which part an image belongs to

PART_FOLDERS = {
    "train": 0,
    "training": 0,
    "val": 1,
    "valid": 1,
    "validation": 1,
    "dev": 1,
    "test": 2,
    "testing": 2,
}
