"""Stratified, seeded splits into training, validation and test images.

Pictures that look alike stay on one side, so that no test image has a twin among the training images.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.errors import DatasetError, InputError

PARTS = ("train", "validation", "test")
DRAWN = (0.7, 0.15, 0.15)  # shares where a dataset was given without parts and nobody says otherwise


@dataclass(frozen=True, eq=False)
class Split:
    """Which images of a dataset serve for what.

    Args:
        train: int64 indices in ascending order.
        validation: likewise.
        test: likewise.
        seed: what decided by chance.
        shares: shares of training, validation and test images of the whole.
        fraction: share of the training images in use.
        digest: SHA-256 in hex over the test images and their classes; runs with the same one can be compared.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    seed: int
    shares: tuple[float, float, float]
    fraction: float
    digest: str


def split(
    dataset: Dataset,
    shares: Sequence[float] = (),
    seed: int = 0,
    fraction: float = 1.0,
    subset: float = 1.0,
) -> Split:
    """Split a dataset.

    The sizes are exact (1,000 images at 70/15/15 % give 700/150/150) unless large groups of alike pictures or very
    small classes rule it out. The same arguments always give the same split; a larger `fraction` contains a smaller.

    Args:
        dataset: what to split.
        shares: of training, validation and test images, each 0 to 1, together 1; validation or test may be 0.
        seed: 0 or more.
        fraction: share of the training images to use, above 0 up to 1; stratified.

    Returns:
        The split.

    Raises:
        InputError: if the shares, seed or fraction are out of range.
        DatasetError: if a class would have no image in a part that is not empty; it names class and counts.
    """
    shares = shares or DRAWN
    _check_arguments(shares, seed, fraction)
    random = np.random.default_rng(seed)
    counts = np.bincount(dataset.labels, minlength=len(dataset.classes))
    _check_counts(dataset.classes, counts, shares)
    part = _assign(dataset, _quotas(counts, np.array(shares)), random)
    _check_parts(dataset, part, shares)
    train, validation, test = (np.nonzero(part == number)[0] for number in range(3))
    if fraction < 1:
        train = _first_of_each_class(random.permutation(train), dataset.labels, fraction)
    return Split(
        train=train,
        validation=validation,
        test=test,
        seed=seed,
        shares=tuple(float(share) for share in shares),
        fraction=fraction,
        digest=_digest(dataset, test),
    )


