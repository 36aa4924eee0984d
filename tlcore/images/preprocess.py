"""What each family of pretrained networks expects its pixels to look like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tlcore.catalog import Catalog

Colors = tuple[float, float, float]


@dataclass(frozen=True)
class Preprocessing:
    """One convention: (pixel - subtract) / divide, channel by channel.

    Args:
        name: as the zoo's catalog writes it.
        title: what it is called where a person chooses.
        help: what it does, without a full stop.
        keras: the Keras function that it equals.
        reverse: the network wants blue, green, red.
        subtract: for each channel, in the order the network wants, in units of 0 to 255.
        divide: for each channel, likewise.
    """

    name: str
    title: str
    help: str
    keras: str
    reverse: bool = False
    subtract: Colors = (0.0, 0.0, 0.0)
    divide: Colors = (1.0, 1.0, 1.0)


LUMINANCE = (0.299, 0.587, 0.114)  # of red, green and blue: ITU-R BT.601, as Pillow's mode "L"

PREPROCESSING = Catalog(
    "preprocessing mode",
    (
        Preprocessing(
            "caffe",
            "Mean color subtracted, blue first (caffe)",
            "Channels in blue, green, red order, minus their ImageNet means",
            "keras.applications.vgg16.preprocess_input",
            reverse=True,
            subtract=(103.939, 116.779, 123.68),
        ),
        Preprocessing(
            "tf",
            "From -1 to 1 (tf)",
            "Pixels scaled to between -1 and 1",
            "keras.applications.mobilenet_v2.preprocess_input",
            subtract=(127.5, 127.5, 127.5),
            divide=(127.5, 127.5, 127.5),
        ),
        Preprocessing(
            "torch",
            "By ImageNet mean and deviation (torch)",
            "Pixels scaled to between 0 and 1, then normalized with ImageNet's mean and standard deviation",
            "keras.applications.densenet.preprocess_input",
            subtract=(0.485 * 255, 0.456 * 255, 0.406 * 255),
            divide=(0.229 * 255, 0.224 * 255, 0.225 * 255),
        ),
        Preprocessing(
            "identity",
            "Unchanged, from 0 to 255 (identity)",
            "Pixels left as they are, from 0 to 255; the network scales them itself",
            "keras.applications.efficientnet.preprocess_input",
        ),
        Preprocessing(
            "lite",
            "From nearly -1 to 1 (lite)",
            "Pixels minus 127, divided by 128: about -1 to 1",
            "keras.layers.Rescaling(1 / 128, -127 / 128)",
            subtract=(127.0, 127.0, 127.0),
            divide=(128.0, 128.0, 128.0),
        ),
        Preprocessing(
            "unit",
            "From 0 to 1 (unit)",
            "Pixels scaled to between 0 and 1, as is usual for networks trained from scratch",
            "keras.layers.Rescaling(1 / 255)",
            divide=(255.0, 255.0, 255.0),
        ),
    ),
)


def _operand(values: Colors, channels: int) -> np.ndarray:
    """One number where all channels share it: NumPy is several times faster with it than with a row of three."""
    return np.array(values[0] if len(set(values)) == 1 else values[:channels], np.float32)


def to_gray(pixels: np.ndarray) -> np.ndarray:
    """Turn colors into gray, for networks with one channel.

    Args:
        pixels: uint8 (…, 3), RGB.

    Returns:
        uint8 (…, 1).
    """
    return np.rint(pixels @ np.array(LUMINANCE, np.float32)).astype(np.uint8)[..., None]


def preprocess(batch: np.ndarray, mode: str) -> np.ndarray:
    """Turn pixels into what a network expects.

    Args:
        batch: array (n, height, width, channels), 0 to 255, uint8 or floating point; it is left as it is. RGB, or one
            channel of gray, which takes the mode's first channel.
        mode: name of a preprocessing mode.

    Returns:
        New float32 array of the same shape.

    Raises:
        NotFoundError: if there is no such mode.

    Example:
        >>> preprocess(np.full((1, 1, 1, 3), 255, np.uint8), "tf").tolist()
        [[[[1.0, 1.0, 1.0]]]]
    """
    row = PREPROCESSING.find(mode)
    result = np.array(batch[..., ::-1] if row.reverse else batch, dtype=np.float32, order="C")
    if any(row.subtract):
        result -= _operand(row.subtract, batch.shape[-1])
    if row.divide != (1.0, 1.0, 1.0):
        result /= _operand(row.divide, batch.shape[-1])
    return result
