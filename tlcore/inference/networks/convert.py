"""Keras model → LiteRT file. [TF]"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from tlcore.errors import InputError
from tlcore.inference.engine import Engine
from tlcore.inference.networks.feature_source import DENSE_FILE, MAPS_FILE, FeatureSource
from tlcore.inference.networks.head import DenseLayer, Head, load_head
from tlcore.inference.networks.read_head import last_maps, read_head
from tlcore.storage.files import replacing
from tlcore.zoo.build import build

_LARGEST_DIFFERENCE = 1e-4


def convert(model: keras.Model, path: Path, samples: Callable[[], Iterator[list[np.ndarray]]] | None = None) -> None:
    """Convert a model for LiteRT, with a batch of any size.

    The weights are first frozen into constants. Without that the converter keeps them as variables, which LiteRT
    cannot fuse: measured on MobileNetV2 at 160 pixels, 41 instead of 326 photos a second.

    Args:
        model: any functional model with one input and one output.
        path: the LiteRT file to write.
        samples: makes representative inputs, each a list of one batch of one; weights and activations are then
            quantized to 8 bits, between inputs and outputs of float32. None keeps everything in float32.
    """
    signature = tf.TensorSpec((None, *model.inputs[0].shape[1:]), tf.float32)
    function = tf.function(lambda batch: model(batch, training=False), input_signature=[signature])
    frozen = convert_variables_to_constants_v2(function.get_concrete_function())
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    if samples is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = samples
    content = converter.convert()
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def self_test(model: keras.Model, features: keras.Model, engine: Engine, head: Head, low: float, high: float) -> float:
    """Compare a converted network with its original on fixed inputs.

    Args:
        model: the whole original.
        features: its part that was converted.
        engine: the converted part.
        head: what follows it.
        low: smallest value of a preprocessed pixel.
        high: largest value of a preprocessed pixel.

    Returns:
        The largest difference: of any feature, relative to the largest one, or of any probability.
    """
    random = np.random.default_rng(0)
    batch = random.uniform(low, high, (2, *model.inputs[0].shape[1:])).astype(np.float32)
    found = engine.run(batch)
    of_features = relative_difference(found, np.asarray(features(batch, training=False)))
    probabilities = np.asarray(model(batch, training=False)).reshape(len(batch), -1)
    of_head = head.probabilities(found)[:, -probabilities.shape[1] :]
    return max(of_features, float(np.abs(of_head - probabilities).max()))


def check_difference(difference: float) -> None:
    """Refuse a converted network that is not its original.

    Args:
        difference: the largest one that was found.

    Raises:
        InputError: if it is too large, or no number.
    """
    if not difference <= _LARGEST_DIFFERENCE:
        raise InputError(
            f"a converted network that differs by at most {_LARGEST_DIFFERENCE:g}",
            f"{difference:.2g}",
            "This network cannot be trusted in LiteRT on this machine.",
        )


def relative_difference(found: np.ndarray, expected: np.ndarray) -> float:
    """The largest difference of any value, relative to the largest value expected."""
    return float(np.abs(found - expected).max()) / max(float(np.abs(expected).max()), 1e-6)


def convert_source(source: FeatureSource, folder: Path) -> None:
    """Write the files of a feature part, and compare them with the original.

    Dense layers below the wanted one are kept as arrays: as constants of a graph, VGG's would be copied several times.

    Args:
        source: what the part is made of; its weights are here.
        folder: takes the files.

    Raises:
        InputError: if LiteRT gives other features than Keras, or the weights do not fit.
    """
    row = source.architecture
    network = build(row, input_size=source.input_size, include_top=source.include_top, weights=source.weights)
    features = keras.Model(network.input, network.get_layer(source.layer).output)
    layer, dense = _split_at_dense(features, source.layer)
    if dense:
        dense.save(folder / DENSE_FILE)
        dense = None  # of VGG half a gigabyte, which converting needs itself
    convert(keras.Model(features.input, features.get_layer(layer).output), folder / MAPS_FILE)
    dense = load_head(folder / DENSE_FILE) if (folder / DENSE_FILE).is_file() else None
    found = Engine(folder / MAPS_FILE).run(batch := noise(features))
    found = dense.outputs(found) if dense else found
    check_difference(relative_difference(found, np.asarray(features(batch, training=False))))


def _split_at_dense(features: keras.Model, layer: str) -> tuple[str, Head | None]:
    """Where the maps end below dense layers, and those layers; the layer itself and None where there are none."""
    below = last_maps(features, layer)
    if len(features.output.shape) != 2 or below == layer:
        return layer, None
    try:
        head = read_head(features, below)
    except InputError:
        return layer, None  # no plain chain: converted as a whole
    return (below, head) if any(isinstance(part, DenseLayer) for part in head.layers) else (layer, None)


def noise(model: keras.Model) -> np.ndarray:
    """float32 (2, size, size, channels): two inputs of noise, of about the size that preprocessed pixels have."""
    return np.random.default_rng(0).uniform(-1, 1, (2, *model.inputs[0].shape[1:])).astype(np.float32)
