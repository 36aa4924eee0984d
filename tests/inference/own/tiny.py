"""Tiny networks with random weights, saved as users save theirs."""

import json
from pathlib import Path

import h5py
import keras
import numpy as np

from tlcore.inference.networks.prepared import load_prepared
from tlcore.inference.own.given import gather
from tlcore.inference.own.network import look, own_request

SIDE = 16


def randomized(model: keras.Model, seed: int = 0) -> keras.Model:
    """The same network; no two of its arrays are alike, and variances are positive."""
    random = np.random.default_rng(seed)
    model.set_weights([random.uniform(0.1, 0.9, row.shape) - 0.4 * (row.ndim > 1) for row in model.get_weights()])
    return model


def block(name: str) -> keras.Model:
    """Maps of 3 channels → maps of 3 channels, with a normalization."""
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 3)),
            keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False),
            keras.layers.BatchNormalization(),
            keras.layers.ReLU(6.0),
            keras.layers.Conv2D(3, 1),
        ],
        name=name,
    )


def classifier(*layers: keras.Layer, classes: int = 3, activation: str = "softmax") -> keras.Model:
    """Layers, pooling and an output, one after another."""
    output = keras.layers.Dense(classes, activation=activation)
    chain = [keras.Input((SIDE, SIDE, 3)), *layers, keras.layers.GlobalAveragePooling2D(), output]
    return randomized(keras.Sequential(chain))


def batch(seed: int = 0) -> np.ndarray:
    """Two pictures, uint8 (2, SIDE, SIDE, 3)."""
    return np.random.default_rng(seed).integers(0, 256, (2, SIDE, SIDE, 3)).astype(np.uint8)


def prepared_from(*paths: Path, **answers):
    """The network of a file, prepared as the worker does it, and loaded."""
    from tlcore.inference.jobs import prepare
    from tlcore.jobs import SILENT

    given = gather(list(paths))
    request = own_request(given, look(given), **answers)
    return load_prepared(Path(prepare(request.to_json(), paths[0].parent, SILENT)["folder"]))


def probabilities(prepared, pictures: np.ndarray) -> np.ndarray:
    """What a prepared network says of pictures of its own size."""
    from tlcore.inference.classifier import features_of

    return prepared.head.probabilities(features_of(prepared, pictures))


def change_description(path: Path, change) -> None:
    """Rewrite the JSON description in an HDF5 file."""
    with h5py.File(path, "r+") as file:
        described = json.loads(file.attrs["model_config"])
        file.attrs["model_config"] = json.dumps(change(described))
