"""Checks of a whole dataset: what stops an import, and what is only reported."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tlcore.datasets.checking.report import FEW_IMAGES, TINY_SIDE, ImportReport
from tlcore.datasets.sources.source import Listing
from tlcore.errors import DatasetError
from tlcore.settings import settings
from tlcore.text import listed


def check_listing(listing: Listing) -> None:
    """Refuse what is over the limits, before any image is read.

    Args:
        listing: what the source listed.

    Raises:
        DatasetError: saying all problems at once.
    """
    limits = settings()
    problems = []
    if len(listing.names) > limits.max_dataset_images:
        problems.append(f"{len(listing.names):,} images, more than the {limits.max_dataset_images:,} allowed")
    if len(listing.classes) > limits.max_classes:
        problems.append(f"{len(listing.classes):,} classes, more than the {limits.max_classes:,} allowed")
    if problems:
        raise DatasetError(
            "a dataset within the limits",
            " and ".join(problems),
            "Use part of it, or raise TLCORE_MAX_DATASET_IMAGES or TLCORE_MAX_CLASSES.",
        )


def check_bytes(size: int) -> None:
    """Refuse more bytes than a dataset may have.

    Args:
        size: bytes of encoded images so far.

    Raises:
        DatasetError: if it is over the limit in the settings.
    """
    limit = settings().max_dataset_bytes
    if size > limit:
        raise DatasetError(
            f"at most {limit / 1e9:.1f} GB of images",
            "more",
            "Use fewer or smaller images, or raise TLCORE_MAX_DATASET_BYTES.",
        )


def too_small(labels: np.ndarray, classes: int) -> list[int]:
    """Find the classes that cannot be split, as they have less than two images.

    Args:
        labels: integer (n,) of the images that are listed, or that read.
        classes: how many there are.

    Returns:
        Their positions.
    """
    return np.flatnonzero(np.bincount(labels, minlength=classes) < 2).tolist()


def check_classes(classes: Sequence[str], labels: np.ndarray, unreadable: Sequence[tuple[str, str]]) -> None:
    """Refuse what cannot be trained or split.

    Args:
        classes: class names.
        labels: integer (n,) of the images that are listed, or that read.
        unreadable: (file name, sentence) of each image left out so far.

    Raises:
        DatasetError: saying all problems at once, naming the classes.
    """
    counts = np.bincount(labels, minlength=len(classes))
    problems = [] if len(classes) > 1 else [f"only the class {classes[0]}" if classes else "no class"]
    for number, wording in ((0, "no readable image"), (1, "only one readable image")):
        names = [name for name, count in zip(classes, counts, strict=True) if count == number]
        if names:
            problems.append(f"{wording} in {listed(names)}")
    if problems:
        first = [f"{len(unreadable)} unreadable, the first: {unreadable[0][1]}"] if unreadable else []
        raise DatasetError(
            "at least two classes with at least two readable images each",
            "; ".join(problems + first),
            "Add images, or remove these classes.",
        )


def build_report(
    listing: Listing,
    unreadable: Sequence[tuple[str, str]],
    labels: np.ndarray,
    parts: np.ndarray,
    names: Sequence[str],
    digests: np.ndarray,
    groups: np.ndarray,
    sizes: np.ndarray,
    seconds: float,
) -> ImportReport:
    """Say what was found.

    Args:
        listing: what the source listed.
        unreadable: (file name, sentence) of each image left out.
        labels: int32 (n,) of the images kept.
        parts: their int8 (n,) given parts.
        names: their n file names.
        digests: their uint8 (n, 32) SHA-256.
        groups: their int32 (n,) groups of alike pictures.
        sizes: their int32 (n, 2) heights and widths in pixels.
        seconds: how long the import took.

    Returns:
        The report.
    """
    copies = np.unique(digests, axis=0, return_inverse=True)[1].ravel()
    exact = _members(copies)
    # Of exact duplicates one is enough to show what else looks like them.
    single = np.zeros(len(names), bool)
    single[np.unique(copies, return_index=True)[1]] = True
    near = [kept for group in _members(groups) if len(kept := [index for index in group if single[index]]) > 1]
    mixed = [group for group in _members(groups) if len(np.unique(labels[group])) > 1]
    counts = np.bincount(labels, minlength=len(listing.classes))

    def named(rows: Iterable[Iterable[int]]) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(names[index] for index in group) for group in rows)

    return ImportReport(
        found=len(listing.names),
        unreadable=tuple(unreadable),
        duplicates=named(exact),
        near_duplicates=named(near),
        conflicts=named(mixed),
        across_parts=sum(len(np.unique(parts[group])) > 1 for group in _members(groups)),
        small_classes=tuple(
            (name, int(count)) for name, count in zip(listing.classes, counts, strict=True) if count < FEW_IMAGES
        ),
        imbalance=float(counts.max() / counts.min()),
        tiny=int(np.count_nonzero(sizes.min(axis=1) < TINY_SIDE)),
        notes=listing.notes,
        seconds=round(seconds, 3),
    )


def _members(groups: np.ndarray) -> list[np.ndarray]:
    """Indices of each group that has more than one member."""
    order = np.argsort(groups, kind="stable")
    parts = np.split(order, np.nonzero(np.diff(groups[order]))[0] + 1)
    return sorted((part for part in parts if len(part) > 1), key=lambda part: part[0])
