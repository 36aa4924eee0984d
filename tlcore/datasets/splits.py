"""Splits into training, validation and test images: as a dataset was given, or drawn, stratified, from a seed.

Images that look alike, or are of one recording, are drawn to one side, so that no test image has a twin among the
training images.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.parts import NOT_GIVEN, PARTS
from tlcore.errors import DatasetError, InputError
from tlcore.text import listed

DRAWN = (0.7, 0.15, 0.15)  # shares where a dataset was given without parts and nobody says otherwise
_FIRST = 3  # images of each class that stay in every subset, so that each part can have one


@dataclass(frozen=True, eq=False)
class Split:
    """Which images of a dataset serve for what.

    Args:
        train: int64 indices in ascending order.
        validation: likewise.
        test: likewise.
        seed: what decided by chance.
        shares: shares of training, validation and test images that were drawn; () where parts were given.
        fraction: share of the training images in use.
        digest: SHA-256 in hex over the test images and their classes; runs with the same one can be compared.
        sentence: where it comes from, for people.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    seed: int
    shares: tuple[float, ...]
    fraction: float
    digest: str
    sentence: str


def split(
    dataset: Dataset,
    shares: Sequence[float] = (),
    seed: int = 0,
    fraction: float = 1.0,
    subset: float = 1.0,
) -> Split:
    """Split a dataset.

    Without shares, what a dataset was given with stays as it is: given validation and test images serve for nothing
    else, and a part that was not given is drawn from the images given for training. The sizes of what is drawn are
    exact (1,000 images at 70/15/15 % give 700/150/150) unless large groups of alike images or very small classes rule
    it out. The same arguments always give the same split; a larger `fraction` or `subset` contains a smaller.

    Args:
        dataset: what to split.
        shares: of training, validation and test images, each 0 to 1, together 1; validation or test may be 0. Empty for
            the given parts, or `DRAWN` where none were given.
        seed: 0 or more.
        fraction: share of the training images to use, above 0 up to 1; stratified.
        subset: how much of the dataset takes part at all: a share above 0 up to 1, or a number of images; stratified.

    Returns:
        The split.

    Raises:
        InputError: if the shares, seed, fraction or subset are out of range.
        DatasetError: if a class would have no image in a part that is drawn; it names class and counts.

    Example:
        >>> from tlcore.datasets.importer import import_dataset
        >>> parts = split(import_dataset("digits", {"size": 32}), shares=(0.7, 0.15, 0.15))
        >>> len(parts.train), len(parts.validation), len(parts.test)
        (1258, 270, 269)
    """
    is_given = not shares and (dataset.parts != NOT_GIVEN).any()
    given = dataset.parts if is_given else np.full(len(dataset.labels), NOT_GIVEN, np.int8)
    shares = _shares_to_draw(given) if is_given else (shares or DRAWN)
    _check_arguments(shares, seed, fraction, subset)
    random = np.random.default_rng(seed)
    members = _members(dataset.labels, given, subset, seed)
    part = given.astype(np.int64)
    drawn = members[given[members] <= 0]  # not given, or given for training
    counts = np.bincount(dataset.labels[drawn], minlength=len(dataset.classes))
    _check_counts(dataset.classes, counts, shares)
    part[drawn] = _assign(dataset.labels[drawn], dataset.groups[drawn], _quotas(counts, np.array(shares)), random)
    _fill_empty_parts(dataset.labels, dataset.groups, part, drawn, shares)
    _check_parts(dataset.classes, dataset.labels[drawn], part[drawn], shares)
    train, validation, test = (members[part[members] == number] for number in range(3))
    if fraction < 1:
        train = _first_of_each_class(random.permutation(train), dataset.labels, fraction)
    return Split(
        train=train,
        validation=validation,
        test=test,
        seed=seed,
        shares=() if is_given else tuple(float(share) for share in shares),
        fraction=fraction,
        digest=_digest(dataset, test),
        sentence=_sentence(shares, seed, is_given, len(members), len(dataset.labels)),
    )


def _shares_to_draw(given: np.ndarray) -> tuple[float, ...]:
    """Shares of the images given for training that serve for the parts that were not given."""
    if not (given == 0).any():
        raise DatasetError(
            "images for training",
            "only validation or test images",
            "Set three shares, so that all images are split again.",
        )
    validation, test = (0.0 if (given == number).any() else DRAWN[number] for number in (1, 2))
    return (1 - validation - test, validation, test)


