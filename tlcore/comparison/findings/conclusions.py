"""What a comparison shows, in plain sentences with numbers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from statistics import mean, stdev

from tlcore.comparison.comparison import ComparedRun, groups
from tlcore.comparison.findings.pairs import SIGNIFICANT, Pair, Pairs, enough_images
from tlcore.comparison.statistics import accuracy_text, p_text
from tlcore.text import listed, number_text
from tlcore.training.results.evaluation import Score

_MOST_LINES = 4


def conclusions(compared: Sequence[ComparedRun], pairs: Pairs) -> list[str]:
    """Say what a comparison shows, run by run.

    Args:
        compared: at least one run.
        pairs: of these runs.

    Returns:
        Sentences: for each set of test images one about the run that the validation images choose, then one about each
        other run; at the end one about each set of runs that differ in the seed alone.
    """
    sentences = []
    for best, *others in groups(rank(compared)):
        sentences.append(about_the_best(best, others))
        for other in others:
            points = 100 * (_test_score(other).accuracy - _test_score(best).accuracy)
            verdict = _verdict(pairs.between(best, other), _test_score(best).images)
            sentences.append(f"{other.title}: {_accuracy(other)}, {_cost(other)}; {_points(points)}. {verdict}")
    return sentences + seed_spread(compared)


def about_the_best(best: ComparedRun, others: Sequence[ComparedRun]) -> str:
    """Say which run the validation images choose, and how it does.

    Args:
        best: the first of `rank`.
        others: the rest.

    Returns:
        A sentence.
    """
    chosen, tied = best.title, tied_with(best, others)
    if tied:
        names = listed([item.title for item in (best, *tied)])
        why = _why_first(best, tied)
        chosen = f"Tied for best on the validation images: {names}. {f'{why} It' if why else best.title}"
    elif others:
        chosen = f"Best of {len(others) + 1} on the validation images: {best.title}. It"
    return f"{chosen} classifies {_accuracy(best)} of the test images correctly, {_cost(best)}."


def _why_first(best: ComparedRun, tied: Sequence[ComparedRun]) -> str:
    """What the first of tied runs has over the others, in numbers; "" where nothing."""
    numbers, others = best.result.trainable, [item for item in tied if item.result.trainable > best.result.trainable]
    said = []
    if others:
        least, most = (number_text(end([item.result.trainable for item in others])) for end in (min, max))
        against = least if least == most else f"{least} to {most}"
        said.append(f"{best.title} trains {number_text(numbers)} numbers for it, against {against}.")
    alike = [_train_images(item) for item in tied if item not in others]
    if alike and _train_images(best) > max(alike):
        who = "It" if said else best.title
        said.append(f"{who} learned from {_train_images(best):,} images, more than the other{'s' * (len(alike) > 1)}.")
    return " ".join(said)


def _train_images(item: ComparedRun) -> int:
    return item.result.scores["train"].images


def rank(compared: Sequence[ComparedRun]) -> list[ComparedRun]:
    """Put the best on the validation images first; of equally good runs the one that trained fewer numbers, and of
    these the one that learned from more images.

    Who is chosen by the test images looks better on them than on any others: of fifteen runs that are truly at 90 %,
    the best shows 94 % on 150 images on average.
    """
    return sorted(
        compared,
        key=lambda item: (-item.result.scores["validation"].accuracy, item.result.trainable, -_train_images(item)),
    )


def fair_choice(compared: Sequence[ComparedRun]) -> list[ComparedRun]:
    """Choose runs that can fairly stand side by side: one of each strategy, all with equally many training images.

    Args:
        compared: at least one run.

    Returns:
        Of the largest such choice the one with the most training images, in the order given; of several runs of a
        strategy the best.
    """
    choices: dict[int, dict[str, ComparedRun]] = {}
    for item in rank(compared):
        choices.setdefault(item.result.scores["train"].images, {}).setdefault(item.strategy.name, item)
    images = max(choices, key=lambda count: (len(choices[count]), count))
    chosen = list(choices[images].values())
    return [item for item in compared if item in chosen]


def told_apart(compared: Sequence[ComparedRun]) -> list[ComparedRun]:
    """Choose runs whose lines in one picture can be told apart: all of a few, of many those of `fair_choice`.

    Args:
        compared: at least one run.

    Returns:
        The runs, in the order given.
    """
    return list(compared) if len(compared) <= _MOST_LINES else fair_choice(compared)


def tied_with(best: ComparedRun, others: Sequence[ComparedRun]) -> list[ComparedRun]:
    """Those of the other runs that are exactly as good on the validation images as the best one."""
    accuracy = best.result.scores["validation"].accuracy
    return [item for item in others if item.result.scores["validation"].accuracy == accuracy]


def seed_spread(compared: Sequence[ComparedRun]) -> list[str]:
    """Say how far runs differ by the seed alone.

    Args:
        compared: any runs.

    Returns:
        One sentence for each set of runs whose plans differ in nothing else.
    """
    repeats: dict[str, list[ComparedRun]] = {}
    for item in rank(compared):
        repeats.setdefault(json.dumps({**item.run.plan, "seed": None}, sort_keys=True), []).append(item)
    sentences = []
    for group in repeats.values():
        if len({item.run.plan["seed"] for item in group}) > 1:
            values = [100 * _test_score(item).accuracy for item in group]
            sentences.append(
                f"{group[0].strategy.title} with {len(values)} random seeds: {mean(values):.1f} % on average, from "
                f"{min(values):.1f} to {max(values):.1f} % (standard deviation {stdev(values):.1f} points)."
            )
    return sentences


def _test_score(item: ComparedRun) -> Score:
    return item.result.test


def _accuracy(item: ComparedRun) -> str:
    score = _test_score(item)
    return accuracy_text(score.correct, score.images)


def _cost(item: ComparedRun) -> str:
    return f"with {number_text(item.result.trainable)} trained numbers in {item.result.cost_seconds:,.0f} s"


def _points(points: float) -> str:
    if abs(points) < 0.05:
        return "the same accuracy"
    return f"{abs(points):.1f} points {'higher' if points > 0 else 'lower'}"


def _verdict(pair: Pair, images: int) -> str:
    test = pair.test
    if not test.first_only + test.second_only:
        return f"Of the {images} images, both get exactly the same ones right."
    among = f", adjusted for {pair.pairs} pairs" if pair.pairs > 1 else ""
    counts = (
        f"{p_text(pair.adjusted)}{among}; {pair.first} alone is right on {test.first_only}, "
        f"{pair.second} alone on {test.second_only}"
    )
    if pair.adjusted < SIGNIFICANT:
        return f"This is unlikely to be due to chance ({counts})."
    needed = enough_images(pair, images)
    more = f" About {needed:,} test images would be needed to tell." if needed else ""
    return f"With {images} images, this could be due to chance ({counts}).{more}"
