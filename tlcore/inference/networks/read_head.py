"""Keras layers → dense head. [TF]"""

from __future__ import annotations

import contextlib
from typing import TypeGuard

import keras
import numpy as np

from tlcore.errors import InputError
from tlcore.inference.networks.head import ACTIVATIONS, DenseLayer, Head, Layer, Normalization, UnitLength

_POOLINGS = {
    keras.layers.GlobalAveragePooling2D: "average",
    keras.layers.GlobalMaxPooling2D: "max",
    keras.layers.Flatten: "flatten",
}
_SKIPPED = (keras.layers.Dropout, keras.layers.Reshape)


def split_at_maps(model: keras.Model, cut_layer: str) -> tuple[str, Head]:
    """Choose where to split a network: at the last maps, where a head of dense layers can follow them.

    Args:
        model: a functional model.
        cut_layer: the layer whose output feeds the head.

    Returns:
        The layer that ends the features, and the head: what follows the last maps up to the cut, else what follows the
        cut layer, else what follows the last maps of all, as a network's own classifier may begin with convolutions.

    Raises:
        InputError: if what follows the cut layer is no head either.
    """
    found = dict.fromkeys([last_maps(model, cut_layer), cut_layer, last_maps(model, model.layers[-1].name)])
    for layer in found:
        with contextlib.suppress(InputError):
            return layer, read_head(model, layer)
    return cut_layer, read_head(model, cut_layer)


def last_maps(model: keras.Model, layer: str) -> str:
    """Find the deepest layer, up to a given one, that gives maps.

    Args:
        model: a functional model.
        layer: where to begin to look, downward.

    Returns:
        Its name, such as `block5_pool` below `fc2`; `layer` where there is none.
    """
    names = [row.name for row in model.layers]
    for row in reversed(model.layers[: names.index(layer) + 1]):
        shape = row.output.shape
        if len(shape) == 4 and shape[1] * shape[2] > 1:
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
    pooling = "flatten"
    layers: list[Layer] = []
    for layer in model.layers[position + 1 :]:
        if type(layer) in _POOLINGS:
            pooling = pooling if layers else _POOLINGS[type(layer)]
        elif isinstance(layer, keras.layers.Activation) and layers and _is_bare(last := layers[-1]):
            layers[-1] = DenseLayer(last.kernel, last.bias, _name(layer))
        elif isinstance(layer, keras.layers.LayerNormalization):
            layers.append(Normalization(np.asarray(layer.gamma), np.asarray(layer.beta), float(layer.epsilon)))
        elif isinstance(layer, keras.layers.UnitNormalization):
            layers.append(UnitLength())
        elif isinstance(layer, keras.layers.Dense) or _is_dense_convolution(layer):
            layers.append(_read_dense(layer))
        elif not isinstance(layer, _SKIPPED):
            raise InputError(
                f"pooling and dense layers above {cut_layer}",
                f"layer {layer.name} of type {type(layer).__name__}",
                "Choose a later cut layer.",
            )
    unknown = {layer.activation for layer in layers if isinstance(layer, DenseLayer)} - set(ACTIVATIONS)
    if unknown:
        raise InputError(f"activations among {', '.join(ACTIVATIONS)}", ", ".join(unknown), "Choose another network.")
    return Head(pooling, tuple(layers))


def _is_bare(layer: Layer) -> TypeGuard[DenseLayer]:
    """Tell whether an activation can still follow within a layer."""
    return isinstance(layer, DenseLayer) and layer.activation == "linear"


def _name(layer: keras.Layer) -> str:
    """An activation's name; a layer may call `hard_silu` by its older name, hard swish."""
    name = layer.activation.__name__
    return "hard_silu" if name == "hard_swish" else name


def _is_dense_convolution(layer: keras.Layer) -> bool:
    """Tell whether a convolution covers its whole input at once, as MobileNet's classifier: it is a dense layer."""
    return isinstance(layer, keras.layers.Conv2D) and layer.kernel_size == tuple(layer.input.shape[1:3])


def _read_dense(layer: keras.Layer) -> DenseLayer:
    kernel = np.asarray(layer.kernel)
    units = kernel.shape[-1]
    bias = np.asarray(layer.bias) if layer.use_bias else np.zeros(units, np.float32)
    return DenseLayer(kernel.reshape(-1, units), bias, _name(layer))
