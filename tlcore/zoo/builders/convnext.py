"""ConvNeXt as Keras builds it, with a name for the sum at the end of each block. [TF]

Keras writes these sums as a bare `+`, which is an operation but no layer: it cannot be named, cut at or listed. The
weights are the same, in the same order.
"""

from __future__ import annotations

import keras
from keras import layers

from tlcore.zoo.compat import input_tensors, made_by, output_tensor


def convnext(variant: str, **arguments: object) -> keras.Model:
    """Build a ConvNeXt.

    Args:
        variant: name of the constructor in `keras.applications`.
        arguments: passed on to it: input_shape, classes, include_top, weights.

    Returns:
        The network, whose weights are random unless the constructor only fetched them.
    """
    original = getattr(keras.applications, variant)(**arguments)
    picture = keras.Input(original.input_shape[1:], name=original.layers[0].name)
    tensors = {id(original.input): picture}
    for operation in original.operations[1:]:
        inputs = [tensors[id(tensor)] for tensor in input_tensors(operation)]
        if isinstance(operation, keras.Layer):
            (input_tensor,) = inputs
            output = type(operation).from_config(operation.get_config())(input_tensor)
        else:
            branch = made_by(input_tensors(operation)[-1]).name
            output = layers.Add(name=branch.replace("_identity", "_add"))(inputs)
        tensors[id(output_tensor(operation))] = output
    return keras.Model(picture, tensors[id(original.output)], name=original.name)
