"""After a pupil's run its network answers the hidden images, in the same worker, so that both end together."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np

from tlcore.access.asker import asking
from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.inference.classifier import see
from tlcore.inference.networks.prepared import MODEL_FILE, PREPARED, read_saved_head, run_card
from tlcore.jobs import Monitor
from tlcore.lessons import book
from tlcore.runs.run import Run
from tlcore.training.features.cache import FeatureCache
from tlcore.training.features.phase import open_features
from tlcore.training.plans.plan import TrainingPlan, plan_from_json
from tlcore.training.results.evaluation import Predictions, load_predictions, save_predictions

HIDDEN_FILE = "hidden.npz"  # in the folder of the run
_PART = "test"
_BATCH = 32


def answer(run: Run, result: dict, monitor: Monitor) -> dict:
    """Let the network of a run answer the hidden images of its lesson.

    Args:
        run: of a pupil; its network is saved.
        result: what training came to.
        monitor: told of progress, and asked between batches.

    Returns:
        {"hidden": {"dataset": id, "images", "correct", "loss", "accuracy"}}; {} where the lesson has no hidden test.

    Raises:
        Stopped: if asked to.
    """
    lesson = book.find(run.lesson)
    if not lesson.has_hidden_test:
        return {}
    with asking(""):  # the pupil may not see these images
        hidden = open_dataset(lesson.hidden)
        found = _answers(run, plan_from_json(run.plan), result["classes"], hidden, monitor)
    predictions = Predictions(np.arange(len(hidden)), hidden.labels, found)
    save_predictions(run.folder / HIDDEN_FILE, {_PART: predictions})
    return {"hidden": {"dataset": hidden.id, **predictions.score().to_json()}}


def right_answers(folder: Path) -> np.ndarray:
    """Which hidden images a run is right about.

    Args:
        folder: of the run.

    Returns:
        bool (n,).

    Raises:
        MissingError: if the file is gone or damaged.
    """
    return load_predictions(folder / HIDDEN_FILE, _PART).right


def warm(plan: TrainingPlan, dataset: Dataset, monitor: Monitor, what: str) -> np.ndarray | None:
    """Keep the features of all images that a head on a frozen backbone needs.

    Args:
        plan: of a run.
        dataset: the images.
        monitor: told of progress, and asked between batches.
        what: the progress is called.

    Returns:
        float32 (n, …), memory-mapped; None where the plan trains more than a head.

    Raises:
        Stopped: if asked to; what is computed is kept.
    """
    if not plan.trains_head_only:
        return None
    key, part = open_features(plan, plan.phases()[-1], monitor)
    return FeatureCache(dataset, key, part).rows(np.arange(len(dataset)), monitor, what)


def _answers(run: Run, plan: TrainingPlan, classes: list[str], hidden: Dataset, monitor: Monitor) -> np.ndarray:
    what = "Answering the hidden test"
    if not (run.folder / MODEL_FILE).is_file():  # a head alone was saved
        head = read_saved_head(run.folder / PREPARED)
        rows = warm(plan, hidden, monitor, what)
        assert rows is not None
        return head.probabilities(np.asarray(rows))
    card = run_card(plan.to_json(), classes, run.name)
    answers = importlib.import_module("tlcore.training.networks.trained_network").network_answers(run.folder, card)
    found = []
    for start in range(0, len(hidden), _BATCH):
        monitor.check()
        indices = range(start, min(start + _BATCH, len(hidden)))
        found.append(answers(np.stack([see(card, hidden.image(index, card.input_size)) for index in indices])))
        monitor.report(what, indices.stop, len(hidden))
    return np.concatenate(found)
