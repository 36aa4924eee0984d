"""What Keras keeps to itself and this project needs, with the public way that is missing. [TF]"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
from keras.src.utils import file_utils
from keras.src.utils.naming import reset_uids, to_snake_case


def reset_layer_names() -> None:
    """Number unnamed layers from zero again. In public only `clear_session` does so, which forgets all else, too."""
    reset_uids()


def default_layer_name(kind: str) -> str:
    """The name that Keras gives the first layer of a class, such as "conv2d"; in public, only by building one.

    Args:
        kind: name of the class.
    """
    return to_snake_case(kind)


def input_tensors(operation: keras.Operation) -> list[keras.KerasTensor]:
    """What a layer or an operation of a functional model was called with; `Layer.input` knows no bare operations.

    Args:
        operation: one of `model.operations`.

    Returns:
        The tensors of its first call; none for an input.
    """
    return [tensor for node in operation._inbound_nodes[:1] for tensor in node.input_tensors]


def output_tensor(operation: keras.Operation) -> keras.KerasTensor:
    """What the first call of a layer or an operation gave; see `input_tensors`."""
    return operation._inbound_nodes[0].output_tensors[0]


def made_by(tensor: keras.KerasTensor) -> keras.Operation:
    """The layer or operation that gave a tensor of a functional model. No public attribute names it."""
    return tensor._keras_history.operation


@contextmanager
def downloads_through(get_file: Callable[..., str]) -> Iterator[None]:
    """Let Keras Applications fetch weights through another function; it takes none as an argument.

    Args:
        get_file: takes the file name, `origin`, `cache_subdir` and `file_hash`, and returns the path.
    """
    module: Any = file_utils
    original = module.get_file
    module.get_file = get_file
    try:
        yield
    finally:
        module.get_file = original
