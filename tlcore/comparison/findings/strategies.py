"""What pretraining, freezing and fine-tuning bought, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.findings.conclusions import rank
from tlcore.comparison.findings.pairs import Pairs
from tlcore.comparison.statistics import wilson_interval
from tlcore.text import count_text, number_text, percent_text
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo import catalog

_CLOSE = 0.03  # accuracies this near are told as no difference where chance may explain it
_WORDS = {2: "twice", 3: "three times", 4: "four times", 5: "five times", 6: "six times"}


def strategy_lesson(runs: Sequence[ComparedRun], pairs: Pairs) -> str:
    """Say what the strategies of some runs bought.

    Args:
        runs: of two or more strategies, on the same test images.
        pairs: of these runs.

    Returns:
        One sentence. Each strategy is judged by the run that is best on the validation images.
    """
    chosen: dict[str, ComparedRun] = {}
    for item in rank(runs):
        chosen.setdefault(item.strategy.name, item)
    pretrained = [chosen[row.name] for row in STRATEGIES if row.name in chosen and row.needs_weights]
    scratch, images = chosen.get("scratch"), runs[0].result.test.images
    if all(map(is_guessing, chosen.values())):
        return f"Nothing was learned: on {images:,} new images, none of these strategies does better than guessing."
    notes = _notes(list(chosen.values()))
    # The one with the fewest trained numbers against the best of those with more.
    small, *larger = sorted(pretrained, key=lambda item: item.result.trainable)
    lead, sentence = small, f"{_subject(small, notes)} get {percent(small)} right"
    if larger:
        lead, sentence = _fewer_or_more(small, rank(larger)[0], pairs, notes)
    return f"{sentence}{_against_nothing(lead, scratch, pairs, notes) if scratch else ''}."


def _fewer_or_more(
    small: ComparedRun, large: ComparedRun, pairs: Pairs, notes: Mapping[str, str]
) -> tuple[ComparedRun, str]:
    """Whether training more numbers pays: the run to hold against others, and the sentence so far."""
    fewer, more = _subject(small, notes), f"{number_text(large.result.trainable)} fine-tuned ones{notes[large.title]}"
    gained = large.result.test.accuracy - small.result.test.accuracy
    if pairs.is_clear(small, large):
        if gained > 0:
            against = f"{number_text(small.result.trainable)} numbers trained{notes[small.title]}"
            pays = f"Fine-tuning {number_text(large.result.trainable)} numbers{notes[large.title]} pays"
            return large, f"{pays}: {percent(large)} right instead of {percent(small)} with {against}"
        return small, f"{fewer} do better than {more} ({percent(small)} right against {percent(large)})"
    if abs(gained) < _CLOSE:
        images = small.result.test.images
        sides = f"{_training(small, notes)} ({percent(small)} right) and {_training(large, notes)} ({percent(large)})"
        return small, f"On {images:,} test images, no difference shows between {sides}"
    return small, (
        f"{fewer} get {percent(small)} right and {more} {percent(large)}, which may be chance "
        f"{pairs.images_text(small, large)}"
    )


def _against_nothing(lead: ComparedRun, scratch: ComparedRun, pairs: Pairs, notes: Mapping[str, str]) -> str:
    """How a run compares with the one that started from random weights."""
    # How long it trained is part of the claim: from random weights, a few epochs seldom suffice.
    start = f"starting from nothing{notes[scratch.title]}"
    after = f"after {scratch.result.effort}"
    accuracy, bare = lead.result.test.accuracy, scratch.result.test.accuracy
    if not pairs.is_clear(lead, scratch):
        on_images = pairs.images_text(lead, scratch)
        return f"; whether {start} ({percent(scratch)} {after}) is any different cannot be told {on_images}"
    if bare > accuracy:
        return f"; {start} does better still ({percent(scratch)} {after})"
    if is_guessing(scratch):
        return f"; {start} is no better than guessing {after} ({percent(scratch)})"
    return f"; {start} gets only {percent(scratch)} right {after}"


def is_guessing(item: ComparedRun) -> bool:
    """Tell whether always naming the largest class might do as well.

    Args:
        item: any run.

    Returns:
        Whether the share of the largest class lies within the run's 95 % interval, or above.
    """
    test = item.result.test
    return wilson_interval(test.correct, test.images)[0] <= guessing(item)


def guessing(item: ComparedRun) -> float:
    """The accuracy of always naming the largest class of the test images, 0..1."""
    return float(np.sum(item.result.confusion, axis=1).max() / item.result.test.images)


def percent(item: ComparedRun) -> str:
    """The test accuracy as people say it, such as "94 %"."""
    return percent_text(item.result.test.accuracy, item.result.test.images)


def _subject(item: ComparedRun, notes: Mapping[str, str]) -> str:
    kind = "trained numbers on pretrained features" if item.strategy.name == "frozen" else "fine-tuned numbers"
    return f"{number_text(item.result.trainable)} {kind}{notes[item.title]}"


def _training(item: ComparedRun, notes: Mapping[str, str]) -> str:
    numbers, note = number_text(item.result.trainable), notes[item.title]
    if item.strategy.name == "frozen":
        return f"training {numbers} numbers on pretrained features{note}"
    return f"fine-tuning {numbers}{note}"


def _notes(chosen: Sequence[ComparedRun]) -> dict[str, str]:
    """What sets runs apart besides their strategy: the network, and how many images they learned from."""
    parts = {
        item.title: (
            catalog.title_of(item.run.plan["backbone"]),
            count_text(item.result.scores["train"].images, "training image"),
        )
        for item in chosen
    }
    differing = [len(set(values)) > 1 for values in zip(*parts.values(), strict=True)]
    said = {
        title: [part for part, differs in zip(values, differing, strict=True) if differs]
        for title, values in parts.items()
    }
    return {title: f" ({', '.join(words)})" if words else "" for title, words in said.items()}


def times_text(ratio: float) -> str:
    """A ratio in words.

    Args:
        ratio: above 1.

    Returns:
        Such as "about twice" or "1.5 times".
    """
    nearest = round(ratio)
    if nearest in _WORDS and abs(ratio - nearest) <= 0.15 * nearest:
        return f"{'' if abs(ratio - nearest) < 0.05 else 'about '}{_WORDS[nearest]}"
    return f"{ratio:.1f} times"
