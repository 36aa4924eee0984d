"""U-Net: shrink to see what is there, grow to say where. [TF]

Source: Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", figure 1.
"""

from __future__ import annotations

import keras
from keras import layers

from tlcore.errors import InputError

LEVELS = 4
SHRINKAGE = 4  # pixels that two unpadded 3×3 convolutions take off a side


def _two_convolutions(x: keras.KerasTensor, filters: int, name: str) -> keras.KerasTensor:
    x = layers.Conv2D(filters, 3, activation="relu", name=f"{name}_conv1")(x)
    return layers.Conv2D(filters, 3, activation="relu", name=f"{name}_conv2")(x)


def _check(size: int) -> None:
    """Every level must halve an even number of pixels, or the two sides of the U would not line up."""
    side = size
    for level in range(1, LEVELS + 1):
        side -= SHRINKAGE
        if side <= 0 or side % 2:
            raise InputError(
                "an input side that can be halved four times (188, 204, … 556, 572, 588, …)",
                f"{size}, which leaves {side} pixels before halving number {level}",
                "Choose one of those sizes: 572 plus or minus a multiple of 16, from 188 on.",
            )
        side //= 2


def unet(input_shape: tuple[int, int, int] = (572, 572, 1), classes: int = 2, include_top: bool = True) -> keras.Model:
    """Build U-Net.

    Args:
        input_shape: (height, width, channels); sides 188, 204, … 572, …
        classes: labels that a pixel can have.
        include_top: False leaves out the last 1×1 convolution, which turns 64 channels into labels.

    Returns:
        The network with random weights: 31,030,658 parameters in its original shape. Its output is smaller than its
        input, 388×388 for 572×572: each unpadded convolution loses a pixel on every edge.

    Raises:
        InputError: if the side cannot be halved at every level.
    """
    for side in input_shape[:2]:
        _check(side)
    x = picture = keras.Input(input_shape, name="input")

    kept = []  # the maps of the left side, to be laid beside those of the right
    for level in range(1, LEVELS + 1):
        x = _two_convolutions(x, 32 * 2**level, f"down{level}")
        if level == LEVELS:
            x = layers.Dropout(0.5, name=f"down{level}_dropout")(x)
        kept.append(x)
        x = layers.MaxPooling2D(2, name=f"down{level}_pool")(x)

    x = _two_convolutions(x, 1024, "bottom")
    x = layers.Dropout(0.5, name="bottom_dropout")(x)

    for level in range(LEVELS, 0, -1):
        filters = 32 * 2**level
        x = layers.Conv2DTranspose(filters, 2, strides=2, activation="relu", name=f"up{level}_grow")(x)
        left = kept.pop()
        edge = ((left.shape[1] - x.shape[1]) // 2, (left.shape[2] - x.shape[2]) // 2)
        left = layers.Cropping2D(edge, name=f"up{level}_crop")(left)
        x = layers.Concatenate(name=f"up{level}_concat")([left, x])
        x = _two_convolutions(x, filters, f"up{level}")

    if include_top:
        x = layers.Conv2D(classes, 1, activation="softmax", name="predictions")(x)
    return keras.Model(picture, x, name="unet")
