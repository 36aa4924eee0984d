"""The job that prepares a network for classification: weights → LiteRT features and dense head. Imports TensorFlow."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np

from tlcore.errors import InputError, Stopped
from tlcore.files import replacing_folder, write_json
from tlcore.images.preprocess import preprocess
from tlcore.inference.convert import convert, self_test
from tlcore.inference.engine import Engine
from tlcore.inference.prepared import CARD_FILE, FEATURES_FILE, HEAD_FILE, Card, prepared_folder
from tlcore.inference.read_head import read_head
from tlcore.zoo import catalog
from tlcore.zoo.build import build

_LARGEST_DIFFERENCE = 1e-4


def prepare(request: dict, _folder: Path, emit: Callable[[dict], None], should_stop: Callable[[], bool]) -> dict:
    """Prepare a classifier with ImageNet's classes.

    Args:
        request: {"architecture": name, "weights": "imagenet" or the path of a weights file}.
        _folder: not needed; the result is shared by all runs.
        emit: takes progress reports.
        should_stop: asked between the steps.

    Returns:
        {"folder": name, "card": the card as plain values}.

    Raises:
        InputError: if the weights file does not fit, or the converted network differs from the original.
        MissingError: if the weights are not here and cannot be fetched.
        Stopped: if asked to.
    """
    architecture = catalog.find(request["architecture"])
    weights = request.get("weights", "imagenet")
    folder = prepared_folder(architecture.name, weights)
    with _download_progress(architecture, weights, emit):
        model = build(architecture, weights=weights if weights == "imagenet" else Path(weights))
    if should_stop():
        raise Stopped
    emit({"kind": "progress", "what": f"Converting {architecture.title} for LiteRT", "done": 0, "total": 2})
    features = keras.Model(model.input, model.get_layer(architecture.last_feature_layer).output)
    head = read_head(model, architecture.last_feature_layer)
    with replacing_folder(folder) as temporary:
        convert(features, temporary / FEATURES_FILE)
        emit({"kind": "progress", "what": "Comparing LiteRT with Keras", "done": 1, "total": 2})
        head.save(temporary / HEAD_FILE)
        extremes = preprocess(
            np.stack([np.zeros((1, 1, 3), np.uint8), np.full((1, 1, 3), 255, np.uint8)]), architecture.preprocessing
        )
        difference = self_test(features, Engine(temporary / FEATURES_FILE), extremes.min(), extremes.max())
        if difference > _LARGEST_DIFFERENCE:
            raise InputError(
                f"a converted network that differs by at most {_LARGEST_DIFFERENCE:g}",
                f"{difference:.2g}",
                "This network cannot be trusted in LiteRT on this machine.",
            )
        card = Card(
            architecture=architecture.name,
            weights="imagenet" if weights == "imagenet" else folder.name.rsplit("-", 1)[1],
            input_size=architecture.input_size,
            preprocessing=architecture.preprocessing,
            cut_layer=architecture.last_feature_layer,
            difference=difference,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        write_json(temporary / CARD_FILE, card.to_json())
    emit({"kind": "progress", "what": "Ready", "done": 2, "total": 2})
    return {"folder": folder.name, "card": card.to_json()}


@contextmanager
def _download_progress(
    architecture: catalog.Architecture, weights: str, emit: Callable[[dict], None]
) -> Iterator[None]:
    """Report how far Keras' download has come, by the growing size of its file."""
    path = catalog.weights_path(architecture) if weights == "imagenet" else Path(weights)
    if path.is_file():
        emit({"kind": "progress", "what": f"Reading {path.name}", "done": 0, "total": 1})
        yield
        return
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.5):
            done = path.stat().st_size if path.exists() else 0
            total = max(done, architecture.weights_bytes)
            emit(
                {"kind": "progress", "what": f"Downloading {path.name}", "done": done, "total": total, "unit": "bytes"}
            )

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
