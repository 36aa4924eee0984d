"""Keras layers → dense head. Imports TensorFlow."""

from __future__ import annotations

import keras
import numpy as np

from tlcore.errors import InputError
from tlcore.inference.head import ACTIVATIONS, DenseLayer, Head, Normalization

_POOLINGS = {
    keras.layers.GlobalAveragePooling2D: "average",
    keras.layers.GlobalMaxPooling2D: "max",
    keras.layers.Flatten: "flatten",
}
_SKIPPED = (keras.layers.Dropout, keras.layers.Reshape)


def last_maps(model: keras.Model, layer: str) -> str:
    """Find the deepest layer, up to a given one, that gives maps. Where a network looked can be seen there.

    Args:
        model: a functional model whose layers between the two are a plain chain.
        layer: where to begin, such as `fc2` of VGG-16.

    Returns:
        The layer itself if it gives maps, else one below, such as `block5_pool`; the layer itself if there is none.
    """
    names = [row.name for row in model.layers]
    for row in reversed(model.layers[: names.index(layer) + 1]):
        if len(row.output.shape) == 4:
            return row.name
    return layer


def read_head(model: keras.Model, cut_layer: str) -> Head:
    """Read the layers above a cut layer as a pooling and dense layers.

    Args:
        model: a functional model that is a plain chain above the cut layer.
        cut_layer: name of the layer whose output the head takes.

    Returns:
        The head.

    Raises:
        InputError: if a layer up there is of a type that a dense head does not have.
    """
    position = [layer.name for layer in model.layers].index(cut_layer)
    pooling, normalization, layers = "flatten", None, []
    for layer in model.layers[position + 1 :]:
        if type(layer) in _POOLINGS:
            pooling = pooling if layers else _POOLINGS[type(layer)]
        elif isinstance(layer, keras.layers.Activation) and layers:
            layers[-1] = DenseLayer(layers[-1].kernel, layers[-1].bias, _name(layer))
        elif isinstance(layer, keras.layers.LayerNormalization) and not layers:
            normalization = Normalization(np.asarray(layer.gamma), np.asarray(layer.beta), float(layer.epsilon))
        elif isinstance(layer, keras.layers.Dense) or _is_dense_convolution(layer):
            layers.append(_read_dense(layer))
        elif not isinstance(layer, _SKIPPED):
            raise InputError(
                f"pooling and dense layers above {cut_layer}",
                f"the layer {layer.name} of type {type(layer).__name__}",
                "Choose a cut layer further up.",
            )
    unknown = {layer.activation for layer in layers} - set(ACTIVATIONS)
    if unknown:
        raise InputError(f"activations among {', '.join(ACTIVATIONS)}", ", ".join(unknown), "Choose another network.")
    return Head(pooling, tuple(layers), normalization)


def _name(layer: keras.Layer) -> str:
    """An activation's name; a layer may call `hard_silu` by its older name, hard swish."""
    name = layer.activation.__name__
    return "hard_silu" if name == "hard_swish" else name


def _is_dense_convolution(layer: keras.Layer) -> bool:
    """Tell whether a layer is a 1×1 convolution of a 1×1 map, as MobileNet's classifier: a dense layer in disguise."""
    return (
        isinstance(layer, keras.layers.Conv2D)
        and layer.kernel_size == (1, 1)
        and tuple(layer.input.shape[1:3]) == (1, 1)
    )


def _read_dense(layer: keras.Layer) -> DenseLayer:
    kernel = np.asarray(layer.kernel)
    units = kernel.shape[-1]
    bias = np.asarray(layer.bias) if layer.use_bias else np.zeros(units, np.float32)
    return DenseLayer(kernel.reshape(-1, units), bias, _name(layer))
