"""The results of a lesson as a table."""

from __future__ import annotations

from tlcore.access.asker import check_owner
from tlcore.comparison.statistics import wilson_interval
from tlcore.export.csv_text import csv_text
from tlcore.lessons import book
from tlcore.lessons.leaderboard import leaderboard
from tlcore.lessons.lesson import Lesson
from tlcore.lessons.plans import choice_title, chosen_text
from tlcore.runs.run import FINISHED, Run
from tlcore.training.results.evaluation import Score
from tlcore.training.results.result import TrainResult


def result_rows(lesson: Lesson, names: bool) -> list[dict]:
    """List all runs of a lesson that are not deleted, by pupil and in the order of their queue.

    Args:
        lesson: the lesson. Where its runs are removed, what was kept of their figures, without names.
        names: whether the first column names the pupil, or only numbers them.

    Returns:
        JSON-able rows: who, what they chose, how far the run came, how well it did, what it cost, its rank.

    Raises:
        AccessError: if the asker is not the owner of the machine.
    """
    check_owner("reads all results")
    if lesson.results:
        return lesson.results
    pupils = {pupil.visitor: pupil for pupil in book.pupils(lesson.id)}
    ranked = {row.run: row.rank for row in leaderboard(lesson)}
    runs = [run for run in book.runs(lesson.id) if not run.deleted and run.visitor in pupils]
    return [
        {"pupil": pupils[run.visitor].shown(names), **_row(lesson, run), "rank": ranked.get(run.id) or ""}
        for run in sorted(runs, key=lambda run: pupils[run.visitor].number)
    ]


def _row(lesson: Lesson, run: Run) -> dict:
    row: dict[str, object] = {choice_title(name): chosen_text(run, name) for name in lesson.choices}
    row |= {"state": run.state}
    if run.state == FINISHED:
        result = TrainResult.from_json(run.result)
        tested = Score.from_json(run.result["hidden"]) if "hidden" in run.result else result.test
        low, high = wilson_interval(tested.correct, tested.images)
        row |= {
            "validation_accuracy": round(result.scores["validation"].accuracy, 4),
            "test": "hidden" if "hidden" in run.result else "own",
            "test_images": tested.images,
            "test_correct": tested.correct,
            "test_accuracy": round(tested.accuracy, 4),
            "interval_low": round(low, 4),
            "interval_high": round(high, 4),
            "numbers_trained": result.trainable,
            "seconds": round(result.cost_seconds, 2),
        }
    return row


def results_csv(lesson: Lesson, names: bool) -> str:
    """Write the results of a lesson as CSV.

    Args:
        lesson: the lesson.
        names: whether the first column names the pupil.

    Returns:
        A header line and a line for each run; "" if there is none.

    Raises:
        AccessError: if the asker is not the owner of the machine.
    """
    return csv_text(result_rows(lesson, names))
