"""The job that executes a training plan and keeps what it came to. [TF]"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras

from tlcore.datasets.dataset import open_dataset
from tlcore.errors import InputError
from tlcore.files import replacing
from tlcore.inference.job import prepare_model
from tlcore.inference.prepared import PREPARED, Card, run_card
from tlcore.jobs import report_to
from tlcore.training.costs import add_up
from tlcore.training.defaults import run_name
from tlcore.training.evaluation import PREDICTIONS_FILE, save_predictions
from tlcore.training.plan import plan_from_json
from tlcore.training.trainer import train as execute_plan
from tlcore.training.verification import verify

MODEL_FILE = "model.keras"

# A network of so few layers is converted within about a second; others are prepared when somebody wants to use them.
_QUICK_LAYERS = 60

logger = logging.getLogger(__name__)


def train(request: dict, folder: Path, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> dict:
    """Train, evaluate and save one run.

    Args:
        request: the plan as plain values.
        folder: of the run; takes checkpoints, predictions and the model.
        emit: takes events.
        should_stop: asked between batches.

    Returns:
        The result as plain values: scores by part, confusion matrix of the test part, parameter counts, the "seconds"
        that were waited, and "costs" and "reused" as `tlcore.training.costs` describes them.

    Raises:
        PlanError, DatasetError, NotFoundError, MissingError: if the plan cannot be executed here.
        VerificationError: if the saved network does not give the predictions.
        Stopped: if asked to stop.
    """
    started = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    keras.backend.clear_session(free_memory=False)  # the worker frees it between runs, when nobody waits
    plan = plan_from_json(request)
    dataset = open_dataset(plan.dataset)
    outcome = execute_plan(plan, dataset, folder, emit, should_stop)
    trained = time.perf_counter()
    save_predictions(folder / PREDICTIONS_FILE, outcome.predictions)
    with replacing(folder / MODEL_FILE) as temporary:
        # Keras insists on its own ending; the file is renamed as soon as it is whole.
        whole = temporary.with_suffix(".keras")
        outcome.model.save(whole)
        whole.replace(temporary)
    card = run_card(plan.to_json(), dataset.classes, run_name(plan))
    checked = verify(
        folder / MODEL_FILE,
        card,
        dataset,
        outcome.predictions["test"],
        report_to(emit),
        should_stop,
    )
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
        "seconds": time.perf_counter() - started,
        **outcome.counts,
    }
    emit({"kind": "evaluated", **result})
    if len(outcome.model.layers) <= _QUICK_LAYERS:
        _prepare(outcome.model, plan.cut, card, folder / PREPARED)
    return result


def _prepare(model: keras.Model, cut_layer: str, card: Card, folder: Path) -> None:
    """Make a trained network ready to classify; the run is as good without."""
    try:
        prepare_model(model, cut_layer, folder, card)
    except InputError:
        logger.exception("the trained network could not be prepared")
