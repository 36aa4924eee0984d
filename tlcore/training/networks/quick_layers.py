"""The same network with cheaper arithmetic: what a step of training takes longest is computed in another way. [TF]

Measured on two cores, from block 11 of MobileNetV2 on: the gradient of a 1 × 1 convolution with respect to its input
takes three times as long as the convolution, as a matrix product as long as the product; and what a normalization in
inference mode does to each map costs less when it is done to the kernel before it.
"""

from __future__ import annotations

import keras
from keras import ops

from tlcore.zoo.compat import input_tensors, made_by

_PLAIN = "channels_last"


def quicken(model: keras.Model, learns_statistics: bool) -> keras.Model:
    """Put a network together anew from its own layers, so that it computes the same in less time.

    1 × 1 convolutions become matrix products. A normalization in inference mode is folded into the convolution before
    it; gradients reach kernel, scale and offset all the same.

    Args:
        model: functional, of one input and one output.
        learns_statistics: whether normalizations that are trained take statistics of each batch, so that they cannot
            be folded.

    Returns:
        A model on the same variables. Its layers are not for reading: ask those of `model`.
    """
    folded = {} if learns_statistics else _foldable(model)
    followers = {layer.name for layer in folded.values()}

    def quick(layer: keras.Operation) -> keras.Operation:
        if layer.name in folded:
            return _Convolution(layer, folded[layer.name])
        if layer.name in followers:
            return _Folded(name=f"{layer.name}_folded")
        return _Convolution(layer) if _is_pointwise(layer) else layer

    return keras.models.clone_model(model, clone_function=quick)


def _foldable(model: keras.Model) -> dict[str, keras.layers.BatchNormalization]:
    """Convolutions, by name, that feed a normalization and nothing else → that normalization."""
    fed_by = {
        operation.name: [made_by(tensor) for tensor in input_tensors(operation)] for operation in model.operations
    }
    consumers: dict[str, list[keras.Operation]] = {}
    for operation in model.operations:
        for source in fed_by[operation.name]:
            consumers.setdefault(source.name, []).append(operation)
    inside = {operation.name for operation in model.operations} - {made_by(tensor).name for tensor in model.outputs}
    return {
        operation.name: consumers[operation.name][0]
        for operation in model.operations
        if operation.name in inside
        and _is_plain(operation)
        and operation.activation is keras.activations.linear
        and len(consumers[operation.name]) == 1
        and _is_normalization(consumers[operation.name][0])
    }


def _is_plain(layer: keras.Operation) -> bool:
    """Whether it is a convolution that `_Convolution` computes."""
    if type(layer) is keras.layers.DepthwiseConv2D:
        return layer.data_format == _PLAIN
    return type(layer) is keras.layers.Conv2D and layer.data_format == _PLAIN and layer.groups == 1


def _is_pointwise(layer: keras.Operation) -> bool:
    return type(layer) is keras.layers.Conv2D and _is_plain(layer) and layer.kernel_size == (1, 1)


def _is_normalization(layer: keras.Operation) -> bool:
    return type(layer) is keras.layers.BatchNormalization and layer.axis in (-1, 3)


class _Folded(keras.Layer):
    """Stands where a normalization was."""

    def call(self, maps: keras.KerasTensor, mask: None = None) -> keras.KerasTensor:
        """Maps as they are."""
        return maps


class _Convolution(keras.Layer):
    """What a convolution, and perhaps a normalization in inference mode behind it, compute."""

    def __init__(self, convolution: keras.Layer, normalization: keras.layers.BatchNormalization | None = None):
        super().__init__(name=f"{convolution.name}_quick")
        self._convolution, self._normalization = convolution, normalization

    def call(self, maps: keras.KerasTensor) -> keras.KerasTensor:
        """Maps (n, height, width, channels) → maps."""
        layer = self._convolution
        kernel, bias = layer.kernel, layer.bias if layer.use_bias else 0.0
        if self._normalization is not None:
            kernel, bias = _folded(self._normalization, kernel, bias, type(layer) is keras.layers.DepthwiseConv2D)
        settings = {"strides": layer.strides, "padding": layer.padding, "dilation_rate": layer.dilation_rate}
        if type(layer) is keras.layers.DepthwiseConv2D:
            found = ops.depthwise_conv(maps, kernel, data_format=_PLAIN, **settings)
        elif layer.kernel_size == (1, 1):
            found = _multiply(maps[:, :: layer.strides[0], :: layer.strides[1]], kernel[0, 0])
        else:
            found = ops.conv(maps, kernel, data_format=_PLAIN, **settings)
        return layer.activation(found + bias)


def _folded(
    normalization: keras.layers.BatchNormalization,
    kernel: keras.KerasTensor,
    bias: keras.KerasTensor | float,
    is_depthwise: bool,
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Kernel and bias that give what a normalization in inference mode makes of a convolution."""
    scale = ops.rsqrt(normalization.moving_variance + normalization.epsilon)
    scale = scale * normalization.gamma if normalization.scale else scale
    bias = (bias - normalization.moving_mean) * scale
    bias = bias + normalization.beta if normalization.center else bias
    # A depthwise kernel has its channels before the filters that each of them has, here one.
    return kernel * (scale[:, None] if is_depthwise else scale), bias


def _multiply(maps: keras.KerasTensor, kernel: keras.KerasTensor) -> keras.KerasTensor:
    """Maps (n, height, width, channels) times (channels, filters): one product of two matrices."""
    shape = ops.shape(maps)
    rows = ops.matmul(ops.reshape(maps, (-1, kernel.shape[0])), kernel)
    return ops.reshape(rows, (*shape[:3], kernel.shape[1]))
