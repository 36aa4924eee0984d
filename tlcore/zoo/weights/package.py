"""Pretrained weights that come as Python packages, with the requirements. Knows no TensorFlow."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tlcore.errors import InputError, MissingError, StateError
from tlcore.storage.files import file_digest
from tlcore.zoo.architecture import Architecture, PackageWeights
from tlcore.zoo.lite_design import steps
from tlcore.zoo.weights.torch_file import read_torch_file

_NORMALIZATION = {"gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}
_CLASSIFIER, _PUBLISHED_CLASSIFIER = "predictions", "_fc"
_COUNTER = "num_batches_tracked"  # only PyTorch's training reads it


def package_path(architecture: Architecture) -> Path:
    """Say where the installed file of weights is.

    Args:
        architecture: a row with package weights.

    Returns:
        The path; whether it is there is not checked.

    Raises:
        InputError: if its weights do not come as a package.
        MissingError: if the package is not installed.
    """
    weights = _package_weights(architecture)
    folder = _module_folder(weights.module)
    if folder is None:
        raise MissingError(
            f"the package {weights.module.replace('_', '-')} with the weights of {architecture.title}",
            "none installed",
            "Install the requirements again: pip install -r requirements.txt",
        )
    return folder / weights.file


def _package_weights(architecture: Architecture) -> PackageWeights:
    if architecture.package_weights is None:
        raise InputError(
            "an architecture whose weights are installed with the requirements",
            architecture.title,
            "Choose its published weights, or give a weights file of your own.",
        )
    return architecture.package_weights


@functools.cache
def _module_folder(name: str) -> Path | None:
    found = importlib.util.find_spec(name)
    return Path(found.submodule_search_locations[0]) if found and found.submodule_search_locations else None


def has_package(architecture: Architecture) -> bool:
    """Tell whether the package with an architecture's weights is installed.

    Args:
        architecture: a row of the catalog.
    """
    try:
        return architecture.package_weights is not None and package_path(architecture).is_file()
    except MissingError:
        return False


def read_package_weights(architecture: Architecture) -> dict[str, np.ndarray]:
    """Read and check the weights that come with an architecture's package.

    Args:
        architecture: a row with package weights.

    Returns:
        float32 arrays by "layer/variable", as Keras names and shapes them.

    Raises:
        MissingError: if the package is not installed.
        StateError: if the file is not the published one.
        InputError: if it cannot be read, or there is none for this architecture.
    """
    path, digest = package_path(architecture), _package_weights(architecture).digest
    if not path.is_file() or (found := file_digest(path)) != digest:
        received = f"digest {found[:12]}…" if path.is_file() else "no such file"
        expected = f"{path.name} with the digest {digest[:12]}…"
        raise StateError(expected, received, "Install the package again: pip install --force-reinstall")
    published = read_torch_file(path)
    names = dict(_names(architecture))
    unknown = {name for name in published if not name.endswith(_COUNTER)} ^ set(names.values())
    if unknown:
        raise InputError(
            f"the weights of {architecture.title}", f"different ones: {sorted(unknown)[:3]}", "Update the package."
        )
    return {name: _in_keras_order(name, published[source]) for name, source in names.items()}


def _names(architecture: Architecture) -> Iterator[tuple[str, str]]:
    """Each variable's name in Keras and in the published file."""
    for step in steps(**architecture.options):
        convolution, normalization = step.published
        yield f"{step.convolution}/kernel", f"{convolution}.weight"
        for name, published in _NORMALIZATION.items():
            yield f"{step.name}_bn/{name}", f"{normalization}.{published}"
    yield f"{_CLASSIFIER}/kernel", f"{_PUBLISHED_CLASSIFIER}.weight"
    yield f"{_CLASSIFIER}/bias", f"{_PUBLISHED_CLASSIFIER}.bias"


def _in_keras_order(name: str, array: np.ndarray) -> np.ndarray:
    if array.ndim == 4:
        # (outputs, inputs, height, width) → (height, width, inputs, outputs); depthwise kernels have one input each.
        return np.ascontiguousarray(array.transpose((2, 3, 0, 1) if "_dwconv/" in name else (2, 3, 1, 0)))
    return np.ascontiguousarray(array.T)
