"""FCN-8s: VGG-16 without dense layers, enlarged again in three steps with sums of finer scores. [TF]

Source: Long, Shelhamer, Darrell, "Fully Convolutional Networks for Semantic Segmentation", figure 3, and the authors'
published network definition, from which the padding of 100 and the places of the crops are taken.
"""

from __future__ import annotations

import keras
from keras import layers

VGG16 = {"block1": (2, 64), "block2": (2, 128), "block3": (3, 256), "block4": (3, 512), "block5": (3, 512)}
PADDING = 100  # so that even a tiny picture leaves something for the 7×7 convolution


def fcn8s(
    input_shape: tuple[int, int, int] = (500, 500, 3), classes: int = 21, include_top: bool = True
) -> keras.Model:
    """Build FCN-8s.

    Args:
        input_shape: (height, width, channels).
        classes: labels that a pixel can have; Pascal VOC has 20 and the background.
        include_top: False stops after the convolution that was VGG's second dense layer.

    Returns:
        The network with random weights: 134,489,759 parameters with 21 classes. The output has the size of the input.
    """
    picture = keras.Input(input_shape, name="input")
    x = layers.ZeroPadding2D(PADDING - 1, name="block1_padding")(picture)
    pooled = {}
    for block, (count, filters) in VGG16.items():
        for number in range(1, count + 1):
            x = _convolution(x, filters, 3, f"{block}_conv{number}")
        x = pooled[block] = layers.MaxPooling2D(2, padding="same", name=f"{block}_pool")(x)

    # VGG's dense layers, as convolutions: the same weights, but one answer for every place.
    x = layers.Conv2D(4096, 7, activation="relu", name="fc6")(x)
    x = layers.Dropout(0.5, name="fc6_dropout")(x)
    x = layers.Conv2D(4096, 1, activation="relu", name="fc7")(x)
    x = layers.Dropout(0.5, name="fc7_dropout")(x)

    if include_top:
        x = layers.Conv2D(classes, 1, name="score_fr")(x)
        x = _enlarge(x, classes, 4, 2, "upscore2")
        x = _add_scores(x, pooled["block4"], classes, 5, "score_pool4")
        x = _enlarge(x, classes, 4, 2, "upscore_pool4")
        x = _add_scores(x, pooled["block3"], classes, 9, "score_pool3")
        x = _enlarge(x, classes, 16, 8, "upscore8")
        x = _crop(x, input_shape[0], input_shape[1], 31, "upscore8_crop")
        x = layers.Softmax(name="predictions")(x)
    return keras.Model(picture, x, name="fcn8s")


def _convolution(x: keras.KerasTensor, filters: int, size: int, name: str) -> keras.KerasTensor:
    return layers.Conv2D(filters, size, padding="same", activation="relu", name=name)(x)


def _enlarge(x: keras.KerasTensor, classes: int, size: int, factor: int, name: str) -> keras.KerasTensor:
    """Enlarge by a learned step; it starts from random weights here, from bilinear interpolation in the paper."""
    return layers.Conv2DTranspose(classes, size, strides=factor, use_bias=False, name=name)(x)


def _add_scores(
    x: keras.KerasTensor, finer: keras.KerasTensor, classes: int, offset: int, name: str
) -> keras.KerasTensor:
    """Score an earlier, finer layer and add the part of it that lies over the coarse scores."""
    scores = layers.Conv2D(classes, 1, name=name)(finer)
    scores = _crop(scores, x.shape[1], x.shape[2], offset, f"{name}_crop")
    return layers.Add(name=f"{name}_sum")([x, scores])


def _crop(x: keras.KerasTensor, height: int, width: int, offset: int, name: str) -> keras.KerasTensor:
    below, right = x.shape[1] - offset - height, x.shape[2] - offset - width
    return layers.Cropping2D(((offset, below), (offset, right)), name=name)(x)
