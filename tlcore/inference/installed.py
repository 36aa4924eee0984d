"""Networks whose weights are installed, made ready on the spot: without TensorFlow, in a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tlcore.files import replacing_folder, write_json
from tlcore.inference.head import DenseLayer, Head
from tlcore.inference.lite_file import lite_file
from tlcore.inference.prepared import (
    CARD_FILE,
    FEATURES_FILE,
    HEAD_FILE,
    imagenet_card,
    is_folder_prepared,
    prepared_folder,
)
from tlcore.zoo.architecture import Architecture
from tlcore.zoo.package_weights import read_package_weights


def prepare_installed(architecture: Architecture) -> Path:
    """Prepare a network whose weights are a package, unless it is prepared already.

    Args:
        architecture: a row with package weights.

    Returns:
        Its folder, for `tlcore.inference.prepared.load_prepared`.

    Raises:
        MissingError: if the package is not installed.
        StateError: if its file is not the published one.
    """
    folder = prepared_folder(architecture.name, "package")
    if is_folder_prepared(folder):
        return folder
    weights = read_package_weights(architecture)
    output = DenseLayer(weights["predictions/kernel"], weights["predictions/bias"], "softmax")
    card = imagenet_card(architecture, "package", datetime.now(UTC).isoformat(timespec="seconds"))
    with replacing_folder(folder) as temporary:
        content = lite_file(architecture, weights, architecture.input_size, architecture.last_feature_layer)
        (temporary / FEATURES_FILE).write_bytes(content)
        Head("average", (output,)).save(temporary / HEAD_FILE)
        write_json(temporary / CARD_FILE, card.to_json())
    return folder
