"""LeNet-5, the digit reader of 1998. [TF]

Source: LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document Recognition", figure 2. As in
most modern versions C3 sees all six maps of S2, and the pooling layers have no weights.
"""

from __future__ import annotations

import keras
from keras import layers


def lenet5(input_shape: tuple[int, int, int] = (32, 32, 1), classes: int = 10, include_top: bool = True) -> keras.Model:
    """Build LeNet-5.

    Args:
        input_shape: (height, width, channels); at least 32×32.
        classes: output units.
        include_top: False stops after S4.

    Returns:
        The network with random weights: 61,706 parameters in its original shape.
    """
    picture = keras.Input(input_shape, name="input")
    x = layers.Conv2D(6, 5, activation="tanh", name="C1")(picture)  # 32×32 → 28×28×6
    x = layers.AveragePooling2D(2, name="S2")(x)  # → 14×14×6
    x = layers.Conv2D(16, 5, activation="tanh", name="C3")(x)  # → 10×10×16
    x = layers.AveragePooling2D(2, name="S4")(x)  # → 5×5×16
    if include_top:
        x = layers.Conv2D(120, 5, activation="tanh", name="C5")(x)  # → 1×1×120: dense in all but name
        x = layers.Flatten(name="flatten")(x)
        x = layers.Dense(84, activation="tanh", name="F6")(x)
        x = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(picture, x, name="lenet5")
