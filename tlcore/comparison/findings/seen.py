"""What there is to be seen on a tab of a comparison, in a sentence: computed, and only where it is true."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.curves.steps import count_passes, step_text
from tlcore.comparison.findings.conclusions import fair_choice
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
    """Hold the slowest run against the quickest, of those that can fairly be compared.

    Args:
        compared: at least one run.

    Returns:
        A sentence; "" where they take about as long.
    """
    in_order = sorted(fair_choice(compared), key=lambda item: item.result.cost_seconds)
    quick, slow = in_order[0], in_order[-1]
    ratio = slow.result.cost_seconds / quick.result.cost_seconds if quick.result.cost_seconds else 1.0
    if ratio < _LONGER:
        return ""
    times = times_text(ratio) if ratio < 10 else f"{ratio:,.0f} times"
    return (
        f"{slow.title} takes {times} as long as {quick.title} ({_seconds(slow)} against {_seconds(quick)}); "
        f"{percent(slow)} of the test images are right, against {percent(quick)}."
    )


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
        return "No layer of the backbone moved."
    most = max(moved, key=lambda row: row["relative change"])
    how_many = "All" if len(moved) == len(rows) else f"{len(moved)} of"
    return (
        f"{how_many} {count_text(len(rows), 'layer')} moved, {most['layer']} most: by "
        f"{100 * most['relative change']:.2g} % of its weights' length."
    )


def plans_sentence(differing: Sequence[dict], equal: Sequence[dict]) -> str:
    """Say in what plans differ.

    Args:
        differing, equal: as `tlcore.comparison.differences.plan_table` gives them.

    Returns:
        A sentence.
    """
    if not differing:
        return "All plans have the same settings."
    names = listed([row["Setting"].lower() for row in differing])
    return f"The plans differ in {names}. The other {len(equal)} settings are the same."


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
