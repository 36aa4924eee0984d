"""Every two runs held against each other on the same test images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from tlcore.comparison.comparison import ComparedRun, groups
from tlcore.comparison.statistics import PairTest, adjust, compare_pair, images_needed

SIGNIFICANT = 0.05
_WORTH_SAYING = 1.5  # times the images that there are


@dataclass(frozen=True)
class Pair:
    """Two runs held against each other on the same test photos.

    Args:
        first, second: their titles.
        test: McNemar's exact test. It speaks of these two trained networks on any images like these; another seed or
            another draw of training images may change the outcome (Dietterich, 1998, "Approximate statistical tests").
        adjusted: its p-value, adjusted for the number of pairs that share these photos.
        pairs: that number.
    """

    first: str
    second: str
    test: PairTest
    adjusted: float
    pairs: int


class Pairs:
    """Some pairs of a comparison: whatever is said about two runs rests on the same test, made once."""

    def __init__(self, found: Sequence[Pair]):
        """Take pairs.

        Args:
            found: such as `compare_pairs` makes.
        """
        self.all = found
        self._by_titles = {frozenset((pair.first, pair.second)): pair for pair in found}

    def between(self, first: ComparedRun, second: ComparedRun) -> Pair:
        """The pair of two runs that were tested on the same photos, in this order."""
        pair = self._by_titles[frozenset((first.title, second.title))]
        if pair.first == first.title:
            return pair
        turned = PairTest(pair.test.second_only, pair.test.first_only, pair.test.p)
        return Pair(first.title, second.title, turned, pair.adjusted, pair.pairs)

    def is_clear(self, first: ComparedRun, second: ComparedRun) -> bool:
        """Tell whether chance hardly explains how much two runs differ."""
        return first is not second and self.between(first, second).adjusted < SIGNIFICANT

    def images_text(self, first: ComparedRun, second: ComparedRun) -> str:
        """On how few images chance may explain how two runs differ, and how many would tell, where that is known.

        Returns:
            Such as "on 37 test images (about 190 would tell)".
        """
        images = first.result.test.images
        needed = None if self.is_clear(first, second) else enough_images(self.between(first, second), images)
        return f"on {images:,} test images{f' (about {needed:,} would tell)' if needed else ''}"

    def among(self, runs: Sequence[ComparedRun]) -> Pairs:
        """The pairs of some of the runs alone: with fewer tests, chance has fewer opportunities."""
        chosen = [self.between(first, second) for first, second in combinations(runs, 2)]
        return Pairs(_adjusted([(pair.first, pair.second, pair.test) for pair in chosen]))


def compare_pairs(compared: Sequence[ComparedRun]) -> Pairs:
    """Hold every two runs that were tested on the same photos against each other.

    Args:
        compared: any runs; of a pair that one comes first which does so here.

    Returns:
        All pairs, set of photos by set of photos.

    Raises:
        MissingError: if a run's predictions are gone.
    """
    found: list[Pair] = []
    for group in groups(compared):
        right = {item.title: item.predictions().right for item in group}
        found += _adjusted(
            [(*titles, compare_pair(right[titles[0]], right[titles[1]])) for titles in combinations(right, 2)]
        )
    return Pairs(found)


def _adjusted(tested: Sequence[tuple[str, str, PairTest]]) -> list[Pair]:
    adjusted = adjust([test.p for _, _, test in tested])
    return [Pair(*pair, p, len(tested)) for pair, p in zip(tested, adjusted, strict=True)]


def pair_rows(found: Sequence[Pair]) -> list[dict]:
    """Lay pairs out as the rows of a table.

    Args:
        found: any pairs.

    Returns:
        One row a pair: names of columns → values.
    """
    return [
        {
            "first": pair.first,
            "second": pair.second,
            "only first right": pair.test.first_only,
            "only second right": pair.test.second_only,
            "p-value (McNemar, exact)": pair.test.p,
            "adjusted p-value (Holm)": pair.adjusted,
        }
        for pair in found
    ]


def enough_images(pair: Pair, images: int) -> int | None:
    """How many test images would tell two runs apart, at the level to which their p-value is adjusted.

    Args:
        pair: two runs that chance may explain.
        images: on how many they were compared.

    Returns:
        Upward to two digits, as nothing more is known of it; None where it is hardly more than there are, or where
        nothing says that any number would do.
    """
    needed = images_needed(pair.test, images, pair.pairs)
    return _rounded(needed) if needed and needed >= _WORTH_SAYING * images else None


def _rounded(number: int) -> int:
    step = 10 ** max(0, len(str(number)) - 2)
    return -(-number // step) * step
