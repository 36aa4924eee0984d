"""The job that looks for the backbone, input size and cut that serve a dataset best."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tlcore.datasets.dataset import open_dataset
from tlcore.jobs import report_to
from tlcore.training.advice.search import SECONDS, search


def search_best(request: dict, folder: Path, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> dict:
    """Try exact heads on several backbones, sizes and cuts.

    Args:
        request: {"dataset": id, "seconds": how long to try at most}.
        folder: of the job; its name is noted with the features.
        emit: takes progress reports.
        should_stop: asked between batches.

    Returns:
        {"dataset": id, "trials": `tlcore.training.advice.search.Trial` as plain values, the best first}.

    Raises:
        DatasetError, NotFoundError: if the dataset cannot be used.
        Stopped: if asked to stop.
    """
    dataset = open_dataset(request["dataset"])
    trials = search(dataset, request.get("seconds", SECONDS), folder.name, report_to(emit), should_stop)
    return {"dataset": dataset.id, "trials": [trial.to_json() for trial in trials]}
