"""Keras model → LiteRT file. [TF]"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from tlcore.files import replacing
from tlcore.inference.engine import Engine
from tlcore.inference.head import Head


def convert(model: keras.Model, path: Path, samples: Callable[[], Iterator[list[np.ndarray]]] | None = None) -> None:
    """Convert a model for LiteRT, with a batch of any size.

    The weights are first frozen into constants. Without that the converter keeps them as variables, which LiteRT
    cannot fuse: measured on MobileNetV2 at 160 pixels, 41 instead of 326 photos a second.

    Args:
        model: any functional model with one input and one output.
        path: the LiteRT file to write.
        samples: makes representative inputs, each a list of one batch of one; weights and activations are then
            quantised to 8 bits, between inputs and outputs of float32. None keeps everything in float32.
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
    expected = np.asarray(features(batch, training=False))
    scale = max(float(np.abs(expected).max()), 1e-6)
    probabilities = np.asarray(model(batch, training=False)).reshape(len(batch), -1)
    of_head = head.probabilities(found)[:, -probabilities.shape[1] :]
    return max(float(np.abs(found - expected).max()) / scale, float(np.abs(of_head - probabilities).max()))
