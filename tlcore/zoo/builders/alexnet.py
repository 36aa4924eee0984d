"""AlexNet, the network that won ImageNet in 2012. [TF]

Source: Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", figure 2. The
local response normalization of the paper is left out: it has no weights, and later networks do as well without it.
"""

from __future__ import annotations

import keras
from keras import layers


def alexnet(
    input_shape: tuple[int, int, int] = (227, 227, 3),
    classes: int = 1000,
    include_top: bool = True,
    towers: int = 1,
) -> keras.Model:
    """Build AlexNet.

    Args:
        input_shape: (height, width, channels); at least 67×67.
        classes: output units.
        include_top: False stops after the last pooling.
        towers: 1, or 2 as in the original, which ran on two graphics cards: there the filters of the second, fourth and
            fifth convolution see only the maps on their own card.

    Returns:
        The network with random weights: 62,378,344 parameters in its original shape, 60,965,224 with two towers.
    """
    picture = keras.Input(input_shape, name="input")
    x = layers.Conv2D(96, 11, strides=4, activation="relu", name="conv1")(picture)  # 227×227 → 55×55
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)  # → 27×27: windows of 3 overlap
    x = layers.Conv2D(256, 5, padding="same", groups=towers, activation="relu", name="conv2")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool2")(x)  # → 13×13
    x = layers.Conv2D(384, 3, padding="same", activation="relu", name="conv3")(x)
    x = layers.Conv2D(384, 3, padding="same", groups=towers, activation="relu", name="conv4")(x)
    x = layers.Conv2D(256, 3, padding="same", groups=towers, activation="relu", name="conv5")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool5")(x)  # → 6×6×256
    if include_top:
        x = layers.Flatten(name="flatten")(x)
        x = layers.Dropout(0.5, name="dropout6")(x)
        x = layers.Dense(4096, activation="relu", name="fc6")(x)
        x = layers.Dropout(0.5, name="dropout7")(x)
        x = layers.Dense(4096, activation="relu", name="fc7")(x)
        x = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(picture, x, name="alexnet")
