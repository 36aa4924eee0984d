"""What a network of Keras costs, counted by the operations of the graph that TensorFlow traces of it."""

from __future__ import annotations

import math

import keras
import tensorflow as tf


def multiply_adds(model: keras.Model) -> int:
    """Sum the products of all convolutions, matrix products and sums after Einstein, for one image."""
    inputs = [tf.TensorSpec((1, *tensor.shape[1:]), tensor.dtype) for tensor in model.inputs]
    graph = tf.function(lambda *given: model(list(given) if len(given) > 1 else given[0])).get_concrete_function(
        *inputs
    )
    return sum(_products(operation) for operation in _operations(graph.graph))


def _operations(graph):
    for operation in graph.get_operations():
        function = operation.type in ("PartitionedCall", "StatefulPartitionedCall")
        if function:
            name = operation.get_attr("f").name
            yield from _operations(graph._get_function(name).graph)
        else:
            yield operation


def _products(operation) -> int:
    def shape(tensor):
        return [side or 1 for side in tensor.shape]

    kind = operation.type
    if kind in ("Conv2D", "Conv3D"):
        return math.prod(shape(operation.outputs[0])) * math.prod(shape(operation.inputs[1])[:-1])
    if kind == "DepthwiseConv2dNative":
        return math.prod(shape(operation.outputs[0])) * math.prod(shape(operation.inputs[1])[:2])
    if kind in ("Conv2DBackpropInput", "Conv3DBackpropInputV2"):
        return math.prod(shape(operation.inputs[2])) * math.prod(shape(operation.inputs[1])[:-1])
    if kind in ("MatMul", "BatchMatMulV2"):
        return math.prod(shape(operation.outputs[0])) * shape(operation.inputs[0])[-1]
    if kind == "Einsum":
        terms = operation.get_attr("equation").decode().split("->")[0].split(",")
        sides = {}
        for letters, tensor in zip(terms, operation.inputs, strict=True):
            dots = "ABCDEFGH"[: len(shape(tensor)) - len(letters.replace("...", ""))]
            sides |= dict(zip(letters.replace("...", dots), shape(tensor), strict=True))
        return math.prod(sides.values())
    return 0
