"""The lesson of a comparison: one sentence that a newcomer understands, and what else is worth knowing at first sight.

No sentence says more than the test images do: what chance may explain is said to be so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tlcore.comparison.comparison import ComparedRun, groups
from tlcore.comparison.findings.conclusions import rank
from tlcore.comparison.findings.experiments import experiment_lesson
from tlcore.comparison.findings.pairs import Pairs
from tlcore.comparison.findings.strategies import is_guessing, percent, strategy_lesson
from tlcore.text import number_text


@dataclass(frozen=True)
class Lesson:
    """What a comparison teaches.

    Args:
        sentence: the lesson; "" where no two runs can be compared.
        findings: further sentences, one for each thing that an experiment varies; often none.
    """

    sentence: str
    findings: tuple[str, ...] = ()


def lesson(compared: Sequence[ComparedRun], pairs: Pairs) -> Lesson:
    """Say what a comparison teaches.

    Args:
        compared: at least one run. Of runs that were tested on different images, the largest group with the same ones
            is spoken of.
        pairs: of these runs.

    Returns:
        The lesson.
    """
    if len(compared) == 1:
        return Lesson(_alone(compared[0]))
    runs = max(groups(compared), key=len)
    if len(runs) == 1:
        return Lesson("")
    found = experiment_lesson(runs, pairs)
    if found is not None:
        return Lesson(*found)
    if len({item.strategy.name for item in runs}) > 1:
        return Lesson(strategy_lesson(runs, pairs))
    return Lesson(_same_strategy(rank(runs), pairs))


def _alone(item: ComparedRun) -> str:
    images = item.result.test.images
    start = "trained numbers on pretrained features" if item.strategy.name == "frozen" else "trained numbers"
    guessing = ", which is no better than guessing" if is_guessing(item) else ""
    return (
        f"{number_text(item.result.trainable)} {start} get {percent(item)} of {images:,} new images right{guessing}, "
        f"after {item.result.cost_seconds:,.0f} seconds."
    )


def _same_strategy(ranked: Sequence[ComparedRun], pairs: Pairs) -> str:
    """Runs that differ in something else: who is ahead, if anybody is."""
    best, images = ranked[0], ranked[0].result.test.images
    behind = [item for item in ranked[1:] if pairs.is_clear(best, item) and _right(item) < _right(best)]
    if not behind:
        last, *_, first = sorted(ranked, key=_right)
        return (
            f"No winner: these {len(ranked)} runs ({percent(last)} to {percent(first)}) could differ by chance alone "
            f"{pairs.images_text(first, last)}."
        )
    worst = min(behind, key=_right)
    rest = len(ranked) - 1 - len(behind)
    others = f" {rest} more could be as good by chance." if rest > 1 else " One more could be as good." if rest else ""
    return (
        f"{best.title} does better than {worst.title}: {percent(best)} of {images:,} new images are right, against "
        f"{percent(worst)}.{others}"
    )


def _right(item: ComparedRun) -> int:
    return item.result.test.correct
