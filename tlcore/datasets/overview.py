"""What there is to know about a dataset at a glance: its classes, its split, its sizes, and how it came about."""

from __future__ import annotations

import numpy as np

from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.datasets.splits import PARTS, Split
from tlcore.errors import NotFoundError, StateError

_EVEN = 1.2  # times as many images in the largest class as in the smallest: nobody needs to know which these are


def class_rows(dataset: Dataset, parts: Split | None) -> list[dict]:
    """Count images by class and part of a split.

    Args:
        dataset: any dataset.
        parts: a split of it; None counts the parts that the source gave, if any.

    Returns:
        One row a class: "class", "images" and, with a split, "train", "validation", "test"; without one "given train"
        and so on.
    """
    rows = [{"class": name, "images": count} for name, count in dataset.counts().items()]
    for number, part in enumerate(PARTS):
        if parts is None and part in dataset.given_parts():
            counts = np.bincount(dataset.labels[dataset.parts == number], minlength=len(dataset.classes))
            for row, count in zip(rows, counts.tolist(), strict=True):
                row[f"given {part}"] = count
    for part in PARTS if parts is not None else ():
        counts = np.bincount(dataset.labels[getattr(parts, part)], minlength=len(dataset.classes))
        for row, count in zip(rows, counts.tolist(), strict=True):
            row[part] = count
    return rows


def balance_text(dataset: Dataset) -> str:
    """Say how many images there are, and how evenly they are spread over the classes.

    Args:
        dataset: any dataset.

    Returns:
        Such as "1,000 images in 2 classes, 500 of each", "8 or 9 of each", "about 180 of each" or
        "from 20 (owl) to 500 (cat)".
    """
    counts = dataset.counts()
    smallest, largest = min(counts, key=counts.__getitem__), max(counts, key=counts.__getitem__)
    said = f"{len(dataset):,} images in {len(counts):,} classes"
    if counts[smallest] == counts[largest]:
        return f"{said}, {counts[largest]:,} of each"
    if counts[largest] == counts[smallest] + 1:
        return f"{said}, {counts[smallest]:,} or {counts[largest]:,} of each"
    if counts[largest] < _EVEN * counts[smallest]:
        return f"{said}, about {float(f'{len(dataset) / len(counts):.2g}'):,.0f} of each"
    return f"{said}, from {counts[smallest]:,} ({smallest}) to {counts[largest]:,} ({largest})"


def size_sentence(dataset: Dataset) -> str:
    """Say how large the images are.

    Args:
        dataset: any dataset.

    Returns:
        Such as "All images are 32 × 32 pixels." (width × height).
    """
    areas = dataset.sizes.astype(np.int64).prod(axis=1)
    order = np.argsort(areas, kind="stable")
    smallest, middle, largest = (_size(dataset.sizes[order[place]]) for place in (0, len(order) // 2, -1))
    if (dataset.sizes == dataset.sizes[0]).all():
        return f"All images are {smallest} pixels."
    return f"By area, the images range from {smallest} to {largest} pixels; half of them have at least {middle} pixels."


def change_sentence(dataset: Dataset) -> str:
    """Say what makes a version different from the one before.

    Args:
        dataset: any dataset.

    Returns:
        Such as "2 images removed and 1 relabeled."; "" for a dataset that was imported.
    """
    removed, relabeled = len(_removed_in(dataset)), len(_relabeled_in(dataset))
    said = [f"{removed} image{'s' if removed != 1 else ''} removed"] if removed else []
    said += [f"{relabeled} relabeled"] if relabeled else []
    return " and ".join(said) + "." if said else ""


def mixed_order(dataset: Dataset) -> np.ndarray:
    """Put images in an order that shows all classes soon.

    Args:
        dataset: any dataset.

    Returns:
        int64 (n,): positions, one image of each class in turn. A version keeps the order of the one before it, so that
        an image is found where it was.
    """
    before = version_before(dataset)
    if before is not None:
        removed = _removed_in(dataset)
        kept = [name not in removed for name in before.names]
        if sum(kept) == len(dataset):  # else names are not unique
            order = mixed_order(before)
            return (np.cumsum(kept) - 1)[order[np.array(kept)[order]]]
    by_class = np.argsort(dataset.labels, kind="stable")
    starts = np.searchsorted(dataset.labels[by_class], dataset.labels[by_class])
    turn = np.arange(len(by_class)) - starts
    return by_class[np.lexsort((dataset.labels[by_class], turn))]


def changed_images(dataset: Dataset) -> np.ndarray:
    """Find the images that a version put into another class.

    Args:
        dataset: any dataset.

    Returns:
        bool (n,).
    """
    relabeled = _relabeled_in(dataset)
    return np.array([name in relabeled for name in dataset.names], bool)


def version_before(dataset: Dataset) -> Dataset | None:
    """The version that a dataset was made from, if it is still there.

    Args:
        dataset: any dataset.
    """
    parent = dataset.source.get("parent")
    try:
        before = open_dataset(parent) if parent else None
    except (NotFoundError, StateError):
        return None
    # One that was purged and came again from its own version is younger than that: the way back would never end.
    return before if before is not None and before.created <= dataset.created else None


def _removed_in(dataset: Dataset) -> frozenset[str]:
    return frozenset(dataset.source.get("change", {}).get("removed", ()))


def _relabeled_in(dataset: Dataset) -> frozenset[str]:
    change = dataset.source.get("change", {})
    return frozenset(change.get("relabeled") or change.get("relabelled", ()))  # the latter in versions made until 2026


def _size(size: np.ndarray) -> str:
    height, width = size.tolist()
    return f"{width:,} × {height:,}"
