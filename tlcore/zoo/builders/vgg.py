"""VGG in any depth: five blocks of 3×3 convolutions, each ending in a pooling, then three dense layers. [TF]

Source: Simonyan, Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", table 1. Layers bear
the names that Keras gives those of VGG-16 and VGG-19.
"""

from __future__ import annotations

import keras
from keras import layers

FILTERS = (64, 128, 256, 512, 512)  # twice as many after each halving of the maps, up to 512


def vgg(
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int = 1000,
    include_top: bool = True,
    convolutions: tuple[int, ...] = (1, 1, 2, 2, 2),
) -> keras.Model:
    """Build a VGG network.

    Args:
        input_shape: (height, width, channels); at least 32×32.
        classes: output units.
        include_top: False stops after the last pooling.
        convolutions: how many in each block: (1, 1, 2, 2, 2) is VGG-11, two in each VGG-13.

    Returns:
        The network with random weights: 132,863,336 parameters as VGG-11 and 133,047,848 as VGG-13.
    """
    x = picture = keras.Input(input_shape, name="input")
    for block, (count, filters) in enumerate(zip(convolutions, FILTERS, strict=True), start=1):
        for number in range(1, count + 1):
            name = f"block{block}_conv{number}"
            x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=name)(x)
        x = layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
    if include_top:
        x = layers.Flatten(name="flatten")(x)
        x = layers.Dense(4096, activation="relu", name="fc1")(x)  # 7×7×512×4,096: most of all weights are here
        x = layers.Dropout(0.5, name="dropout1")(x)
        x = layers.Dense(4096, activation="relu", name="fc2")(x)
        x = layers.Dropout(0.5, name="dropout2")(x)
        x = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(picture, x, name=f"vgg{sum(convolutions) + 3}")
