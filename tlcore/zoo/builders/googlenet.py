"""GoogLeNet, the first Inception network: parallel branches joined side by side. [TF]

Source: Szegedy and others, "Going Deeper with Convolutions", table 1 and figure 3. The local response normalization of
the paper is left out: it has no weights, and later networks showed that it does not help.
"""

from __future__ import annotations

import keras
from keras import layers

# For each block: 1×1 | 1×1 before 3×3, 3×3 | 1×1 before 5×5, 5×5 | 1×1 after pooling (table 1).
BLOCKS = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
LAST_BEFORE_POOLING = ("3b", "4e")
WITH_AUXILIARY_HEAD = ("4a", "4d")


def googlenet(
    input_shape: tuple[int, int, int] = (224, 224, 3),
    classes: int = 1000,
    include_top: bool = True,
    auxiliary_heads: bool = False,
) -> keras.Model:
    """Build GoogLeNet.

    Args:
        input_shape: (height, width, channels); at least 32×32, with auxiliary heads 224×224.
        classes: output units.
        include_top: False stops after the last Inception block.
        auxiliary_heads: with the two further classifiers that helped the original train.

    Returns:
        The network with random weights: 6,998,552 parameters in its original shape, 13,378,280 with auxiliary heads.
    """
    picture = keras.Input(input_shape, name="input")
    x = _convolution(picture, 64, 7, "conv1", strides=2)
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="pool1")(x)
    x = _convolution(x, 64, 1, "conv2_reduce")
    x = _convolution(x, 192, 3, "conv2")
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="pool2")(x)
    further_outputs = []
    for block, filters in BLOCKS.items():
        x = _inception(x, filters, f"inception_{block}")
        if auxiliary_heads and block in WITH_AUXILIARY_HEAD:
            further_outputs.append(_auxiliary_head(x, classes, f"auxiliary_{block}"))
        if block in LAST_BEFORE_POOLING:
            x = layers.MaxPooling2D(3, strides=2, padding="same", name=f"pool{block[0]}")(x)
    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)  # instead of huge dense layers
        x = layers.Dropout(0.4, name="dropout")(x)
        x = layers.Dense(classes, activation="softmax", name="predictions")(x)
    return keras.Model(picture, [x, *further_outputs] if further_outputs else x, name="googlenet")


def _inception(x: keras.KerasTensor, filters: tuple[int, ...], name: str) -> keras.KerasTensor:
    """Four branches over the same maps; the 1×1 bottlenecks keep the larger filters cheap."""
    direct, reduce3, filters3, reduce5, filters5, pooled = filters
    branches = [
        _convolution(x, direct, 1, f"{name}_1x1"),
        _convolution(_convolution(x, reduce3, 1, f"{name}_3x3_reduce"), filters3, 3, f"{name}_3x3"),
        _convolution(_convolution(x, reduce5, 1, f"{name}_5x5_reduce"), filters5, 5, f"{name}_5x5"),
        _convolution(
            layers.MaxPooling2D(3, strides=1, padding="same", name=f"{name}_pool")(x),
            pooled, 1, f"{name}_pool_project",
        ),
    ]  # fmt: skip
    return layers.Concatenate(name=name)(branches)


def _auxiliary_head(x: keras.KerasTensor, classes: int, name: str) -> keras.KerasTensor:
    x = layers.AveragePooling2D(5, strides=3, name=f"{name}_pool")(x)
    x = _convolution(x, 128, 1, f"{name}_conv")
    x = layers.Flatten(name=f"{name}_flatten")(x)
    x = layers.Dense(1024, activation="relu", name=f"{name}_fc")(x)
    x = layers.Dropout(0.7, name=f"{name}_dropout")(x)
    return layers.Dense(classes, activation="softmax", name=f"{name}_predictions")(x)


def _convolution(x: keras.KerasTensor, filters: int, size: int, name: str, strides: int = 1) -> keras.KerasTensor:
    return layers.Conv2D(filters, size, strides, padding="same", activation="relu", name=name)(x)
