"""How sure runs are of their answers on average, against how often they are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.statistics import wilson_interval
from tlcore.text import percent_text


@dataclass(frozen=True)
class Sureness:
    """One run on its test images.

    Args:
        item: the run.
        sure: mean probability of its answers, 0..1.
        right: share of right answers, 0..1.
        low, high: the 95 % interval of that share.
    """

    item: ComparedRun
    sure: float
    right: float
    low: float
    high: float

    @property
    def is_too_sure(self) -> bool:
        """Whether it is surer than chance on so few images may explain."""
        return self.sure > self.high

    @property
    def is_too_unsure(self) -> bool:
        """Whether it is less sure than chance on so few images may explain."""
        return self.sure < self.low


def sureness_of(item: ComparedRun) -> Sureness:
    """Measure how sure a run is, and how often it is right.

    Args:
        item: a run.

    Returns:
        Both, on its test images.
    """
    test = item.result.test
    sure = float(item.predictions().probabilities.max(axis=1).mean())
    return Sureness(item, sure, test.accuracy, *wilson_interval(test.correct, test.images))


def sureness_sentence(found: Sequence[Sureness]) -> str:
    """Say whether runs can be believed when they are sure.

    Args:
        found: of each run; at least one.

    Returns:
        One or two sentences: what holds for how many runs, and the run that is farthest off.
    """
    off = [each for each in found if each.is_too_sure or each.is_too_unsure]
    if not off:
        who = "This run is" if len(found) == 1 else f"All {len(found)} runs are"
        return f"{who} about as sure as right: no difference is larger than chance may explain."
    counts = {
        "Too sure": sum(each.is_too_sure for each in off),
        "Less sure than they could be": sum(each.is_too_unsure for each in off),
    }
    how_many = " ".join(f"{what}: {count} of {len(found)} runs." for what, count in counts.items() if count)
    farthest = max(off, key=lambda each: abs(each.sure - each.right))
    images = farthest.item.result.test.images
    but = "but only" if farthest.is_too_sure else "but"
    said = (
        f"{farthest.item.title} is {percent_text(farthest.sure, 1)} sure on average, {but} "
        f"{percent_text(farthest.right, images)} of its answers are right."
    )
    return said if len(found) == 1 else f"{how_many} {said}"
