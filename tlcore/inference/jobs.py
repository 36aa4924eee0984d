"""The job that prepares a network for classification: weights → LiteRT features and dense head. [TF]"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np

from tlcore.errors import InputError, MissingError
from tlcore.images.preprocess import preprocess
from tlcore.inference.engine import Engine
from tlcore.inference.networks.convert import check_difference, convert, self_test
from tlcore.inference.networks.feature_part import open_part
from tlcore.inference.networks.feature_source import FeatureSource
from tlcore.inference.networks.prepared import (
    CARD_FILE,
    FEATURES_FILE,
    HEAD_FILE,
    Card,
    card_from_json,
    imagenet_card,
    prepared_folder,
    read_card,
)
from tlcore.inference.networks.read_head import split_at_maps
from tlcore.inference.own.given import forget_given
from tlcore.inference.own.network import OwnRequest
from tlcore.inference.own.prepare import prepare_own
from tlcore.jobs import Monitor
from tlcore.storage.files import archive_problem, write_json
from tlcore.storage.folders import new_version
from tlcore.zoo import catalog
from tlcore.zoo.build import build

_STEPS = 4

logger = logging.getLogger(__name__)


def prepare(request: dict, _folder: Path, monitor: Monitor) -> dict:
    """Prepare a classifier.

    Args:
        request: {"architecture": name, "weights": "imagenet" or the path of a weights file}, or, for a network that
            was trained here, {"model": path of the Keras file, "folder": path, "card": as plain values}, or, for a
            network of the user's own, {"own": as `tlcore.inference.own.network.OwnRequest` has it}.
        _folder: not needed; the result is shared by all runs.
        monitor: told of progress, and asked between the steps.

    Returns:
        {"folder": path, "card": the card as plain values}.

    Raises:
        InputError: if the network is no classifier, the weights file does not fit, or the converted network differs
            from the original.
        MissingError: if the weights are not here and cannot be fetched.
        Stopped: if asked to.
    """

    def step(what: str, done: int) -> None:
        monitor.check()
        monitor.report(what, done, _STEPS)

    keras.backend.clear_session()
    try:
        step("Reading the weights", 0)
        kept = _kept_card(request)
        if kept and kept.feature_source:  # a head that was kept alone: what it needs is its feature part
            open_part(kept.feature_source, monitor)
            return {"folder": request["folder"], "card": kept.to_json()}
        if "own" in request:
            folder, card = prepare_own(OwnRequest(**request["own"]), prepare_model, step)
            _forget_upload(request)
            return {"folder": str(folder), "card": card.to_json()}
        model, folder, card = _read_trained(request) if "model" in request else _read_published(request, monitor)
        card = prepare_model(model, card.cut_layer, folder, card, step)
        if card.weights == "imagenet" and "model" not in request:
            _prepare_for_training(catalog.find(card.architecture), monitor)
    except InputError:
        _forget_upload(request)
        raise
    _forget_upload(request)
    return {"folder": str(folder), "card": card.to_json()}


def _kept_card(request: dict) -> Card | None:
    """The card that is in a run's folder already."""
    return read_card(Path(request["folder"])) if "folder" in request else None


def _read_trained(request: dict) -> tuple[keras.Model, Path, Card]:
    model = load_saved_network(Path(request["model"]))
    return model, Path(request["folder"]), card_from_json(request["card"])


def load_saved_network(path: Path) -> keras.Model:
    """Read the network that a training run has saved.

    Args:
        path: the Keras file.

    Returns:
        The network, not compiled.

    Raises:
        MissingError: if there is no such file, or it is not as it was written.
    """
    if not path.is_file():
        received = "no such file"
    elif problem := archive_problem(path):  # Keras reads weights in pieces, and no piece is compared with its sum
        received = f"a damaged one ({problem})"
    else:
        try:
            return keras.models.load_model(path, compile=False)
        except (OSError, ValueError, KeyError) as error:
            received = f"a damaged one ({error})"
    raise MissingError(f"the network of run {path.parent.name}", received, "Train the run again.")


def _read_published(request: dict, monitor: Monitor) -> tuple[keras.Model, Path, Card]:
    architecture = catalog.find_classifier(request["architecture"])
    weights = request.get("weights") or architecture.pretrained_weights
    folder = prepared_folder(architecture.name, weights)
    return build(architecture, weights=weights, monitor=monitor), folder, imagenet_card(architecture, weights)


def _prepare_for_training(architecture: catalog.Architecture, monitor: Monitor) -> None:
    """Make the feature part that most runs train a head on, as TensorFlow is here already: the first run need not."""
    size = catalog.training_size(architecture)
    source = FeatureSource(architecture.name, "imagenet", size, architecture.last_feature_layer)
    if source.weights_file.is_file():
        try:
            open_part(source, monitor)
        except InputError:
            logger.exception("%s could not be prepared for training", architecture.title)  # it classifies all the same


def _forget_upload(request: dict) -> None:
    """Remove a file that came through the page; the prepared network needs it no more."""
    forget_given(Path(request["own"]["file"] if "own" in request else request.get("weights", "")))


def prepare_model(
    model: keras.Model,
    cut_layer: str,
    folder: Path,
    card: Card,
    step: Callable[[str, int], None] = lambda what, done: None,
) -> Card:
    """Split a network into features for LiteRT and a dense head, test both, and keep them.

    Args:
        model: a flat functional model, a plain chain of pooling and dense layers above the cut layer.
        cut_layer: the layer whose output feeds the head; where it gives no maps, the split is made below it.
        folder: takes the files, all or nothing.
        card: what the network is; the layer of the split, the difference and the time are filled in.
        step: called with what is being done and how many of four steps are done.

    Returns:
        The card as it was kept.

    Raises:
        InputError: if the layers above are of other types, or LiteRT gives other results than Keras.
    """
    cut_layer, head = split_at_maps(model, cut_layer)
    features = keras.Model(model.input, model.get_layer(cut_layer).output)
    with new_version(folder) as temporary:
        step(f"Converting {card.title} to LiteRT", 1)
        convert(features, temporary / FEATURES_FILE)
        head.save(temporary / HEAD_FILE)
        step("Comparing LiteRT with Keras", 2)
        low, high = _pixel_range(card)
        difference = self_test(model, features, Engine(temporary / FEATURES_FILE), head, low, high)
        check_difference(difference)
        step("Saving the result", 3)
        created = datetime.now(UTC).isoformat(timespec="seconds")
        card = replace(card, cut_layer=cut_layer, difference=difference, created=created)
        write_json(temporary / CARD_FILE, card.to_json())
    return card


def _pixel_range(card: Card) -> tuple[float, float]:
    """Smallest and largest value of a preprocessed pixel."""
    extremes = np.stack([np.zeros((1, 1, 3), np.uint8), np.full((1, 1, 3), 255, np.uint8)])
    if card.channels == 1:
        extremes = extremes[..., :1]
    values = preprocess(extremes, card.preprocessing)
    return float(values.min()), float(values.max())
