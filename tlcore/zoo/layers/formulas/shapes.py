"""Shapes that Keras layers give, worked out from their settings alone. Knows no TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Callable

from tlcore.zoo.layers.formulas import operations, sequences
from tlcore.zoo.layers.formulas.facts import Config, Shape, channels_to_end, channels_to_front, pair, sides


def _slide(side: int, kernel: int, stride: int, padding: str, dilation: int = 1) -> int:
    if padding in ("same", "causal"):
        return math.ceil(side / stride)
    return (side - (kernel - 1) * dilation - 1) // stride + 1


def _window(config: Config, shape: Shape) -> Shape:
    """What a sliding window leaves of each side; the last side, the channels, is left out."""
    count = len(shape) - 1
    size = config.get("kernel_size") or config.get("pool_size")
    kernel, stride = sides(size, count), sides(config.get("strides") or size, count)
    dilation = sides(config.get("dilation_rate") or 1, count)
    padding = str(config.get("padding", "valid"))
    return tuple(_slide(shape[axis], kernel[axis], stride[axis], padding, dilation[axis]) for axis in range(count))


def _grow(config: Config, shape: Shape) -> Shape:
    count = len(shape) - 1
    kernel, stride = sides(config["kernel_size"], count), sides(config.get("strides") or 1, count)
    extra = sides(config.get("output_padding"), count) if config.get("output_padding") is not None else None
    grown = []
    for axis in range(count):
        if extra is not None:
            padding = kernel[axis] // 2 if config.get("padding") == "same" else 0
            grown.append((shape[axis] - 1) * stride[axis] + kernel[axis] - 2 * padding + extra[axis])
        elif config.get("padding") == "same":
            grown.append(shape[axis] * stride[axis])
        else:
            grown.append(shape[axis] * stride[axis] + max(kernel[axis] - stride[axis], 0))
    return tuple(grown)


def _pad(config: Config, shape: Shape, sign: int) -> Shape:
    """Padding or cropping: one number, one for each side, or a pair for each side."""
    value, count = config.get("padding") if sign > 0 else config.get("cropping"), len(shape) - 1
    if count == 1 and isinstance(value, list | tuple) and not isinstance(value[0], list | tuple):
        value = [value]  # one side with its two edges
    edges = [pair(edge) for edge in value] if isinstance(value, list | tuple) else [pair(value)] * count
    return (*(shape[axis] + sign * sum(edges[axis]) for axis in range(count)), shape[-1])


def _upsampled(config: Config, shape: Shape) -> Shape:
    size = sides(config.get("size") or 2, len(shape) - 1)
    return (*(side * times for side, times in zip(shape, size, strict=False)), shape[-1])


def _resized(config: Config, shape: Shape) -> Shape:
    return (int(config["height"]), int(config["width"]), shape[-1])


def _global(config: Config, shape: Shape) -> Shape:
    return (*([1] * (len(shape) - 1)), shape[-1]) if config.get("keepdims") else (shape[-1],)


def _permute(config: Config, inputs: list[Shape]) -> Shape:
    return tuple(inputs[0][int(axis) - 1] for axis in config["dims"])


def _repeat(config: Config, inputs: list[Shape]) -> Shape:
    return (int(config["n"]), *inputs[0])


def _embedding(config: Config, inputs: list[Shape]) -> Shape:
    return (*inputs[0], int(config["output_dim"]))


def _dot(config: Config, inputs: list[Shape]) -> Shape:
    axes = config["axes"]
    first, second = axes if isinstance(axes, list | tuple) else (axes, axes)
    rest = [
        shape[:place] + shape[place + 1 :]
        for shape, axis in zip(inputs, (first, second), strict=True)
        for place in [operations.axis_without_batch(axis, shape)]
    ]
    return (*rest[0], *rest[1]) or (1,)


def _einsum(config: Config, inputs: list[Shape]) -> Shape:
    given = config["output_shape"]
    wanted = tuple(given) if isinstance(given, list | tuple) else (given,)
    taken, result = (term.strip() for term in (config["equation"].split(",")[0], config["equation"].split("->")[1]))
    if result.startswith("..."):  # sides without letters stay
        return (*inputs[0][: len(inputs[0]) - len(taken[3:])], *map(int, wanted[-len(result[3:]) :]))
    return tuple(inputs[0][axis] if side is None else int(side) for axis, side in enumerate(wanted))


def _each_step(config: Config, inputs: list[Shape]) -> Shape:
    layer = config["layer"]
    shape = output_shape(str(layer["class_name"]), layer["config"], [inputs[0][1:]])
    if shape is None:
        raise ValueError("the shape of what is applied to each step is not known")
    return (inputs[0][0], *shape)


# With the channels last; `output_shape` turns those that have them first.
SPATIAL: dict[str, Callable[[Config, Shape], Shape]] = {
    **dict.fromkeys(
        ("Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D"),
        lambda config, shape: (*_window(config, shape), int(config["filters"])),
    ),
    **dict.fromkeys(
        ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
        lambda config, shape: (*_grow(config, shape), int(config["filters"])),
    ),
    **dict.fromkeys(
        ("DepthwiseConv1D", "DepthwiseConv2D"),
        lambda config, shape: (*_window(config, shape), shape[-1] * int(config.get("depth_multiplier", 1))),
    ),
    **{
        f"{how}Pooling{dimensions}D": lambda config, shape: (*_window(config, shape), shape[-1])
        for how in ("Max", "Average")
        for dimensions in (1, 2, 3)
    },
    **{f"Global{how}Pooling{dimensions}D": _global for how in ("Max", "Average") for dimensions in (1, 2, 3)},
    **{f"ZeroPadding{count}D": lambda config, shape: _pad(config, shape, +1) for count in (1, 2, 3)},
    **{f"Cropping{count}D": lambda config, shape: _pad(config, shape, -1) for count in (1, 2, 3)},
    **{f"UpSampling{count}D": _upsampled for count in (1, 2, 3)},
    **dict.fromkeys(("Resizing", "CenterCrop", "RandomCrop"), _resized),
}

UNCHANGED = (
    "Activation", "ActivityRegularization", "AlphaDropout", "AutoContrast", "BatchNormalization", "Dropout", "ELU",
    "GaussianDropout", "GaussianNoise", "GroupNormalization", "Identity", "LayerNormalization", "LayerScale",
    "LeakyReLU", "Masking", "Normalization", "PReLU", "ReLU", "RMSNormalization", "RandomBrightness",
    "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomFlip", "RandomGaussianBlur",
    "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation",
    "RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom", "Rescaling", "Softmax",
    "Solarization", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "StochasticDepth", "ThresholdedReLU",
    "UnitNormalization",
)  # fmt: skip

SHAPES: dict[str, Callable[[Config, list[Shape]], Shape]] = {
    **operations.SHAPES,
    **sequences.SHAPES,
    **dict.fromkeys(UNCHANGED, lambda config, shapes: shapes[0]),
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), operations.broadcast),
    "Concatenate": operations.join,
    "Dense": lambda config, shapes: (*shapes[0][:-1], int(config["units"])),
    "Dot": _dot,
    "EinsumDense": _einsum,
    "Embedding": _embedding,
    "Flatten": lambda config, shapes: (math.prod(shapes[0]),),
    "Permute": _permute,
    "RepeatVector": _repeat,
    "Reshape": lambda config, shapes: operations.fill(tuple(int(side) for side in config["target_shape"]), shapes[0]),
    "TimeDistributed": _each_step,
}


def is_known(kind: str, config: Config) -> bool:
    """Tell whether it is known here what a layer does.

    Args:
        kind: name of its class.
        config: its settings; those of a layer around another hold the other.

    Returns:
        False for a layer around one that is not known, too.
    """
    if kind in ("Bidirectional", "TimeDistributed"):
        layer = config.get("layer") or {}
        inner = str(layer.get("class_name"))
        return inner in sequences.GATES or (kind == "TimeDistributed" and is_known(inner, layer.get("config", {})))
    return kind in SHAPES or kind in SPATIAL or kind in operations.FREE


def output_shape(kind: str, config: Config, inputs: list[Shape]) -> Shape | None:
    """Work out the shape that a layer gives.

    Args:
        kind: name of its class.
        config: its settings, as Keras writes them.
        inputs: shapes of what it takes, without the batch; at least one.

    Returns:
        The shape without the batch; None for a class that is not known here, or settings that make no sense.
    """
    if not all(inputs):
        return None
    try:
        if kind in SPATIAL:
            shape = _spatial(kind, config, inputs[0])
        elif kind in SHAPES:
            shape = SHAPES[kind](config, inputs)
        else:
            return None
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError, AttributeError, StopIteration):
        return None
    return shape if all(side > 0 for side in shape) else None


def _spatial(kind: str, config: Config, shape: Shape) -> Shape:
    if config.get("data_format") != "channels_first":
        return SPATIAL[kind](config, shape)
    return channels_to_front(SPATIAL[kind](config, channels_to_end(shape)))
