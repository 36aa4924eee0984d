"""What a network computes, as a digest: the key under which what it computed is kept. [TF]"""

from __future__ import annotations

import hashlib
import json

import keras
import numpy as np


def function_digest(model: keras.Model) -> str:
    """Identify the function that a model computes in inference mode.

    Neither the name of a layer nor a digest of the weights would do: two networks with the same weights differ by
    their pooling, by a ReLU at the end, or by how they are connected.

    Args:
        model: any built functional model.

    Returns:
        SHA-256 over all layers with their settings and connections, and all weights: 64 hexadecimal digits. What is
        trained of the model makes no difference.
    """
    config = _without_trainable(keras.saving.serialize_keras_object(model))
    digest = hashlib.sha256(json.dumps(config, sort_keys=True).encode())
    for weight in model.weights:
        array = np.ascontiguousarray(weight)
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(array)
    return digest.hexdigest()


def _without_trainable(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_trainable(item) for key, item in value.items() if key != "trainable"}
    return [_without_trainable(item) for item in value] if isinstance(value, list | tuple) else value
