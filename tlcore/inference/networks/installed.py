"""Networks whose weights are installed, made ready on the spot: without TensorFlow, in a moment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tlcore.inference.networks.feature_source import FeatureSource
from tlcore.inference.networks.head import DenseLayer, Head
from tlcore.inference.networks.prepared import imagenet_card, is_folder_prepared, prepared_folder, save_head
from tlcore.zoo.architecture import Architecture
from tlcore.zoo.weights.package import read_package_weights


def prepare_installed(architecture: Architecture) -> Path:
    """Prepare a network whose weights are a package, unless it is prepared already.

    Args:
        architecture: a row with package weights.

    Returns:
        Its folder, for `tlcore.inference.networks.prepared.load_prepared`.

    Raises:
        MissingError: if the package is not installed.
        StateError: if its file is not the published one.
    """
    folder = prepared_folder(architecture.name, "package")
    if is_folder_prepared(folder):
        return folder
    weights = read_package_weights(architecture)
    output = DenseLayer(weights["predictions/kernel"], weights["predictions/bias"], "softmax")
    source = FeatureSource(architecture.name, "package", architecture.input_size, architecture.last_feature_layer)
    card = replace(imagenet_card(architecture, "package"), source=source.to_json())
    save_head(folder, card, Head("average", (output,)))
    return folder
