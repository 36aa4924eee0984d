"""The job that measures how much a dataset is like the photos of the pretraining. [TF]"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.splits import split
from tlcore.inference.embedded import prepare_embedded
from tlcore.inference.job import prepare
from tlcore.inference.networks import first_choice
from tlcore.inference.prepared import Prepared, is_prepared, load_prepared, prepared_folder
from tlcore.training.likeness_measure import measure_likeness
from tlcore.zoo.catalog import EMBEDDED


def measure(request: dict, folder: Path, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> dict:
    """Measure with the network that Classify would choose on this machine, which is prepared first if need be.

    Args:
        request: {"dataset": id}.
        folder: of the run.
        emit: takes progress reports.
        should_stop: asked between batches.

    Returns:
        {"dataset": id, "likeness": `tlcore.training.likeness.Likeness` as plain values}.

    Raises:
        DatasetError, NotFoundError: if the dataset cannot be measured.
        Stopped: if asked to stop.
    """
    dataset = open_dataset(request["dataset"])
    network = _network(folder, emit, should_stop)

    def progress(done: int, total: int) -> None:
        emit({"kind": "progress", "what": f"Looking with {network.card.title}", "done": done, "total": total})

    likeness = measure_likeness(network, dataset, split(dataset).train, progress, should_stop)
    return {"dataset": dataset.id, "likeness": likeness.to_json()}


def _network(folder: Path, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> Prepared:
    name = first_choice()
    if name == EMBEDDED:
        return load_prepared(prepare_embedded())
    if not is_prepared(name):
        prepare({"architecture": name}, folder, emit, should_stop)
    return load_prepared(prepared_folder(name))
