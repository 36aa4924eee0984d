"""A feature part on a device of TensorFlow, such as a GPU: the backbone's layers as one function. [TF]"""

from __future__ import annotations

import logging
from dataclasses import replace

import keras
import numpy as np
import tensorflow as tf

from tlcore.inference.networks.convert import noise, relative_difference
from tlcore.inference.networks.feature_part import FeaturePart
from tlcore.inference.networks.feature_source import FeatureSource
from tlcore.zoo.build import build

logger = logging.getLogger(__name__)

_LARGEST_DIFFERENCE = 1e-3


def on_device(part: FeaturePart, source: FeatureSource, device: str) -> FeaturePart:
    """Compute the features of a part on a device, in float32.

    They are compared once with what LiteRT gives, so that both may be kept in one place.

    Args:
        part: as LiteRT runs it.
        source: what it is made of.
        device: TensorFlow's name of it.

    Returns:
        The part on the device; the one that was given, where the device gives other numbers.
    """
    # Products of GPUs are rounded to 10 bits otherwise.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    with tf.device(device):
        network = build(
            source.architecture,
            input_size=source.input_size,
            include_top=source.include_top,
            weights=source.weights,
        )
    model = keras.Model(network.input, network.get_layer(source.layer).output)
    signature = [tf.TensorSpec((None, *model.inputs[0].shape[1:]), tf.float32)]
    function = tf.function(lambda batch: model(batch, training=False), input_signature=signature)

    def run(batch: np.ndarray) -> np.ndarray:
        with tf.device(device):
            return function(tf.constant(batch)).numpy()

    batch = noise(model)
    difference = relative_difference(run(batch), part.run(batch))
    if difference <= _LARGEST_DIFFERENCE:
        return replace(part, function=run)
    logger.warning("%s gives features that differ by %.2g from LiteRT's, and is not used", device, difference)
    return part
