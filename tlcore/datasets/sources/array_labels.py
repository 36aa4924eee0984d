"""Arrays of labels: whole numbers, texts or one-hot rows, and the arrays that name their classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tlcore.errors import DatasetError
from tlcore.settings import settings

MOST_EXACT = 2**53  # whole numbers up to here are exact as floating point


def label_count(array: np.ndarray) -> int:
    """For how many images an array may hold labels.

    Args:
        array: any array.

    Returns:
        The number; 0 if its type or shape is not that of labels.
    """
    if array.dtype.kind not in "biufUS" or array.ndim not in (1, 2) or 0 in array.shape:
        return 0
    if array.ndim == 1 or 1 in array.shape:
        return array.size
    limits = settings()
    within = array.shape[1] <= limits.max_classes and len(array) <= limits.max_dataset_images
    return len(array) if within and array.dtype.kind in "biuf" else 0


def label_problem(labels: np.ndarray) -> str:
    """What is wrong with labels, "" if nothing is.

    Args:
        labels: an array of which `label_count` gives a number.
    """
    if labels.dtype.kind in "US":
        return ""
    if 1 not in labels.shape and labels.ndim == 2:
        one_hot = ((labels == 0) | (labels == 1)).all() and (labels.sum(axis=1) == 1).all()
        return "" if one_hot else "rows that are not one-hot"
    whole = np.isfinite(labels).all() and (labels == np.floor(labels)).all() and np.abs(labels).max() < MOST_EXACT
    return "" if whole else "labels that are not whole numbers"


def class_values(labels: np.ndarray) -> np.ndarray:
    """One value for each image.

    Args:
        labels: an array without `label_problem`.

    Returns:
        int64 or text array (n,).
    """
    if labels.ndim == 2 and 1 not in labels.shape:
        return labels.argmax(axis=1)
    flat = np.asarray(labels).reshape(-1)
    if flat.dtype.kind == "S":
        return np.char.decode(flat, "utf-8", "replace")
    return flat if flat.dtype.kind == "U" else flat.astype(np.int64)


def name_classes(
    values: np.ndarray, given: Sequence[str], arrays: Mapping[str, np.ndarray]
) -> tuple[tuple[str, ...], np.ndarray, list[str]]:
    """Name the classes of labels.

    Args:
        values: what `class_values` gives.
        given: names in the order of whole numbers, from the user; empty if there are none.
        arrays: all arrays of the same file, one of which may hold the names.

    Returns:
        The names of the classes, the int64 (n,) index of each label among them, and sentences about it.

    Raises:
        DatasetError: if not every label has one of the given names.
    """
    if values.dtype.kind != "U" and given:
        if values.min() < 0 or values.max() >= len(given):
            raise DatasetError(
                f"labels from 0 to {len(given) - 1}, one per class name",
                f"labels from {values.min()} to {values.max()}",
                "Give every class a name.",
            )
        return tuple(given), values, []
    present, labels = np.unique(values, return_inverse=True)
    if values.dtype.kind != "U" and (array := _find_names(present, len(values), arrays)):
        texts = class_values(arrays[array])
        return tuple(str(texts[value]) for value in present), labels, [f"Class names were read from {array}."]
    return tuple(str(value) for value in present), labels, []


def _find_names(present: np.ndarray, count: int, arrays: Mapping[str, np.ndarray]) -> str:
    """The shortest array of different texts that has one for each label; "" if there is none, or no single one."""
    fitting = {
        name: array.size
        for name, array in arrays.items()
        if array.dtype.kind in "US" and array.ndim == 1 and array.size not in (0, count)
        if present[0] >= 0 and present[-1] < array.size == len(np.unique(array))
    }
    shortest = [name for name, size in fitting.items() if size == min(fitting.values())]
    alike = all(np.array_equal(arrays[name], arrays[shortest[0]]) for name in shortest)
    return shortest[0] if shortest and alike else ""
