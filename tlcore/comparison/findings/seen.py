"""What there is to be seen on a tab of a comparison, in a sentence: computed, and only where it is true."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tlcore.comparison.comparison import ComparedRun, groups
from tlcore.comparison.curves.steps import count_passes, step_text
from tlcore.comparison.findings.conclusions import fair_choice
from tlcore.comparison.findings.pairs import Pairs, compare_pairs
from tlcore.comparison.findings.strategies import percent, times_text
from tlcore.comparison.statistics import wilson_interval
from tlcore.text import count_text, listed, percent_text

_BY_HEART = 0.15  # by so much training images do better than validation images
_LONGER = 1.3  # times, from which it is worth saying


def curves_sentence(compared: Sequence[ComparedRun]) -> str:
    """Say what the learning curves show: what is learned by heart, and what starts above all that another reaches.

    Args:
        compared: at least one run.

    Returns:
        Up to two sentences; "" where neither is true.
    """
    return " ".join(filter(None, (_by_heart(compared), _head_start(compared))))


def _by_heart(compared: Sequence[ComparedRun]) -> str:
    gaps = {item: _last(item, "train") - _last(item, "validation") for item in compared if item.epochs}
    if not gaps:
        return ""
    item = max(gaps, key=lambda it: gaps[it])
    images, right = item.result.scores["validation"].images, _last(item, "validation")
    is_chance = _last(item, "train") <= wilson_interval(round(right * images), images)[1]
    if gaps[item] < _BY_HEART or is_chance:
        return ""
    trained = percent_text(_last(item, "train"), item.result.scores["train"].images)
    return (
        f"{item.title} reaches {trained} on its training images, but {percent_text(right, images)} on validation "
        "images: much of what it learns, it learns by heart."
    )


def _head_start(compared: Sequence[ComparedRun]) -> str:
    """The pretrained run that begins above the best that any run from random weights ever reaches."""
    begun = [item for item in compared if item.epochs]
    bare = [item for item in begun if not item.strategy.needs_weights]
    pretrained = [item for item in begun if item.strategy.needs_weights]
    if not bare or not pretrained:
        return ""
    reached = {item: max(epoch["validation_accuracy"] for epoch in item.epochs) for item in bare}
    best = max(bare, key=lambda item: reached[item])
    first = max(pretrained, key=lambda item: item.epochs[0]["validation_accuracy"])
    start = first.epochs[0]["validation_accuracy"]
    images = first.result.scores["validation"].images
    if start <= reached[best]:
        return ""
    step = step_text(1, count_passes(first.epochs))
    return (
        f"{first.title} is at {percent_text(start, images)} of the validation images after {step}, above all that "
        f"{best.title} ever reaches ({percent_text(reached[best], images)})."
    )


def _last(item: ComparedRun, part: str) -> float:
    return item.epochs[-1][f"{part}_accuracy"]


def costs_sentence(compared: Sequence[ComparedRun]) -> str:
    """Say what time buys: fine-tuned against frozen, and the slowest run against the quickest.

    Args:
        compared: at least one run.

    Returns:
        Up to two sentences about runs that can fairly be compared; "" where no two runs can, or these take about as
        long and none is fine-tuned.
    """
    fair = fair_choice(max(groups(compared), key=len))
    in_order = sorted(fair, key=lambda item: item.result.cost_seconds)
    ends = [in_order[-1], in_order[0]]
    frozen, tuned = (
        [item for item in fair if item.strategy.needs_weights and item.strategy.trains_backbone == trains]
        for trains in (False, True)
    )
    asked = [[tuned[0], frozen[0]]] if frozen and tuned else []
    if ends not in asked and _ratio(*ends) >= _LONGER:
        asked.append(ends)
    pairs = compare_pairs(compared)
    return " ".join(_time_against(slow, quick, pairs) for slow, quick in asked)


def _time_against(slow: ComparedRun, quick: ComparedRun, pairs: Pairs) -> str:
    """What two runs take and reach, a tie told as a tie."""
    slow, quick = sorted((slow, quick), key=lambda item: -item.result.cost_seconds)
    ratio = _ratio(slow, quick)
    is_longer = ratio >= _LONGER
    times = "about" if not is_longer else times_text(ratio) if ratio < 10 else f"{ratio:,.0f} times"
    took = f"{slow.title} takes {times} as long as {quick.title} ({_seconds(slow)} against {_seconds(quick)})"
    if slow.result.test.correct == quick.result.test.correct:
        does = " and does no better:" if is_longer else ","
        return f"{took}{does} both get {percent(slow)} of the test images right."
    reached = f"{percent(slow)} of the test images are right, against {percent(quick)}"
    if pairs.is_clear(slow, quick):
        return f"{took}; {reached}."
    return f"{took}; {reached}, which may be chance {pairs.images_text(slow, quick)}."


def _ratio(one: ComparedRun, other: ComparedRun) -> float:
    return one.result.cost_seconds / other.result.cost_seconds if other.result.cost_seconds else 1.0


def _seconds(item: ComparedRun) -> str:
    seconds = item.result.cost_seconds
    return f"{seconds:,.{0 if seconds >= 10 else 1}f} s"


def layers_sentence(rows: Sequence[dict]) -> str:
    """Say which layers moved.

    Args:
        rows: as `Changes.layer_rows` gives them.

    Returns:
        A sentence.
    """
    moved = [row for row in rows if row["relative change"] > 0]
    if not moved:
        return "No layer of the backbone changed."
    most = max(moved, key=lambda row: row["relative change"])
    how_many = "All" if len(moved) == len(rows) else f"{len(moved)} of"
    return (
        f"{how_many} {count_text(len(rows), 'layer')} changed, {most['layer']} most: its weights by "
        f"{100 * most['relative change']:.2g} %."
    )


def plans_sentence(differing: Sequence[dict], equal: Sequence[dict], varied: Sequence[str]) -> str:
    """Say in what plans differ: what is compared, and what only goes with it.

    Args:
        differing, equal: as `tlcore.comparison.differences.plan_table` gives them.
        varied: titles of the settings that are compared, as `tlcore.comparison.differences.varied_settings` names them;
            none where nothing tells them from the others.

    Returns:
        Up to three sentences.
    """
    if not differing:
        return "All plans have the same settings."
    compared = [row["Setting"].lower() for row in differing if row["Setting"] in varied]
    following = [row["Setting"].lower() for row in differing if row["Setting"] not in varied]
    same = f"The other {len(equal)} settings are the same."
    if not compared:
        return f"The plans differ in {listed(following)}. {same}"
    goes = f" With {'it' if len(compared) == 1 else 'them'} go {listed(following)}." if following else ""
    return f"What differs on purpose: {listed(compared)}.{goes} {same}"


def one_answer_sentence(item: ComparedRun) -> str:
    """Say where a run gives nearly one answer to everything.

    Args:
        item: a run.

    Returns:
        Such as "From scratch says hat for 35 of 37 images."; "" where it tells classes apart.
    """
    swallowing = item.predictions().swallowing_class()
    if swallowing is None:
        return ""
    said = int((item.predictions().predicted == swallowing["class"]).sum())
    return f"{item.title} says {item.classes[swallowing['class']]} for {said:,} of {item.result.test.images:,} images."


def hardest_class_sentence(item: ComparedRun) -> str:
    """Say which class a run finds least of, or which classes, equally little.

    Args:
        item: a run.

    Returns:
        A sentence; "" where it finds every image of every class.
    """
    counts = np.asarray(item.result.confusion)
    of_class = counts.sum(axis=1)
    found = np.diag(counts)
    shares = found / np.maximum(of_class, 1) + (of_class == 0)
    if shares.min() == 1:
        return ""
    names = [
        f"{item.classes[number]} ({found[number]:,} of {count_text(int(of_class[number]), 'image')} found)"
        for number in np.flatnonzero(shares == shares.min())
    ]
    return f"Hardest for {item.title}: {listed(names)}."
