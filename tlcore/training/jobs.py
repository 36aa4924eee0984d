"""The job that executes a training plan and keeps what it came to. Needs TensorFlow only for what needs it."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.inference.networks.prepared import PREPARED, Card, load_prepared, run_card, save_head
from tlcore.jobs import report_to
from tlcore.training.costs import add_up
from tlcore.training.features.source import feature_source
from tlcore.training.heads.exact_training import train_exact
from tlcore.training.networks.checkpoint import remove_checkpoints
from tlcore.training.plans.defaults import run_name
from tlcore.training.plans.plan import EXACT, TrainingPlan, plan_from_json
from tlcore.training.results.evaluation import PREDICTIONS_FILE, save_predictions
from tlcore.training.results.outcome import Outcome
from tlcore.training.results.verification import LIGHT_SAMPLE, SAMPLE, answers_of, verify


def train(request: dict, folder: Path, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> dict:
    """Train, evaluate and save one run.

    Args:
        request: the plan as plain values.
        folder: of the run; takes checkpoints, predictions and what was trained: the head where the backbone is frozen,
            else the whole network.
        emit: takes events.
        should_stop: asked between batches.

    Returns:
        The result as plain values: scores by part, confusion matrix of the test part, parameter counts, the "seconds"
        that were waited, "costs" and "reused" as `tlcore.training.costs` describes them, and of an exact head the
        "solver".

    Raises:
        PlanError, DatasetError, NotFoundError, MissingError: if the plan cannot be executed here.
        VerificationError: if what was saved does not give the predictions.
        Stopped: if asked to stop.
    """
    started = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    plan = plan_from_json(request)
    dataset = open_dataset(plan.dataset)
    outcome = execute(plan, dataset, folder, emit, should_stop)
    trained = time.perf_counter()
    save_predictions(folder / PREDICTIONS_FILE, outcome.predictions)
    card = run_card(plan.to_json(), dataset.classes, run_name(plan))
    answers = _save(plan, outcome, card, folder)
    sample = LIGHT_SAMPLE if outcome.head else SAMPLE
    checked = verify(answers, card, dataset, outcome.predictions["test"], report_to(emit), should_stop, sample)
    scores = {part: predictions.score().to_json() for part, predictions in outcome.predictions.items()}
    result = {
        "classes": list(dataset.classes),
        "scores": scores,
        "confusion": outcome.predictions["test"].confusion().tolist(),
        "split": outcome.split.digest,
        "split_words": outcome.split.sentence,
        "verified": checked.to_json(),
        "epochs": outcome.epochs,
        "costs": replace(outcome.costs, saving=time.perf_counter() - trained).to_json(),
        "reused": add_up(outcome.kept),
        "solver": dict(outcome.solver),
        "seconds": time.perf_counter() - started,
        **outcome.counts,
    }
    emit({"kind": "evaluated", **result})
    remove_checkpoints(folder)
    return result


def execute(
    plan: TrainingPlan,
    dataset: Dataset,
    folder: Path,
    emit: Callable[[dict], None],
    should_stop: Callable[[], bool],
) -> Outcome:
    """Execute a plan, without TensorFlow where it solves a head exactly and nothing else.

    Args:
        plan: what to do.
        dataset: what to learn from.
        folder: where checkpoints are kept.
        emit: takes events.
        should_stop: asked between batches or passes.

    Returns:
        The outcome.

    Raises:
        Stopped: if asked to.
    """
    if plan.trains_head_only and plan.optimizer == EXACT:
        return train_exact(plan, dataset, folder.name, emit, should_stop)
    trainer = importlib.import_module("tlcore.training.networks.trainer")  # imports TensorFlow
    return trainer.train(plan, dataset, folder, emit, should_stop)


def _save(plan: TrainingPlan, outcome: Outcome, card: Card, folder: Path) -> Callable:
    """Keep what was trained; what answers for it when it is read back."""
    if outcome.head is None:
        return importlib.import_module("tlcore.training.networks.trained_network").save_network(
            outcome.model, card, plan, folder
        )
    source = feature_source(plan, plan.phases()[-1])
    save_head(folder / PREPARED, replace(card, source=source.to_json()), outcome.head)
    return answers_of(load_prepared(folder / PREPARED))
