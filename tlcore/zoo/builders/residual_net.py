"""The smallest network with a shortcut. [TF]

Source of the idea: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", figure 2.
"""

from __future__ import annotations

import keras
from keras import layers

from tlcore.errors import InputError

FILTERS = 32


def residual_net(
    input_shape: tuple[int, int, int] = (28, 28, 1),
    classes: int = 10,
    include_top: bool = True,
    projection: bool = False,
) -> keras.Model:
    """Build two convolutions with a shortcut around them, pooling, and two dense layers.

    Args:
        input_shape: (height, width, channels).
        classes: output units.
        include_top: False stops after the pooling.
        projection: with a 1×1 convolution in the shortcut, so that any number of channels fits.

    Returns:
        The network with random weights.

    Raises:
        InputError: if the input cannot be added to 32 maps and there is no projection.
    """
    channels = input_shape[-1]
    if not projection and channels not in (1, FILTERS):
        raise InputError(
            f"an input with {FILTERS} channels, or 1, which is added to each of them",
            f"{channels} channels",
            "Use the version with a 1×1 projection in the shortcut.",
        )
    picture = keras.Input(input_shape, name="input")
    x = layers.Conv2D(FILTERS, 3, padding="same", activation="relu", name="conv1")(picture)
    x = layers.Conv2D(FILTERS, 3, padding="same", activation="relu", name="conv2")(x)
    short_cut = layers.Conv2D(FILTERS, 1, name="projection")(picture) if projection else picture
    x = layers.Add(name="add")([x, short_cut])  # the convolutions learn only what to add to the picture
    x = layers.MaxPooling2D(2, name="pool")(x)
    if include_top:
        x = layers.Flatten(name="flatten")(x)
        x = layers.Dense(64, activation="relu", name="hidden")(x)
        x = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(picture, x, name="residual_net_projection" if projection else "residual_net")
