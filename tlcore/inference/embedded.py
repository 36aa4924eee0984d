"""The embedded network, made ready to classify on the spot: it needs no TensorFlow and takes a fraction of a second."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tlcore.embedded.litert import features_file
from tlcore.embedded.weights import read_card, read_weights
from tlcore.files import replacing_folder, write_json
from tlcore.inference.head import DenseLayer, Head
from tlcore.inference.prepared import (
    CARD_FILE,
    FEATURES_FILE,
    HEAD_FILE,
    Card,
    is_folder_prepared,
    prepared_folder,
)
from tlcore.zoo.catalog import EMBEDDED


def prepare_embedded() -> Path:
    """Prepare the network that comes with this project, unless it is prepared already.

    Returns:
        Its folder, for `tlcore.inference.prepared.load_prepared`; its name follows the weights, so that new ones are
        prepared anew.

    Raises:
        MissingError, StateError: if the shipped weights are absent or are not what their card says.
    """
    folder = prepared_folder(EMBEDDED, "embedded")
    if is_folder_prepared(folder):
        return folder
    shipped, weights = read_card(), read_weights()
    output = DenseLayer(weights["predictions/kernel"], weights["predictions/bias"], "softmax")
    card = Card(
        architecture=EMBEDDED,
        weights="embedded",
        input_size=shipped.pixels,
        preprocessing=shipped.preprocessing,
        cut_layer=shipped.last_feature_layer,
        title=shipped.name,
        classes=shipped.names,
        wordnet_ids=shipped.wnids,
        ratio=1.0,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    with replacing_folder(folder) as temporary:
        (temporary / FEATURES_FILE).write_bytes(features_file(weights, shipped.pixels))
        Head("average", (output,)).save(temporary / HEAD_FILE)
        write_json(temporary / CARD_FILE, card.to_json())
    return folder
