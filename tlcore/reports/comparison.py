"""Finished runs side by side: one table, and what speaks against comparing them."""

from __future__ import annotations

from collections.abc import Sequence

from tlcore.errors import StateError
from tlcore.reports.statistics import accuracy_text
from tlcore.runs.run import FINISHED, Run
from tlcore.training.strategies import find_strategy


def comparison_rows(runs: Sequence[Run]) -> list[dict]:
    """Lay finished training runs out as the rows of a table.

    Args:
        runs: at least one.

    Returns:
        One row a run: names of columns → values.

    Raises:
        StateError: if a run is no finished training run.
    """
    for run in runs:
        if run.kind != "train" or run.state != FINISHED:
            raise StateError("finished training runs", f"run {run.id}, a {run.kind} run that is {run.state}", "Wait.")
    return [_row(run) for run in runs]


def _row(run: Run) -> dict:
    scores = run.result["scores"]
    row = {"run": run.id, "name": run.name, "strategy": find_strategy(run.plan["strategy"]).title}
    for part in ("train", "validation", "test"):
        row[f"{part} loss"] = round(scores[part]["loss"], 4)
        row[f"{part} accuracy"] = round(scores[part]["accuracy"], 4)
    test = scores["test"]
    row["test interval"] = accuracy_text(test["correct"], test["images"])
    row["trainable parameters"] = run.result["trainable"]
    row["epochs"] = run.result["epochs"]
    row["seconds"] = round(run.result["seconds"], 1)
    return row


def incomparable(runs: Sequence[Run]) -> list[str]:
    """Say what speaks against comparing runs.

    Args:
        runs: finished training runs.

    Returns:
        Sentences; an empty list if they were tested on the same images.
    """
    if len({run.result["split"] for run in runs}) > 1:
        return ["These runs were tested on different images, so their accuracies cannot be compared directly."]
    return []