def _quotas(counts: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """How many images of each class go to each part.

    Args:
        counts: int (classes,).
        shares: float (3,).

    Returns:
        int64 (classes, 3): rows add up to `counts`, columns as nearly as possible to the rounded shares of the whole,
        and no class is without an image in a part whose share is not 0.
    """
    least = (shares > 0).astype(np.int64)
    ideal = counts[:, None] * shares
    quotas = np.maximum(np.floor(ideal + 1e-9).astype(np.int64), least)
    for row, count, wanted in zip(quotas, counts, ideal, strict=True):
        while row.sum() < count:
            row[np.argmax(np.where(shares > 0, wanted - row, -np.inf))] += 1
        while row.sum() > count:
            row[np.argmax(np.where(row > least, row - wanted, -np.inf))] -= 1
    totals = _round_to_sum(counts.sum() * shares)
    # Rounding class by class can leave a part a few images off: move single images where it hurts least.
    while (quotas.sum(axis=0) != totals).any():
        surplus = quotas.sum(axis=0) - totals
        giver, taker = surplus.argmax(), surplus.argmin()
        excess = (quotas - ideal)[:, giver] - (quotas - ideal)[:, taker]
        excess[quotas[:, giver] <= least[giver]] = -np.inf
        if excess.max() == -np.inf:
            break
        quotas[excess.argmax(), [giver, taker]] += (-1, 1)
    return quotas


def _round_to_sum(values: np.ndarray) -> np.ndarray:
    """Round to integers that keep the sum: the largest remainders go up."""
    floors = np.floor(values + 1e-9).astype(np.int64)
    missing = round(values.sum()) - floors.sum()
    floors[np.argsort(floors - values, kind="stable")[:missing]] += 1
    return floors


def _assign(dataset: Dataset, quotas: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Deal the images out: groups of alike pictures first, the largest first, then single images.

    Returns:
        int64 (n,): 0 training, 1 validation, 2 test.
    """
    labels, left = dataset.labels, quotas.copy()
    part = np.empty(len(labels), np.int64)
    order = random.permutation(len(labels))
    sizes = np.bincount(dataset.groups)
    grouped = order[sizes[dataset.groups[order]] > 1]
    for group in sorted(dict.fromkeys(dataset.groups[grouped].tolist()), key=lambda group: -sizes[group]):
        members = np.nonzero(dataset.groups == group)[0]
        needed = np.bincount(labels[members], minlength=len(left))
        fits = (left >= needed[:, None]).all(axis=0)
        room = left[needed > 0].sum(axis=0)
        # Chance in proportion to the room keeps groups from all gathering in the training part.
        chosen = random.choice(3, p=room * fits / (room * fits).sum()) if (room * fits).any() else room.argmax()
        part[members] = chosen
        left[:, chosen] -= needed
    for label in range(len(left)):
        # A group larger than any quota has taken more than its part's share: the others give.
        while left[label].min() < 0:
            lowest = left[label].argmin()
            left[label, left[label].argmax()] += left[label, lowest]
            left[label, lowest] = 0
        single = order[(labels[order] == label) & (sizes[dataset.groups[order]] == 1)]
        part[single] = np.repeat(np.arange(3), left[label])
    return part


def _first_of_each_class(indices: np.ndarray, labels: np.ndarray, fraction: float) -> np.ndarray:
    """The first `fraction` of each class, at least one image, in ascending order."""
    kept = []
    for label in np.unique(labels[indices]):
        own = indices[labels[indices] == label]
        kept.append(own[: max(1, int(len(own) * fraction + 0.5))])
    return np.sort(np.concatenate(kept))


def _digest(dataset: Dataset, test: np.ndarray) -> str:
    whole = hashlib.sha256("\0".join(dataset.classes).encode())
    order = np.lexsort((*dataset.digests[test].T, dataset.labels[test]))
    whole.update(dataset.labels[test][order].tobytes() + dataset.digests[test][order].tobytes())
    return whole.hexdigest()


def _check_arguments(shares: Sequence[float], seed: int, fraction: float) -> None:
    if len(shares) != 3 or min(shares) < 0 or abs(sum(shares) - 1) > 1e-6 or shares[0] == 0:
        raise InputError(
            "three shares of 0 or more that add up to 1, the first above 0",
            str(tuple(shares)),
            "Give training, validation and test shares such as 0.7, 0.15, 0.15.",
        )
    if seed < 0:
        raise InputError("a seed of 0 or more", str(seed), "Choose another seed.")
    if not 0 < fraction <= 1:
        raise InputError("a fraction above 0, at most 1", str(fraction), "Give the share of training images to use.")


def _check_counts(classes: Sequence[str], counts: np.ndarray, shares: Sequence[float]) -> None:
    parts = sum(share > 0 for share in shares)
    short = [f"{name} with {count}" for name, count in zip(classes, counts, strict=True) if count < parts]
    if short:
        raise DatasetError(
            f"at least {parts} images in each class, one for each part of the split",
            ", ".join(short),
            "Add images, remove the classes named, or set a share to 0.",
        )


def _check_parts(dataset: Dataset, part: np.ndarray, shares: Sequence[float]) -> None:
    """Groups of alike pictures can use up a class before every part has one of its images."""
    problems = []
    for label, name in enumerate(dataset.classes):
        counts = np.bincount(part[dataset.labels == label], minlength=3)
        if any(count == 0 and share > 0 for count, share in zip(counts, shares, strict=True)):
            listing = ", ".join(f"{count} {place}" for count, place in zip(counts, PARTS, strict=True))
            problems.append(f"{name} ({listing})")
    if problems:
        raise DatasetError(
            "every class in every part of the split, with pictures that look alike kept on one side",
            "; ".join(problems),
            "Add images that differ more, or remove duplicates.",
        )
