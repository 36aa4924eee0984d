"""What one layer costs and sees: multiply-adds and receptive field. [TF]

The formulas are the usual ones: a convolution multiplies its kernel with the maps at every output position; its
receptive field grows by (kernel - 1) times the distance between its inputs (Dumoulin and Visin, "A guide to convolution
arithmetic for deep learning"; Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks").
"""

from __future__ import annotations

import math

import keras
from keras import layers

Field = tuple[int | None, float | None]  # (side in input pixels, or None for all of it; stride, or None for no map)
WHOLE: Field = (None, None)


def multiply_adds(layer: keras.Layer) -> int:
    """Count the multiplications with an addition that a layer needs for one image.

    Args:
        layer: a built layer of a functional model.

    Returns:
        The count for convolutions and dense layers; 0 for all others, which papers do not count.
    """
    if isinstance(layer, keras.Sequential):
        return sum(multiply_adds(inner) for inner in layer.layers)
    if isinstance(layer, layers.Conv2DTranspose):  # every input position is spread over the kernel
        return _positions(layer.input.shape) * math.prod(layer.kernel.shape)
    if isinstance(layer, layers.SeparableConv2D):
        return _positions(layer.output.shape) * sum(
            math.prod(kernel.shape) for kernel in (layer.depthwise_kernel, layer.pointwise_kernel)
        )
    if isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D | layers.Dense):
        return _positions(layer.output.shape) * math.prod(layer.kernel.shape)
    return 0


def receptive_field(layer: keras.Layer, inputs: list[Field]) -> Field:
    """Work out what one output value of a layer sees of the input.

    Args:
        layer: a built layer.
        inputs: the fields of the layers that feed it.

    Returns:
        Its field. Where branches meet, the largest field counts; a branch that has seen the whole input through global
        pooling, such as the gate of a squeeze-and-excite block, is left out while another is a map.
    """
    if not inputs:
        return (1, 1)
    if isinstance(layer, keras.Sequential):
        field = inputs[0]
        for inner in layer.layers:
            field = receptive_field(inner, [field])
        return field
    if len(layer.output.shape) != 4:
        return WHOLE
    maps = [field for field in inputs if field[0] is not None]
    if not maps:
        return WHOLE
    size, stride = max(field[0] for field in maps), max(field[1] for field in maps)
    if isinstance(layer, layers.GlobalAveragePooling2D | layers.GlobalMaxPooling2D):
        return WHOLE
    if isinstance(layer, layers.Conv2DTranspose):
        taps = math.ceil(layer.kernel_size[0] / layer.strides[0])
        return (math.ceil(size + (taps - 1) * stride), stride / layer.strides[0])
    if isinstance(layer, layers.UpSampling2D):
        return (size, stride / layer.size[0])
    kernel, step, dilation = _window(layer)
    return (math.ceil(size + (kernel - 1) * dilation * stride), stride * step)


def detail(layer: keras.Layer) -> str:
    """Put the settings of a layer in a few words, such as "3×3, stride 2, relu".

    Args:
        layer: any layer.

    Returns:
        The text; empty if there is nothing to say.
    """
    config = layer.get_config()
    parts = []
    window = config.get("kernel_size") or config.get("pool_size")
    if window:
        parts.append("×".join(map(str, window)))
    stride = (config.get("strides") or (1,))[0]
    if stride != 1:
        parts.append(f"stride {stride}")
    if config.get("groups", 1) != 1:
        parts.append(f"{config['groups']} groups")
    if config.get("dilation_rate", (1,)) not in (1, (1,), (1, 1)):
        parts.append(f"dilation {config['dilation_rate'][0]}")
    if window:
        parts.append({"same": "padded", "valid": "not padded"}.get(config.get("padding"), ""))
    if "rate" in config:
        parts.append(f"drops {config['rate']:.0%}")
    activation = config.get("activation")
    if isinstance(activation, str) and activation != "linear":
        parts.append(activation)
    if config.get("use_bias") is False and window:
        parts.append("no bias")
    return ", ".join(part for part in parts if part)


def _positions(shape: tuple) -> int:
    """Places in a map, without its channels; 1 for a vector."""
    return math.prod(shape[1:-1])


def _window(layer: keras.Layer) -> tuple[int, int, int]:
    """(kernel, stride, dilation) of a sliding window; 1, 1, 1 for layers that look at one place."""
    kernel = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if kernel is None:
        return 1, 1, 1
    dilation = getattr(layer, "dilation_rate", 1)
    dilation = dilation if isinstance(dilation, int) else dilation[0]
    return max(kernel), max(layer.strides), dilation
