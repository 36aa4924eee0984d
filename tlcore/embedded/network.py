"""[TF] The embedded backbone: a narrow residual network for small photos, as a flat functional Keras model.

Basic blocks as in He et al., "Deep Residual Learning for Image Recognition" (2015), with the average-pooling shortcut
of He et al., "Bag of Tricks for Image Classification" (2018), at widths for which float16 weights fit in 8 MB.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import layers

CLASSES = 200
PIXELS = 64
STEM = 32
WIDTHS = (64, 160, 320)
LAST_FEATURE_LAYER = "stage3_out"


def _convolution(x, filters: int, kernel: int, strides: int, name: str):
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False, name=f"{name}_conv")(x)
    return layers.BatchNormalization(name=f"{name}_bn")(x)


def _block(x, filters: int, name: str):
    shortcut = layers.AveragePooling2D(2, padding="same", name=f"{name}_shortcut_pool")(x)
    shortcut = _convolution(shortcut, filters, 1, 1, f"{name}_shortcut")
    x = layers.ReLU(name=f"{name}_1_relu")(_convolution(x, filters, 3, 2, f"{name}_1"))
    x = layers.Add(name=f"{name}_add")([shortcut, _convolution(x, filters, 3, 1, f"{name}_2")])
    return layers.ReLU(name=f"{name}_out")(x)


def build_network(
    input_shape: Sequence[int | None] = (PIXELS, PIXELS, 3),
    include_top: bool = True,
    classes: int = CLASSES,
    classifier_activation: str | None = "softmax",
    widths: Sequence[int] = WIDTHS,
    stem: int = STEM,
) -> keras.Model:
    """Build the embedded network with random weights.

    Args:
        input_shape: height, width, 3; height and width at least 32, or None. Inputs are RGB from 0 to 255: the network
            scales them itself, so its preprocessing mode is "identity".
        include_top: with average pooling and the output layer, else up to `LAST_FEATURE_LAYER`.
        classes: units of the output layer.
        classifier_activation: of the output layer; None gives logits.
        widths: filters of each stage, one block each; every stage halves height and width.
        stem: filters of the first convolution, which halves them too.

    Returns:
        A flat functional model; its last feature map is 1/16 of the input's height and width.
    """
    photo = keras.Input(tuple(input_shape), name="photo")
    x = layers.Rescaling(1 / 127.5, -1, name="scale")(photo)
    x = layers.ReLU(name="stem_relu")(_convolution(x, stem, 3, 2, "stem"))
    for stage, filters in enumerate(widths, start=1):
        x = _block(x, filters, f"stage{stage}")
    if include_top:
        x = layers.GlobalAveragePooling2D(name="pool")(x)
        x = layers.Dense(classes, activation=classifier_activation, dtype="float32", name="predictions")(x)
    return keras.Model(photo, x, name="embedded")
