"""The job that judges the label of each image of a frozen run by heads that have not seen it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.parts import PARTS
from tlcore.errors import StateError
from tlcore.jobs import report_to
from tlcore.runs.run import FINISHED
from tlcore.runs.store import open_store
from tlcore.training.advice.judging import judge
from tlcore.training.features.phase import PhaseFeatures
from tlcore.training.plans.plan import plan_from_json
from tlcore.training.results.evaluation import (
    JUDGED_FILE,
    PREDICTIONS_FILE,
    Predictions,
    load_predictions,
    save_predictions,
)


def judge_run(request: dict, _folder: Path, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> dict:
    """Judge all images of a run, on the features that its head was trained on.

    Args:
        request: {"run": id of a finished run with a frozen backbone}.
        _folder: not needed; the file is the run's.
        emit: takes progress reports.
        should_stop: asked between batches and heads.

    Returns:
        {"run": id}.

    Raises:
        StateError: if it is no finished frozen run.
        PlanError, MissingError, NotFoundError: if weights or images that it was trained with are gone.
        Stopped: if asked to.
    """
    run = open_store().run(request["run"])
    if run.kind != "train" or run.state != FINISHED or run.plan["strategy"] != "frozen":
        raise StateError("a finished run with a frozen backbone", f"run {run.id}", "Choose another run.")

    report = report_to(emit)
    plan, dataset = plan_from_json(run.plan), open_dataset(run.plan["dataset"])
    stored = {part: load_predictions(run.folder / PREDICTIONS_FILE, part) for part in PARTS}
    features = PhaseFeatures(plan, dataset, plan.split(dataset), plan.phases()[-1], report, should_stop, run.id)
    indices = np.concatenate([each.indices for each in stored.values()])
    answers = judge(
        features.take(indices),
        dataset.labels[indices],
        dataset.groups[indices],
        lambda done, total: report("Fitting heads that leave images out", done, total),
        should_stop,
    )
    ends = np.cumsum([len(each.indices) for each in stored.values()])[:-1]
    judged = {
        part: Predictions(each.indices, each.labels, rows)
        for (part, each), rows in zip(stored.items(), np.split(answers, ends), strict=True)
    }
    save_predictions(run.folder / JUDGED_FILE, judged)
    return {"run": run.id}
