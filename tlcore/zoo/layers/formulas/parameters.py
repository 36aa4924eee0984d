"""How many numbers a Keras layer holds, worked out from its settings alone. Knows no TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Callable

from tlcore.zoo.layers.formulas import sequences
from tlcore.zoo.layers.formulas.facts import Config, LayerFacts, Shape, axis_without_batch, channels_to_end, sides


def _kernel(config: Config, output: Shape) -> int:
    return math.prod(sides(config.get("kernel_size") or 1, len(output) - 1))


def _bias(config: Config, output: Shape) -> int:
    return output[-1] if config.get("use_bias", True) else 0


def _convolution(kind: str, config: Config, inputs: list[Shape], output: Shape) -> int:
    channels = inputs[0][-1] // int(config.get("groups", 1))
    return _kernel(config, output) * channels * output[-1] + _bias(config, output)


def _depthwise(kind: str, config: Config, inputs: list[Shape], output: Shape) -> int:
    return _kernel(config, output) * output[-1] + _bias(config, output)


def _separable(kind: str, config: Config, inputs: list[Shape], output: Shape) -> int:
    filtered = inputs[0][-1] * int(config.get("depth_multiplier", 1))
    return (_kernel(config, output) + output[-1]) * filtered + _bias(config, output)


def _dense(kind: str, config: Config, inputs: list[Shape], output: Shape) -> int:
    return inputs[0][-1] * output[-1] + _bias(config, output)


def _slopes(kind: str, config: Config, inputs: list[Shape], output: Shape) -> int:
    shared = {int(axis) - 1 for axis in config.get("shared_axes") or ()}
    return math.prod(1 if place in shared else side for place, side in enumerate(output))


def _normalized(config: Config, inputs: list[Shape]) -> int:
    """How many values have a mean and a variance of their own."""
    axis = config.get("axis", -1)
    if axis is None:
        return 1
    axes = axis if isinstance(axis, list | tuple) else [axis]
    return math.prod(inputs[0][axis_without_batch(one, inputs[0])] for one in axes)


def _scale_and_shift(kind: str, config: Config, inputs: list[Shape], output: Shape) -> int:
    learned = bool(config.get("scale", True)) + bool(config.get("center", True))
    return learned * _normalized(config, inputs)


def _each_step(rules: str) -> Callable[[str, Config, list[Shape], Shape], int]:
    """What the layer that is applied to each step holds, by `LEARNED` or `FIXED`."""

    def count(kind: str, config: Config, inputs: list[Shape], output: Shape) -> int:
        inner, settings = LayerFacts(kind, config, (), ()).wrapped
        everything, learned = parameter_count(inner, {**settings, "trainable": True}, [inputs[0][1:]], output[1:])
        return learned if rules == "LEARNED" else everything - learned

    return count


def _statistics(kind: str, config: Config, inputs: list[Shape], output: Shape) -> int:
    return 0 if config.get("mean") is not None else 2 * _normalized(config, inputs) + 1


# Those that training changes. All rules want the channels last.
LEARNED: dict[str, Callable[[str, Config, list[Shape], Shape], int]] = {
    "Dense": _dense,
    **dict.fromkeys(
        ("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), _convolution
    ),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), _separable),
    "PReLU": _slopes,
    "BatchNormalization": _scale_and_shift,
    "LayerNormalization": _scale_and_shift,
    "GroupNormalization": _scale_and_shift,
    "RMSNormalization": lambda kind, config, inputs, output: _normalized(config, inputs),
    "LayerScale": lambda kind, config, inputs, output: int(config["projection_dim"]),
    "Embedding": lambda kind, config, inputs, output: int(config["input_dim"]) * int(config["output_dim"]),
    "TimeDistributed": _each_step("LEARNED"),
    **sequences.PARAMETERS,
}

# Those that training does not change, whatever the settings.
FIXED: dict[str, Callable[[str, Config, list[Shape], Shape], int]] = {
    "BatchNormalization": lambda kind, config, inputs, output: 2 * _normalized(config, inputs),
    "Normalization": _statistics,
    "TimeDistributed": _each_step("FIXED"),
}
UNCOUNTED = ("EinsumDense",)  # known layers whose numbers only a file tells


def parameter_count(kind: str, config: Config, inputs: list[Shape], output: Shape) -> tuple[int, int]:
    """Count the numbers that a layer holds.

    Args:
        kind: name of its class, one that `shapes.is_known` knows.
        config: its settings.
        inputs: shapes of what it takes, without the batch.
        output: shape of what it gives.

    Returns:
        (all, trainable).
    """
    if config.get("data_format") == "channels_first":
        inputs, output = [channels_to_end(shape) for shape in inputs], channels_to_end(output)
    learned, fixed = (rules[kind](kind, config, inputs, output) if kind in rules else 0 for rules in (LEARNED, FIXED))
    return learned + fixed, learned if config.get("trainable", True) else 0
