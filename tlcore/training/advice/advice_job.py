"""The job that measures how much a dataset is like the photos of the pretraining. Needs no TensorFlow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.splits import split
from tlcore.inference.networks.installed import prepare_installed
from tlcore.inference.networks.prepared import load_prepared
from tlcore.training.advice.likeness_measure import measure_likeness
from tlcore.zoo.catalog import INSTALLED, find


def measure(request: dict, _folder: Path, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> dict:
    """Measure with the network that Classify begins with, whose weights are on every machine.

    Args:
        request: {"dataset": id}.
        _folder: not needed.
        emit: takes progress reports.
        should_stop: asked between batches.

    Returns:
        {"dataset": id, "likeness": `tlcore.training.advice.likeness.Likeness` as plain values}.

    Raises:
        DatasetError, NotFoundError: if the dataset cannot be measured.
        Stopped: if asked to stop.
    """
    dataset = open_dataset(request["dataset"])
    network = load_prepared(prepare_installed(find(INSTALLED)))

    def progress(done: int, total: int) -> None:
        emit({"kind": "progress", "what": f"Looking with {network.card.title}", "done": done, "total": total})

    likeness = measure_likeness(network, dataset, split(dataset).train, progress, should_stop)
    return {"dataset": dataset.id, "likeness": likeness.to_json()}
