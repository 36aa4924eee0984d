"""Shapes and parameter counts of Keras layers, worked out from their settings alone. Knows no TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Callable

from tlcore.zoo.layers.costs import Config, Shape, pair


def _slide(side: int, kernel: int, stride: int, padding: str, dilation: int = 1) -> int:
    if padding == "same":
        return math.ceil(side / stride)
    return (side - (kernel - 1) * dilation - 1) // stride + 1


def _window(config: Config, shape: Shape) -> tuple[int, int]:
    kernel = pair(config.get("kernel_size") or config.get("pool_size"))
    stride = pair(config.get("strides") or kernel)
    dilation = pair(config.get("dilation_rate") or 1)
    height, width = (
        _slide(shape[axis], kernel[axis], stride[axis], config.get("padding", "valid"), dilation[axis])
        for axis in (0, 1)
    )
    return height, width


def _grow(config: Config, shape: Shape) -> tuple[int, int]:
    kernel, stride = pair(config["kernel_size"]), pair(config.get("strides") or 1)
    if config.get("padding") == "same":
        return shape[0] * stride[0], shape[1] * stride[1]
    height, width = (shape[axis] * stride[axis] + max(kernel[axis] - stride[axis], 0) for axis in (0, 1))
    return height, width


def _edges(value: object) -> tuple[tuple[int, int], tuple[int, int]]:
    """Read padding or cropping: one number, two, or two pairs."""
    sides = value if isinstance(value, list | tuple) else (value, value)
    first, second = (pair(side) for side in sides)
    return first, second


def _pad(config: Config, shape: Shape, sign: int) -> Shape:
    edges = _edges(config.get("padding") if sign > 0 else config.get("cropping"))
    return (shape[0] + sign * sum(edges[0]), shape[1] + sign * sum(edges[1]), shape[2])


def _join(config: Config, shapes: list[Shape]) -> Shape:
    axis = int(config.get("axis", -1))
    axis = axis if axis < 0 else axis - 1 - len(shapes[0])  # Keras counts the batch
    joined = list(shapes[0])
    joined[axis] = sum(shape[axis] for shape in shapes)
    return tuple(joined)


def _reshape(config: Config, shapes: list[Shape]) -> Shape:
    target = [int(side) for side in config["target_shape"]]
    if -1 in target:
        target[target.index(-1)] = math.prod(shapes[0]) // -math.prod(target)
    return tuple(target)


def _broadcast(config: Config, shapes: list[Shape]) -> Shape:
    longest = max(shapes, key=len)
    padded = [(1,) * (len(longest) - len(shape)) + shape for shape in shapes]
    return tuple(max(sides) for sides in zip(*padded, strict=True))


SHAPES: dict[str, Callable[[Config, list[Shape]], Shape]] = {
    "Dense": lambda config, shapes: (*shapes[0][:-1], int(config["units"])),
    "Flatten": lambda config, shapes: (math.prod(shapes[0]),),
    "Reshape": _reshape,
    "Concatenate": _join,
    "ZeroPadding2D": lambda config, shapes: _pad(config, shapes[0], +1),
    "Cropping2D": lambda config, shapes: _pad(config, shapes[0], -1),
    "UpSampling2D": lambda config, shapes: (
        shapes[0][0] * pair(config["size"])[0],
        shapes[0][1] * pair(config["size"])[1],
        shapes[0][2],
    ),
    "Conv2DTranspose": lambda config, shapes: (*_grow(config, shapes[0]), int(config["filters"])),
    "DepthwiseConv2D": lambda config, shapes: (
        *_window(config, shapes[0]),
        shapes[0][2] * int(config.get("depth_multiplier", 1)),
    ),
}
SHAPES |= dict.fromkeys(
    ("Conv2D", "SeparableConv2D"), lambda config, shapes: (*_window(config, shapes[0]), int(config["filters"]))
)
SHAPES |= dict.fromkeys(
    ("MaxPooling2D", "AveragePooling2D"), lambda config, shapes: (*_window(config, shapes[0]), shapes[0][2])
)
SHAPES |= dict.fromkeys(
    ("GlobalAveragePooling2D", "GlobalMaxPooling2D"),
    lambda config, shapes: (1, 1, shapes[0][-1]) if config.get("keepdims") else (shapes[0][-1],),
)
SHAPES |= dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), _broadcast)
SHAPES |= dict.fromkeys(
    (
        "Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax", "Dropout", "SpatialDropout2D", "GaussianNoise",
        "BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization", "Normalization",
        "Rescaling", "RandomFlip", "RandomRotation", "RandomZoom", "RandomContrast", "RandomBrightness",
        "RandomTranslation", "ActivityRegularization", "Identity",
    ),
    lambda config, shapes: shapes[0],
)  # fmt: skip


def output_shape(kind: str, config: Config, inputs: list[Shape]) -> Shape | None:
    """Work out the shape that a layer gives.

    Args:
        kind: name of its class.
        config: its settings, as Keras writes them.
        inputs: shapes of what it takes, without the batch; at least one.

    Returns:
        The shape without the batch; None for a class that is not known here, or settings that make no sense.
    """
    rule = SHAPES.get(kind)
    if rule is None or not all(inputs):
        return None
    try:
        shape = rule(config, inputs)
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError, AttributeError):
        return None
    return shape if all(side > 0 for side in shape) else None


def parameter_count(kind: str, config: Config, inputs: list[Shape], output: Shape) -> tuple[int, int]:
    """Count the numbers that a layer holds.

    Args:
        kind: name of its class, one that `output_shape` knows.
        config: its settings.
        inputs: shapes of what it takes, without the batch.
        output: shape of what it gives.

    Returns:
        (all, trainable).
    """
    channels = inputs[0][-1]
    window = math.prod(pair(config.get("kernel_size") or 1))
    bias = output[-1] if config.get("use_bias", True) else 0
    weights = {
        "Dense": channels * output[-1] + bias,
        "Conv2D": window * channels // int(config.get("groups", 1)) * output[-1] + bias,
        "Conv2DTranspose": window * channels * output[-1] + bias,
        "DepthwiseConv2D": window * output[-1] + bias,
        "SeparableConv2D": (window + output[-1]) * channels * int(config.get("depth_multiplier", 1)) + bias,
        "PReLU": math.prod(output),
        "Normalization": 0,
    }.get(kind, 0)
    learned = channels * (bool(config.get("scale", True)) + bool(config.get("center", True)))
    if kind == "BatchNormalization":
        count, trainable = learned + 2 * channels, learned
    elif kind in ("LayerNormalization", "GroupNormalization"):
        count = trainable = learned
    elif kind == "Normalization":
        count, trainable = (0 if config.get("mean") is not None else 2 * channels + 1), 0
    else:
        count = trainable = weights
    return count, trainable if config.get("trainable", True) else 0
