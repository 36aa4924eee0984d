"""The jobs about training: a run, and what is measured before one. They need TensorFlow only for what needs it."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.datasets.splits import split
from tlcore.inference.networks.installed import prepare_installed
from tlcore.inference.networks.prepared import PREPARED, Card, load_prepared, run_card, save_head
from tlcore.jobs import Monitor
from tlcore.training.advice.likeness_measure import measure_likeness
from tlcore.training.advice.search import SECONDS, search
from tlcore.training.costs import add_up
from tlcore.training.estimate import expect
from tlcore.training.features.image_map import MAP_FILE, arrange, write_map
from tlcore.training.features.source import feature_source
from tlcore.training.heads.exact_training import train_exact
from tlcore.training.networks.checkpoint import remove_checkpoints
from tlcore.training.plans.defaults import run_name
from tlcore.training.plans.fields import EXACT
from tlcore.training.plans.plan import TrainingPlan, plan_from_json
from tlcore.training.results.evaluation import PREDICTIONS_FILE, save_predictions
from tlcore.training.results.outcome import Outcome
from tlcore.training.results.result import TrainResult
from tlcore.training.results.trained_features import save_features
from tlcore.training.results.verification import LIGHT_SAMPLE, SAMPLE, answers_of, verify
from tlcore.training.speeds import note_speeds
from tlcore.zoo.catalog import INSTALLED, find


def train(request: dict, folder: Path, monitor: Monitor) -> dict:
    """Train, evaluate and save one run.

    Args:
        request: the plan as plain values.
        folder: of the run; takes checkpoints, predictions, also those of each epoch, and what was trained: the head
            where the backbone is frozen, else the whole network.
        monitor: takes events "phase", "progress", "epoch", "mistakes", "resumed"; asked between batches.

    Returns:
        A `TrainResult` as plain values.

    Raises:
        PlanError, DatasetError, NotFoundError, MissingError: if the plan cannot be executed here.
        VerificationError: if what was saved does not give the predictions.
        Stopped: if asked to stop.
    """
    started = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    plan = plan_from_json(request)
    dataset = open_dataset(plan.dataset)
    outcome = execute(plan, dataset, folder, monitor)
    trained = time.perf_counter()
    save_predictions(folder / PREDICTIONS_FILE, outcome.predictions)
    if outcome.features is not None:
        save_features(folder, outcome.features)
    card = run_card(plan.to_json(), dataset.classes, run_name(plan))
    answers = _save(plan, outcome, card, folder)
    sample = LIGHT_SAMPLE if outcome.head else SAMPLE
    checked = verify(answers, card, dataset, outcome.predictions["test"], monitor, sample)
    costs = replace(outcome.costs, saving=time.perf_counter() - trained)
    note_speeds(plan, expect(plan, len(dataset)), costs)
    result = TrainResult(
        classes=list(dataset.classes),
        scores={part: predictions.score() for part, predictions in outcome.predictions.items()},
        confusion=outcome.predictions["test"].confusion().tolist(),
        split=outcome.split.digest,
        split_words=outcome.split.sentence,
        epochs=outcome.epochs,
        chosen=outcome.chosen,
        seconds=monitor.spent + time.perf_counter() - started,
        costs=costs,
        reused=add_up(outcome.kept, folder.name),
        solver=outcome.solver,
        verified=checked,
        reads_reduced=True,
        **outcome.counts,
    ).to_json()
    monitor.emit({"kind": "evaluated", **result})
    remove_checkpoints(folder)
    return result


def execute(plan: TrainingPlan, dataset: Dataset, folder: Path, monitor: Monitor) -> Outcome:
    """Execute a plan, without TensorFlow where it solves a head exactly and nothing else.

    Args:
        plan: what to do.
        dataset: what to learn from.
        folder: where checkpoints are kept, and what the network says of the test images epoch by epoch.
        monitor: told of all that happens, and asked between batches or passes.

    Raises:
        Stopped: if asked to.
    """
    if plan.trains_head_only and plan.optimizer == EXACT:
        return train_exact(plan, dataset, folder, monitor)
    if "tensorflow" not in sys.modules:
        monitor.report("Starting TensorFlow", 0, 1)
    trainer = importlib.import_module("tlcore.training.networks.trainer")  # imports TensorFlow
    return trainer.train(plan, dataset, folder, monitor)


def _save(plan: TrainingPlan, outcome: Outcome, card: Card, folder: Path) -> Callable:
    """Keep what was trained; what answers for it when it is read back."""
    if outcome.head is None:
        return importlib.import_module("tlcore.training.networks.trained_network").save_network(
            outcome.model, card, plan, folder
        )
    source = feature_source(plan, plan.phases()[-1])
    assert source is not None  # a head alone is trained on pretrained features: a plan cannot be cut at the input
    save_head(folder / PREPARED, replace(card, source=source.to_json()), outcome.head)
    return answers_of(load_prepared(folder / PREPARED))


def find_rate(request: dict, folder: Path, monitor: Monitor) -> dict:
    """Sweep the learning rate of a plan.

    Args:
        request: the plan as plain values.
        folder: of the job; its name is noted with the features.
        monitor: told of progress, and asked between steps.

    Returns:
        The "plan", and the sweep as plain values: see `tlcore.training.advice.rate_finder.RateSweep`.

    Raises:
        PlanError, DatasetError, NotFoundError, MissingError: if the plan cannot be executed here.
        Stopped: if asked to stop.
    """
    plan = plan_from_json(request)
    sweep = importlib.import_module("tlcore.training.advice.rate_sweep").sweep  # imports TensorFlow
    return {"plan": plan.to_json(), **sweep(plan, open_dataset(plan.dataset), monitor, folder.name).to_json()}


def search_best(request: dict, folder: Path, monitor: Monitor) -> dict:
    """Look for the backbone, input size and cut that serve a dataset best.

    Args:
        request: {"dataset": id, "seconds": how long to try at most}.
        folder: of the job; its name is noted with the features.
        monitor: told of progress, and asked between batches.

    Returns:
        {"dataset": id, "trials": `tlcore.training.advice.search.Trial` as plain values, the best first}.

    Raises:
        DatasetError, NotFoundError: if the dataset cannot be used.
        Stopped: if asked to stop.
    """
    dataset = open_dataset(request["dataset"])
    trials = search(dataset, request.get("seconds", SECONDS), folder.name, monitor)
    return {"dataset": dataset.id, "trials": [trial.to_json() for trial in trials]}


def arrange_images(request: dict, folder: Path, monitor: Monitor) -> dict:
    """Arrange the images of a dataset on a plane, as the network sees them whose weights are installed.

    Args:
        request: {"dataset": id}.
        folder: takes `MAP_FILE`; its name is noted with the features.
        monitor: told of progress, and asked between batches.

    Returns:
        {"dataset": id, "images": how many are on the map}.

    Raises:
        NotFoundError: if there is no such dataset.
        Stopped: if asked to stop.
    """
    dataset = open_dataset(request["dataset"])
    arranged = arrange(dataset, monitor, folder.name)
    write_map(folder / MAP_FILE, arranged)
    return {"dataset": dataset.id, "images": len(arranged.points)}


def advise(request: dict, _folder: Path, monitor: Monitor) -> dict:
    """Measure how much a dataset is like the photos of the pretraining, with the network whose weights are installed.

    Args:
        request: {"dataset": id}.
        _folder: not needed.
        monitor: told of progress, and asked between batches.

    Returns:
        {"dataset": id, "likeness": `tlcore.training.advice.likeness.Likeness` as plain values}.

    Raises:
        DatasetError, NotFoundError: if the dataset cannot be measured.
        Stopped: if asked to stop.
    """
    dataset = open_dataset(request["dataset"])
    network = load_prepared(prepare_installed(find(INSTALLED)))
    likeness = measure_likeness(network, dataset, split(dataset).train, monitor)
    return {"dataset": dataset.id, "likeness": likeness.to_json()}