def _members(labels: np.ndarray, given: np.ndarray, subset: float, seed: int) -> np.ndarray:
    """The images that take part, in ascending order: the same share of each class in each given part."""
    wanted = min(len(labels), round(subset * len(labels)) if subset <= 1 else int(subset))
    cells = np.unique(np.stack([labels, given]), axis=1, return_inverse=True)[1].ravel()
    order = np.random.default_rng([seed, 1]).permutation(len(labels))
    order = order[np.argsort(cells[order], kind="stable")]
    sizes = np.bincount(cells)
    rank = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    # How far down its cell an image stands: who takes all above some line takes the same share of every cell.
    place = np.where(rank < _FIRST, 0, (rank + 0.5) / np.repeat(sizes, sizes))
    return np.sort(order[np.argsort(place, kind="stable")[:wanted]])


def _sentence(shares: Sequence[float], seed: int, is_given: bool, members: int, images: int) -> str:
    drawn = [name for name, share in zip(PARTS[1:], shares[1:], strict=True) if share > 0]
    if not is_given:
        drawn = [f"{round(100 * share, 2):g} % {part}" for share, part in zip(shares, PARTS, strict=True)]
        said = f"Split drawn with seed {seed}: {', '.join(drawn)}."
    elif drawn:
        said = f"Split given by the dataset; {' and '.join(drawn)} drawn from its training images with seed {seed}."
    else:
        said = "Split given by the dataset."
    return said if members == images else f"{said} {members:,} of {images:,} images are used."


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


def _assign(labels: np.ndarray, groups: np.ndarray, quotas: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Deal the images out: groups of alike images first, the largest first, then single images.

    Returns:
        int64 (n,): 0 training, 1 validation, 2 test.
    """
    left = quotas.copy()
    part = np.empty(len(labels), np.int64)
    order = random.permutation(len(labels))
    sizes = np.bincount(groups)
    grouped = order[sizes[groups[order]] > 1]
    for group in sorted(dict.fromkeys(groups[grouped].tolist()), key=lambda group: -sizes[group]):
        members = np.nonzero(groups == group)[0]
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
        single = order[(labels[order] == label) & (sizes[groups[order]] == 1)]
        part[single] = np.repeat(np.arange(3), left[label])
    return part


def _fill_empty_parts(
    labels: np.ndarray, groups: np.ndarray, part: np.ndarray, drawn: np.ndarray, shares: Sequence[float]
) -> None:
    """Give each part that chance left without a class its smallest group, where another part has several of them.

    Few large groups, such as recordings, fit no quota: they would all gather in the training part.
    """
    for label in np.unique(labels[drawn]):
        own = drawn[labels[drawn] == label]
        for place in (place for place, share in enumerate(shares) if share > 0 and not (part[own] == place).any()):
            mixed = groups[drawn[labels[drawn] != label]]  # groups with images of other classes stay where they are
            sizes = np.bincount(groups[own[~np.isin(groups[own], mixed)]])
            parts = {group: part[own[groups[own] == group][0]] for group in np.flatnonzero(sizes)}
            giver = np.bincount(list(parts.values()), minlength=3).argmax()
            held = [group for group, where in parts.items() if where == giver]
            if len(held) > 1:
                part[own[groups[own] == min(held, key=sizes.__getitem__)]] = place


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


def _check_arguments(shares: Sequence[float], seed: int, fraction: float, subset: float) -> None:
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
    if not subset > 0:
        raise InputError("a subset above 0", str(subset), "Give the share or number of images to use.")


def _check_counts(classes: Sequence[str], counts: np.ndarray, shares: Sequence[float]) -> None:
    parts = sum(share > 0 for share in shares)
    short = [f"{name} with {count}" for name, count in zip(classes, counts, strict=True) if count < parts]
    if short:
        raise DatasetError(
            f"at least {parts} images in each class, one for each part of the split",
            listed(short),
            "Add images, remove these classes, or set a share to 0.",
        )


def _check_parts(classes: Sequence[str], labels: np.ndarray, part: np.ndarray, shares: Sequence[float]) -> None:
    """Groups of alike images can use up a class before every part has one of its images."""
    problems = []
    for label, name in enumerate(classes):
        counts = np.bincount(part[labels == label], minlength=3)
        if any(count == 0 and share > 0 for count, share in zip(counts, shares, strict=True)):
            listing = ", ".join(f"{count} {place}" for count, place in zip(counts, PARTS, strict=True))
            problems.append(f"{name} ({listing})")
    if problems:
        raise DatasetError(
            "every class in every part of the split, with look-alike images kept in one part",
            listed(problems),
            "Add more varied images, or remove duplicates.",
        )
