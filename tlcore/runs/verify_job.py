"""The job that checks a finished run on all of its test images. [TF]"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras

from tlcore.datasets.dataset import open_dataset
from tlcore.errors import MissingError, StateError, VerificationError
from tlcore.inference.prepared import run_card
from tlcore.jobs import report_to
from tlcore.runs.run import FAILED, FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.training.evaluation import PREDICTIONS_FILE, load_predictions
from tlcore.training.job import MODEL_FILE
from tlcore.training.verification import verify


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
    keras.backend.clear_session(free_memory=False)
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
    files = [run.folder / MODEL_FILE, run.folder / PREDICTIONS_FILE]
    for file in files:
        if not file.is_file():
            raise MissingError(f"{file.name} in {file.parent}", "no such file", "Train the run again.")
    card = run_card(run.plan, run.result["classes"], run.name)
    dataset, test = open_dataset(run.plan["dataset"]), load_predictions(files[1], "test")
    return verify(files[0], card, dataset, test, report, should_stop, sample=None).to_json()
