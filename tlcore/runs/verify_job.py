"""The job that checks a finished run on all of its test images. Needs TensorFlow only for whole networks."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tlcore.datasets.dataset import open_dataset
from tlcore.errors import MissingError, StateError, VerificationError
from tlcore.inference.networks.feature_part import open_part
from tlcore.inference.networks.prepared import CARD_FILE, MODEL_FILE, PREPARED, Card, load_prepared, read_card, run_card
from tlcore.jobs import report_to
from tlcore.runs.run import FAILED, FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.training.results.evaluation import PREDICTIONS_FILE, load_predictions
from tlcore.training.results.verification import answers_of, verify


def verify_run(request: dict, _folder: Path, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> dict:
    """Check a run; one whose network does not give its predictions is failed, so that nothing of it can be compared.

    Args:
        request: {"run": id of a finished training run}.
        _folder: not needed.
        emit: takes progress reports.
        should_stop: asked between batches.

    Returns:
        {"run": id, "verified": what the check came to, as plain values}.

    Raises:
        StateError: if it is no finished training run.
        MissingError: if files of the run are gone.
        NotFoundError: if there is no such run, or its dataset is gone.
        VerificationError: if the run failed the check.
        Stopped: if asked to stop.
    """
    store = open_store()
    run = store.run(request["run"])
    if run.kind != "train" or run.state != FINISHED:
        received = f"run {run.id}, a {run.kind} run that is {run.state}"
        raise StateError("a finished training run", received, "Wait for it, or choose another.")
    try:
        found = _check(run, emit, should_stop)
    except VerificationError as error:
        store.move(run.id, [FINISHED], FAILED, error={"message": str(error), "log": ""})
        raise
    store.move(run.id, [FINISHED], FINISHED, result={**run.result, "verified": found})
    return {"run": run.id, "verified": found}


def _check(run: Run, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> dict:
    report = report_to(emit)
    report("Reading the saved network", 0, 1)
    if not (run.folder / PREDICTIONS_FILE).is_file():
        raise MissingError(f"{PREDICTIONS_FILE} in {run.folder}", "no such file", "Train the run again.")
    card = run_card(run.plan, run.result["classes"], run.name)
    dataset, test = open_dataset(run.plan["dataset"]), load_predictions(run.folder / PREDICTIONS_FILE, "test")
    return verify(_answers(run, card), card, dataset, test, report, should_stop, sample=None).to_json()


def _answers(run: Run, card: Card) -> Callable[[np.ndarray], np.ndarray]:
    """Read back what the run has saved: its network, or its head on the prepared backbone."""
    if (run.folder / MODEL_FILE).is_file():
        return importlib.import_module("tlcore.training.networks.trained_network").network_answers(run.folder, card)
    folder = run.folder / PREPARED
    if not (folder / CARD_FILE).is_file():
        raise MissingError(f"{MODEL_FILE} or a saved head in {run.folder}", "no such file", "Train the run again.")
    open_part(read_card(folder).feature_source)
    return answers_of(load_prepared(folder))
