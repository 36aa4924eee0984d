"""Reading a description of layers as Keras writes it: entries, their names and shapes, the tensors in a call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Path = tuple[str, ...]  # the names of the networks around a layer, and its own
Recorded = tuple[int | None, ...]  # a shape without the batch, as the file has it


def is_network(layer: object) -> bool:
    """Tell whether an entry among the layers is a network of layers.

    Args:
        layer: as Keras writes it.
    """
    if not isinstance(layer, dict):
        return False
    config = layer.get("config")
    if isinstance(config, list):  # Keras 2.2 and older
        return layer.get("class_name") == "Sequential"
    return isinstance(config, dict) and isinstance(config.get("layers"), list)


def inner_layers(network: dict, around: Path = ()) -> Iterator[tuple[Path, dict]]:
    """Walk through the layers of a network and of the networks inside, each once, in the order of the file.

    Args:
        network: that `is_network`.
        around: its own path; empty for the outermost.

    Yields:
        Path and entry of each; networks come before what is in them.
    """
    for layer in layers_of(network):
        path = (*around, name_of(layer))
        yield path, layer
        if is_network(layer):
            yield from inner_layers(layer, path)


def layers_of(network: dict) -> list[dict]:
    """The entries of a network."""
    config = network["config"]
    return config if isinstance(config, list) else config["layers"]


def name_of(layer: dict) -> str:
    """The name of a layer, as Keras knows it."""
    config = layer.get("config")
    own = layer.get("name") or (config.get("name") if isinstance(config, dict) else None)
    return str(own or layer["class_name"])


def built_for(layer: dict) -> object:
    """The shape, with its batch, that a layer says it was built for; None if it says none."""
    return (layer.get("build_config") or {}).get("input_shape")


def recorded(shape: object) -> Recorded | None:
    """Read a shape with its batch, as a file has it; None if it is none."""
    if not isinstance(shape, list) or not all(side is None or isinstance(side, int) for side in shape):
        return None
    return tuple(shape[1:])


def tensors_in(node: object) -> Iterator[tuple[str, int, int, Recorded | None]]:
    """Find the tensors in a call.

    Args:
        node: the arguments, in the notation of any version of Keras.

    Yields:
        (layer that gives it, which call of that layer, which of its tensors, recorded shape).
    """
    if isinstance(node, dict):
        if node.get("class_name") == "__keras_tensor__":
            name, number, place = node["config"]["keras_history"]
            yield str(name), int(number), int(place), recorded(node["config"].get("shape"))
        else:
            yield from _tensors_in_all(node.values())
    elif isinstance(node, list):
        if len(node) >= 3 and isinstance(node[0], str) and type(node[1]) is int and type(node[2]) is int:
            if node[1] >= 0:  # a constant has -1
                yield node[0], node[1], node[2], None
            yield from _tensors_in_all(node[3:])
        else:
            yield from _tensors_in_all(node)


def _tensors_in_all(values: Iterable[object]) -> Iterator[tuple[str, int, int, Recorded | None]]:
    for value in values:
        yield from tensors_in(value)


def named_arguments(node: object) -> dict[str, Any]:
    """The named arguments of a call that are no tensors."""
    if isinstance(node, dict):
        named = node.get("kwargs")
    elif isinstance(node, list) and node and isinstance(node[0], list):
        return named_arguments(node[0])
    else:
        named = node[3] if isinstance(node, list) and len(node) > 3 else None
    return {name: value for name, value in (named or {}).items() if not list(tensors_in(value)) and name != "name"}
