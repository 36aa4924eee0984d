"""The jobs about runs: checking one, checking labels, queueing the first example, training on what was recorded."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from tlcore.datasets.dataset import Dataset, list_datasets, open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.parts import PARTS
from tlcore.errors import DatasetError, MissingError, StateError, VerificationError
from tlcore.inference.networks.feature_part import open_part
from tlcore.inference.networks.prepared import MODEL_FILE, PREPARED, Card, load_prepared, read_card, run_card
from tlcore.jobs import Monitor
from tlcore.runs.client import submit, trained_run
from tlcore.runs.example import DRAWN, NAME, example_plans
from tlcore.runs.experiments import launch, runs_of
from tlcore.runs.run import FAILED, FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.training.advice.judging import judge
from tlcore.training.features.phase import PhaseFeatures
from tlcore.training.plans.defaults import run_name, suggest_plan
from tlcore.training.plans.plan import TrainingPlan, plan_from_json
from tlcore.training.results.evaluation import (
    JUDGED_FILE,
    PREDICTIONS_FILE,
    Predictions,
    load_predictions,
    save_predictions,
)
from tlcore.training.results.verification import answers_of, verify
from tlcore.zoo.catalog import INSTALLED

_SHARES_OF_RECORDINGS = (0.5, 0.2, 0.3)  # they are few, and a test on a single one of each class tells little


def verify_run(request: dict, _folder: Path, monitor: Monitor) -> dict:
    """Check a run; one whose network does not give its predictions is failed, so that nothing of it can be compared.

    Args:
        request: {"run": id of a finished training run}.
        _folder: not needed.
        monitor: told of progress, and asked between batches.

    Returns:
        {"run": id, "verified": what the check came to, as plain values}.

    Raises:
        StateError: if it is no finished training run.
        MissingError: if files of the run are gone.
        NotFoundError: if there is no such run, or its dataset is gone.
        VerificationError: if the run failed the check.
        Stopped: if asked to stop.
    """
    store, run = open_store(), trained_run(request["run"])
    try:
        found = _check(run, monitor)
    except VerificationError as error:
        store.move(run.id, [FINISHED], FAILED, error={"message": str(error), "log": ""})
        raise
    store.move(run.id, [FINISHED], FINISHED, result={**run.result, "verified": found})
    return {"run": run.id, "verified": found}


def _check(run: Run, monitor: Monitor) -> dict:
    monitor.report("Reading the saved network", 0, 1)
    card = run_card(run.plan, run.result["classes"], run.name)
    dataset, test = open_dataset(run.plan["dataset"]), load_predictions(run.folder / PREDICTIONS_FILE, "test")
    whole = not run.result.get("reads_reduced", False)
    return verify(_answers(run, card, monitor), card, dataset, test, monitor, sample=None, whole=whole).to_json()


def _answers(run: Run, card: Card, monitor: Monitor) -> Callable[[np.ndarray], np.ndarray]:
    """Read back what the run has saved: its network, or its head on the prepared backbone."""
    if (run.folder / MODEL_FILE).is_file():
        return importlib.import_module("tlcore.training.networks.trained_network").network_answers(run.folder, card)
    folder = run.folder / PREPARED
    # A folder that holds its own feature part was converted from the network: it says nothing of what was saved.
    kept = read_card(folder)
    source = kept.feature_source if kept else None
    if source is None:
        raise MissingError(f"{MODEL_FILE} or a saved head in {run.folder}", "no such file", "Train the run again.")
    open_part(source, monitor)
    return answers_of(load_prepared(folder))


def judge_labels(request: dict, folder: Path, monitor: Monitor) -> dict:
    """Judge all images of a dataset, or of a run on the features that its head was trained on.

    Args:
        request: {"dataset": id}, judged with the network whose weights are installed; or {"run": id of a finished run
            with a frozen backbone}.
        folder: of the job; takes `JUDGED_FILE`, unless it is about a run, whose folder then does.
        monitor: told of progress, and asked between batches and heads.

    Returns:
        The request.

    Raises:
        DatasetError: if the dataset cannot be split, or a class has fewer than two images.
        StateError: if it is no finished frozen run.
        PlanError, MissingError, NotFoundError: if weights or images that it was trained with are gone.
        Stopped: if asked to.
    """
    if "dataset" in request:
        dataset = open_dataset(request["dataset"])
        plan = plan_from_json(suggest_plan(dataset, "frozen", INSTALLED))
        parts = plan.split(dataset)
        indices = {part: getattr(parts, part) for part in PARTS}
    else:
        run = trained_run(request["run"])
        if run.plan["strategy"] != "frozen":
            raise StateError("a run with a frozen backbone", f"run {run.id}", "Choose another run.")
        dataset, plan, folder = open_dataset(run.plan["dataset"]), plan_from_json(run.plan), run.folder
        indices = {part: load_predictions(folder / PREDICTIONS_FILE, part).indices for part in PARTS}
    save_predictions(folder / JUDGED_FILE, _judged(plan, dataset, indices, folder.name, monitor))
    return request


def _judged(
    plan: TrainingPlan, dataset: Dataset, parts: Mapping[str, np.ndarray], maker: str, monitor: Monitor
) -> dict[str, Predictions]:
    """What heads that have not seen them say about the images at these positions of each part."""
    features = PhaseFeatures(plan, dataset, plan.split(dataset), plan.phases()[-1], monitor, maker)
    indices = np.concatenate(list(parts.values()))
    answers = judge(features.take(indices), dataset.labels[indices], dataset.groups[indices], monitor)
    ends = np.cumsum([len(each) for each in parts.values()])[:-1]
    return {
        part: Predictions(each, dataset.labels[each], rows)
        for (part, each), rows in zip(parts.items(), np.split(answers, ends), strict=True)
    }


def run_example(request: dict, _folder: Path, monitor: Monitor) -> dict:
    """Draw a dataset, unless it is here, and queue one network under each strategy on it; all without internet.

    Args:
        request: {"owner": nickname of who asks, "experiment": id that its runs are to share}, or {}.
        _folder: not needed.
        monitor: told of progress, and asked between pictures, and before the runs are queued.

    Returns:
        {"runs": ids in the order of their queue, "experiment": id}.

    Raises:
        Stopped: if asked to stop.
    """
    dataset = next(filter(_is_as_drawn, list_datasets()), None)
    dataset = dataset or import_dataset("rendered", DRAWN, NAME, monitor)
    monitor.check()
    experiment = launch("strategies", example_plans(dataset), request.get("owner", ""), request.get("experiment", ""))
    return {"runs": [run.id for run in runs_of(experiment)], "experiment": experiment}


def _is_as_drawn(dataset: Dataset) -> bool:
    """Whether it is what the example draws; a version of that names the same source, but has other labels or images."""
    source = dataset.source
    drawn = source.get("source") == "rendered" and source["options"] == DRAWN
    return drawn and dataset.name == NAME and "parent" not in source


def keep_and_train(request: dict, _folder: Path, monitor: Monitor) -> dict:
    """Import what was recorded, and queue a frozen run on it like any other.

    Args:
        request: as `tlcore.datasets.jobs.import_images`, and {"owner": nickname of who asks}.
        _folder: not needed; datasets have a folder of their own.
        monitor: told of progress, and asked between images.

    Returns:
        {"dataset": id, "run": id, "" where it cannot be split, "why_none": a sentence about that, or ""}.

    Raises:
        DatasetError: if it is no usable dataset.
        AccessError: if a visitor has reached their share of the machine.
        Stopped: if asked to; nothing is left behind.
    """
    dataset = import_dataset(request["source"], request["options"], request.get("name"), monitor)
    monitor.check()
    plan = plan_from_json(suggest_plan(dataset, "frozen", INSTALLED, {"shares": _SHARES_OF_RECORDINGS}))
    try:
        plan.split(dataset)
    except DatasetError as error:
        return {"dataset": dataset.id, "run": "", "why_none": str(error)}
    run = submit("train", plan.to_json(), run_name(plan), owner=request.get("owner", ""))
    return {"dataset": dataset.id, "run": run.id, "why_none": ""}
