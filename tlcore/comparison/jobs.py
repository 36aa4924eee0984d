"""The job that compares a trained network with the one it started from. [TF]"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from tlcore.comparison.changes import CHANGES_FILE
from tlcore.comparison.comparison import load_compared
from tlcore.datasets.dataset import open_dataset
from tlcore.images.preprocess import preprocess
from tlcore.inference.classifier import see
from tlcore.inference.networks.prepared import run_card
from tlcore.jobs import Monitor
from tlcore.storage.arrays import write_arrays
from tlcore.training.features.boundary import layers_up_to
from tlcore.training.networks.assembly import assemble, layer_inputs
from tlcore.training.networks.trained_network import load_network
from tlcore.training.plans.plan import plan_from_json

_PHOTOS = 300
_BATCH = 16


def find_changes(request: dict, _folder: Path, monitor: Monitor) -> dict:
    """Measure how far each layer has moved, and where the test photos lie for the network before and after.

    Args:
        request: {"run": id of a finished training run}.
        _folder: not needed; the file is the run's.
        monitor: told of progress, and asked between batches.

    Returns:
        {"file": path}, to be read with `tlcore.comparison.changes.load_changes`.

    Raises:
        StateError: if the run is not finished.
        MissingError: if the weights that it started from, or files of the run, are gone.
        NotFoundError: if there is no such run, or its dataset is gone.
        Stopped: if asked to.
    """
    [item] = load_compared([request["run"]])
    plan, dataset, test = plan_from_json(item.run.plan), open_dataset(item.run.plan["dataset"]), item.predictions()
    monitor.report("Rebuilding the network as it was at the start", 0, 1)
    keras.backend.clear_session()
    start = assemble(plan, len(item.classes), monitor)
    trained = load_network(item.run.folder, plan, len(item.classes))
    # A large test part is drawn from at random: it is sorted by class.
    chosen = np.sort(np.random.default_rng(0).permutation(len(test.indices))[:_PHOTOS])
    indices, card = test.indices[chosen], run_card(item.run.plan, item.classes, item.run.name)
    networks = [keras.Model(model.input, model.get_layer(plan.cut).output) for model in (start, trained)]
    parts: list[list[np.ndarray]] = [[], []]
    for begin in range(0, len(indices), _BATCH):
        squares = [see(card, dataset.image(int(index), card.input_size)) for index in indices[begin : begin + _BATCH]]
        pixels = preprocess(np.stack(squares), card.preprocessing)
        for network, features in zip(networks, parts, strict=True):
            features.append(_averaged(network.predict_on_batch(pixels)))
        monitor.report("Placing test images on the map", begin + len(squares), len(indices))
        monitor.check()
    before, after = map(np.concatenate, parts)
    arrays = {"indices": indices, "labels": test.labels[chosen], "before": before, "after": after}
    write_arrays(item.run.folder / CHANGES_FILE, layer_changes(start, trained, plan.cut) | arrays)
    return {"file": str(item.run.folder / CHANGES_FILE)}


def layer_changes(start: keras.Model, trained: keras.Model, cut: str) -> dict[str, np.ndarray]:
    """Measure how far the weights of each layer have moved.

    Args:
        start: the network before training.
        trained: the same network after it.
        cut: name of the layer whose output feeds the head.

    Returns:
        "layers", "weights" and "change" as `tlcore.comparison.changes.Changes` describes them, without the head.
    """
    rows = []
    for name in layers_up_to(cut, layer_inputs(start)):
        layer = start.get_layer(name)
        if layer.weights:
            before, after = _flat(layer), _flat(trained.get_layer(name))
            change = np.linalg.norm(after - before) / max(float(np.linalg.norm(before)), 1e-12)
            rows.append((name, len(before), change))
    names, weights, change = zip(*rows, strict=True)
    return {"layers": np.array(names), "weights": np.array(weights), "change": np.array(change)}


def _flat(layer: keras.Layer) -> np.ndarray:
    return np.concatenate([array.ravel() for array in layer.get_weights()]).astype(np.float64)


def _averaged(features: np.ndarray) -> np.ndarray:
    return features.mean(axis=(1, 2)) if features.ndim == 4 else features
