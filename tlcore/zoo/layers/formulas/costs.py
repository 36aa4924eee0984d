"""What one layer costs and sees, worked out from its settings and shapes alone. Knows no TensorFlow.

The formulas are the usual ones: a convolution multiplies its kernel with the maps at every output position; its
receptive field grows by (kernel - 1) times the distance between its inputs (Dumoulin and Visin, "A guide to convolution
arithmetic for deep learning"; Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks").
"""

from __future__ import annotations

import math
from collections.abc import Callable

from tlcore.zoo.layers.formulas import operations, sequences
from tlcore.zoo.layers.formulas.facts import Config, LayerFacts, axis_without_batch, pair, sides

Field = tuple[int | None, float | None]  # (side in input pixels, or None for all of it; stride, or None for no map)
WHOLE: Field = (None, None)


def _positions(layer: LayerFacts) -> int:
    return math.prod(layer.output[:-1])


def _kernel(layer: LayerFacts) -> int:
    return math.prod(sides(layer.config.get("kernel_size", 1), len(layer.output) - 1))


def _convolution(layer: LayerFacts) -> int:
    channels = layer.inputs[0][-1] // int(layer.config.get("groups", 1))
    return _positions(layer) * _kernel(layer) * channels * layer.output[-1]


def _depthwise(layer: LayerFacts) -> int:
    return _positions(layer) * _kernel(layer) * layer.output[-1]


def _separable(layer: LayerFacts) -> int:
    filtered = layer.inputs[0][-1] * int(layer.config.get("depth_multiplier", 1))
    return _positions(layer) * (_kernel(layer) * filtered + filtered * layer.output[-1])


def _transposed(layer: LayerFacts) -> int:
    """Every input position is spread over the kernel."""
    return math.prod(layer.inputs[0]) * _kernel(layer) * layer.output[-1]


def _einsum(layer: LayerFacts) -> int:
    """One product for every combination of the letters in the equation; dots stand for sides that have none."""
    terms, result = layer.config["equation"].replace(" ", "").split("->")
    letters: dict[str, int] = {}
    rest = 1
    for term, shape in ((terms.split(",")[0], (1, *layer.inputs[0])), (result, (1, *layer.output))):
        before, dots, after = term.partition("...")
        middle = len(shape) - len(before) - len(after)
        letters |= dict(zip(before + after, shape[: len(before)] + shape[len(before) + middle :], strict=True))
        rest = math.prod(shape[len(before) : len(before) + middle]) if dots else rest
    return rest * math.prod(letters.values())


def _dot(layer: LayerFacts) -> int:
    axes = layer.config["axes"]
    axis = axes[0] if isinstance(axes, list | tuple) else axes
    shared = layer.inputs[0][axis_without_batch(axis, layer.inputs[0])]
    return math.prod(layer.output) * shared


COSTS: dict[str, Callable[[LayerFacts], int]] = {
    "Dot": _dot,
    "EinsumDense": _einsum,
    "Dense": lambda layer: _positions(layer) * layer.inputs[0][-1] * layer.output[-1],
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), _convolution),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), _separable),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), _transposed),
    **sequences.COSTS,
    **operations.COSTS,
}


def _each_step(layer: LayerFacts) -> int:
    kind, config = layer.wrapped
    return layer.inputs[0][0] * multiply_adds(LayerFacts(kind, config, (layer.inputs[0][1:],), layer.output[1:]))


COSTS["TimeDistributed"] = _each_step


def multiply_adds(layer: LayerFacts) -> int:
    """Count the multiplications with an addition that a layer needs for one image, or for one sequence.

    Args:
        layer: any layer.

    Returns:
        The count for convolutions, dense, recurrent and attention layers; 0 for all others, which papers do not count.
    """
    rule = COSTS.get(layer.kind)
    if rule is None or not layer.inputs or not all(layer.inputs) or not layer.output:
        return 0
    return rule(layer.channels_last)


def receptive_field(layer: LayerFacts, fields: list[Field]) -> Field:
    """Work out what one output value of a layer sees of the input.

    Args:
        layer: any layer.
        fields: those of the layers that feed it.

    Returns:
        Its field along the height; every network here treats both directions alike. Where branches meet, the largest
        field counts; a branch that has seen the whole input through global pooling, such as the gate of a
        squeeze-and-excite block, is left out while another is a map.
    """
    if not fields:
        return (1, 1)
    maps = [(size, stride) for size, stride in fields if size is not None and stride is not None]
    if len(layer.output) != 3 or not maps or layer.kind.startswith("Global"):
        return WHOLE
    size, stride = max(size for size, _ in maps), max(stride for _, stride in maps)
    kernel, step, dilation = _window(layer)
    if layer.kind == "UpSampling2D":
        return (size, stride / pair(layer.config["size"])[0])
    if layer.kind == "Conv2DTranspose":
        return (math.ceil(size + (math.ceil(kernel / step) - 1) * stride), stride / step)
    return (math.ceil(size + (kernel - 1) * dilation * stride), stride * step)


def sliding_window(config: Config) -> tuple[int, int, bool] | None:
    """Read what slides over the input of a layer.

    Args:
        config: as Keras writes it.

    Returns:
        Side of the window, step, and whether the input is padded; None where nothing slides.
    """
    size = config.get("kernel_size") or config.get("pool_size")
    if not size:
        return None
    return pair(size)[0], pair(config.get("strides") or 1)[0], config.get("padding") != "valid"


def detail(config: Config) -> str:
    """Put the settings of a layer in a few words, such as "3×3, stride 2, relu".

    Args:
        config: as Keras writes it.

    Returns:
        The text; empty if there is nothing to say.
    """
    parts = []
    window = config.get("kernel_size") or config.get("pool_size")
    if window:
        parts.append("×".join(map(str, pair(window))))
    step = pair(config.get("strides") or 1)[0]
    if step != 1:
        parts.append(f"stride {step}")
    if config.get("groups", 1) != 1:
        parts.append(f"{config['groups']} groups")
    dilation = pair(config.get("dilation_rate") or 1)[0]
    if dilation != 1:
        parts.append(f"dilation {dilation}")
    if window:
        parts.append({"same": "padded", "valid": "not padded"}.get(config.get("padding", ""), ""))
    if isinstance(config.get("rate"), float):
        parts.append(f"drops {config['rate']:.0%}")
    activation = config.get("activation")
    if isinstance(activation, str) and activation != "linear":
        parts.append(activation)
    if config.get("use_bias") is False and window:
        parts.append("no bias")
    return ", ".join(part for part in parts if part)


def _window(layer: LayerFacts) -> tuple[int, int, int]:
    """(kernel, stride, dilation) of a sliding window along the height; 1, 1, 1 for layers that look at one place."""
    kernel = layer.config.get("kernel_size") or layer.config.get("pool_size")
    if kernel is None:
        return 1, 1, 1
    strides = layer.config.get("strides") or kernel
    return pair(kernel)[0], pair(strides)[0], pair(layer.config.get("dilation_rate") or 1)[0]
