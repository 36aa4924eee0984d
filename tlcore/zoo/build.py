"""Build an architecture as a flat Keras model, and give it weights. [TF]"""

from __future__ import annotations

import importlib
import logging
from pathlib import Path

import keras

from tlcore.download import fetch
from tlcore.errors import InputError, MissingError, StudioError
from tlcore.jobs import SILENT, Monitor
from tlcore.settings import settings
from tlcore.zoo.architecture import Architecture
from tlcore.zoo.catalog import weights_path
from tlcore.zoo.compat import downloads_through, reset_layer_names
from tlcore.zoo.weights.package import read_package_weights
from tlcore.zoo.weights.user_file import check_weights_file

log = logging.getLogger(__name__)


def build(
    architecture: Architecture,
    *,
    input_size: int | None = None,
    include_top: bool = True,
    weights: str | Path | None = None,
    classes: int | None = None,
    channels: int | None = None,
    monitor: Monitor = SILENT,
) -> keras.Model:
    """Build an architecture.

    Args:
        architecture: a row of the catalog.
        input_size: side of the square input in pixels; None for the original's.
        include_top: with the classifier or without.
        weights: None for random ones; "imagenet" for the published ones, which are downloaded if they are not on
            this machine; "package" for those that are installed with the requirements; or the path of a weights file,
            which is checked before it is loaded.
        classes: output units; None for the original's.
        channels: of the input, 1 or 3; None for the original's.
        monitor: told of the progress of a download, and asked meanwhile.

    Returns:
        A functional model with the layer names that Keras documents.

    Raises:
        InputError: if the input is too small, or the weights do not fit.
        MissingError: if the published weights are not here and cannot be fetched.
        Stopped: if asked to while they are downloaded.
    """
    shape = _input_shape(architecture, input_size, channels)
    if classes is not None and classes < 1:
        raise InputError("at least 1 class", str(classes), "Give the number of classes.")
    # Keras numbers unnamed layers across all models of a process; from zero the names are those it documents.
    reset_layer_names()
    try:
        model = _constructor(architecture)(
            input_shape=shape,
            include_top=include_top,
            classes=classes or architecture.classes,
            **architecture.options,
        )
    except ValueError as problem:
        raise InputError(
            f"an input that {architecture.title} can take",
            f"{shape[0]} x {shape[1]} pixels",
            f"Choose another input size. Keras says: {problem}",
        ) from problem
    if weights is None:
        return model
    if weights == "package":
        _check_classes(architecture, include_top, classes)
        arrays = read_package_weights(architecture)
        for variable in model.weights:
            variable.assign(arrays[variable.path])
        return model
    if weights == "imagenet":
        _check_classes(architecture, include_top, classes)
        weights = weights_path(architecture, include_top, shape[0])
        if not weights.is_file():
            _download(architecture, include_top, shape, weights, monitor)
    weights = Path(weights)
    check_weights_file(weights, model)
    model.load_weights(weights)
    return model


def _constructor(architecture: Architecture):
    module, name = architecture.constructor.split(":")
    return getattr(importlib.import_module(module), name)


def _input_shape(architecture: Architecture, input_size: int | None, channels: int | None) -> tuple[int, int, int]:
    size = input_size or architecture.input_size
    if size < architecture.minimum_size:
        raise InputError(
            f"an input of at least {architecture.minimum_size} x {architecture.minimum_size} pixels "
            f"for {architecture.title}",
            f"{size} x {size}",
            "Every halving leaves fewer pixels; below that size nothing would be left for the last layers.",
        )
    return (size, size, channels or architecture.input_shape[2])


def _check_classes(architecture: Architecture, include_top: bool, classes: int | None) -> None:
    if include_top and classes not in (None, architecture.classes):
        raise InputError(
            f"{architecture.classes:,} classes with the ImageNet classifier",
            f"{classes:,}",
            "Build it without its top and put a head of your own on it.",
        )


def _download(
    architecture: Architecture, include_top: bool, shape: tuple[int, int, int], path: Path, monitor: Monitor
) -> None:
    """Fetch the file that Keras wants when it builds its own model with "imagenet".

    Keras' own download cannot be stopped, begins anew after every interruption, and leaves half a file under the final
    name when its process is killed. Here Keras only says what to fetch: file name, address and digest.
    """

    def get_file(fname: str, origin: str, cache_subdir: str = "models", file_hash: str | None = None) -> str:
        return str(fetch(origin, settings().keras_home / cache_subdir / fname, file_hash, monitor))

    if settings().offline:
        raise MissingError(
            f"the weights file {path.name} in {path.parent}",
            "none, and downloads are switched off (TLCORE_OFFLINE)",
            "Copy the file there, or allow downloads.",
        )
    log.info("downloading %s", path.name)
    try:
        with downloads_through(get_file):
            _constructor(architecture)(
                input_shape=shape if not include_top or architecture.weights_sizes else None,
                include_top=include_top,
                **{**architecture.options, "weights": "imagenet"},
            )
    except StudioError:
        raise  # whoever fetches for Keras has said it all
    except Exception as problem:  # Keras raises a bare Exception when a download fails
        raise MissingError(
            f"the weights file {path.name} in {path.parent}",
            f"no file, and the download failed ({problem})",
            "Connect this machine to the internet, or copy the file there.",
        ) from problem
