"""Whose network is best on images that no pupil sees; what chance explains is a tie."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tlcore.comparison.statistics import adjust, compare_pair
from tlcore.lessons import book
from tlcore.lessons.hidden_test import right_answers
from tlcore.lessons.lesson import Lesson, Pupil
from tlcore.runs.run import FINISHED, Run
from tlcore.training.results.evaluation import Score
from tlcore.training.results.result import TrainResult

LEVEL = 0.05  # from which on a difference is not taken for chance

HOW = (
    "Each pupil stands here with the run that did best on their own validation images. Choosing by the hidden test "
    "would be fishing: among many tries one is always lucky."
)
WHAT_A_RANK_MEANS = (
    "Rank 1 means that no network is better beyond chance (McNemar's test for each pair, adjusted for the number of "
    "pairs). Networks with the same rank are tied."
)


@dataclass(frozen=True)
class Row:
    """A pupil on the leaderboard.

    Args:
        pupil: who.
        run: id of their best finished run by their own validation images.
        score: on the hidden images; in a lesson without them, on the pupil's own test images.
        rank: 1 + how many networks are better beyond chance; None without a hidden test.
        trained: numbers that training changed.
        seconds: that the run takes where nothing is kept.
        runs: how many the pupil has begun.
    """

    pupil: Pupil
    run: str
    score: Score
    rank: int | None
    trained: int
    seconds: float
    runs: int


def leaderboard(lesson: Lesson) -> list[Row]:
    """Rank the pupils of a lesson.

    Args:
        lesson: the lesson.

    Returns:
        The best first; those whose runs have all not finished are missing.
    """
    all_runs, best = book.runs(lesson.id), dict[str, Run]()
    for run in all_runs:
        if _counts(run, lesson) and (run.visitor not in best or _own_score(run) > _own_score(best[run.visitor])):
            best[run.visitor] = run
    found = [(pupil, best[pupil.visitor]) for pupil in book.pupils(lesson.id) if pupil.visitor in best]
    places: list[int] | list[None] = [None] * len(found)
    if lesson.has_hidden_test:
        places = _ranks(tuple(run.folder for _, run in found))
    rows = []
    for (pupil, run), rank in zip(found, places, strict=True):
        result = TrainResult.from_json(run.result)
        score = Score.from_json(run.result["hidden"]) if lesson.has_hidden_test else result.test
        number = sum(other.visitor == run.visitor for other in all_runs)
        rows.append(Row(pupil, run.id, score, rank, result.trainable, result.cost_seconds, number))
    return sorted(rows, key=lambda row: (row.rank or 0, -row.score.accuracy, row.pupil.number))


def _counts(run: Run, lesson: Lesson) -> bool:
    tested_on = run.result.get("hidden", {}).get("dataset", "")
    return run.state == FINISHED and not run.deleted and (not lesson.has_hidden_test or tested_on == lesson.hidden)


@functools.lru_cache(maxsize=32)
def _ranks(folders: tuple[Path, ...]) -> list[int]:
    """Of runs by their folders: what a finished run has answered never changes."""
    return ranks_of([right_answers(folder) for folder in folders])


def _own_score(run: Run) -> tuple[float, float]:
    """How good a run is on its pupil's own validation images: right answers first, then sureness."""
    score = TrainResult.from_json(run.result).scores.get("validation")
    return (score.accuracy, -score.loss) if score is not None else (0.0, 0.0)


def ranks_of(right: Sequence[np.ndarray]) -> list[int]:
    """Rank networks by which of the same images they are right about.

    Args:
        right: bool (n,) of each network.

    Returns:
        Of each 1 + the number of networks that are better beyond chance: by a paired test of each pair, adjusted for
        the number of pairs.
    """
    pairs = list(itertools.combinations(range(len(right)), 2))
    tests = [compare_pair(right[first], right[second]) for first, second in pairs]
    found = [1] * len(right)
    for (first, second), test, p in zip(pairs, tests, adjust([test.p for test in tests]), strict=True):
        if p < LEVEL:
            found[second if test.first_only > test.second_only else first] += 1
    return found
