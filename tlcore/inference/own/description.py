"""The JSON description of a Keras network → a checked one of known layers only. Nothing of it is executed. Knows no TF.

Each layer of the result is built by this program: its class is looked up in a table, never imported by a name from the
file. Older notations (lists of layers, calls as lists, TensorFlow's operations) become one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from tlcore.inference.own.known_layers import (
    CONTAINERS,
    KNOWN,
    MODULES,
    OPERATIONS,
    PASSING,
    kept_arguments,
    plain_value,
)

MOST_LAYERS = 5_000
_DEEPEST = 10


class Unknown(ValueError):
    """A layer that cannot be rebuilt; says which one and why."""


def checked_network(network: dict, depth: int = 0) -> dict:
    """Check a network's description, layer by layer.

    Args:
        network: {"class_name": …, "config": …} as any version of Keras writes it.
        depth: how many networks it is nested in.

    Returns:
        {"layers": [layer], "inputs": [[name, call, tensor]], "outputs": [[name, call, tensor]]}. A layer is {"name",
        "kind", "arguments", "trainable", "calls"} and, where it is a network, "network". A call lists what goes in:
        {"from": [name, call, tensor]} or {"value": number or list}.

    Raises:
        ValueError: if it describes no network; Unknown if a layer is not known.
    """
    if depth > _DEEPEST or not isinstance(network, dict) or network.get("class_name") not in CONTAINERS:
        kind = network.get("class_name") if isinstance(network, dict) else network
        raise ValueError(f"it describes a {str(kind)[:60]}, no Functional or Sequential network")
    config = network.get("config")
    if isinstance(config, list):
        config = {"layers": config}  # as Keras up to 2.2 writes it
    config = config if isinstance(config, dict) else {}
    rows = config.get("layers")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_LAYERS:
        raise ValueError(f"it has no list of 1 to {MOST_LAYERS:,} layers")
    if network["class_name"] == "Sequential":
        return _chain(rows, depth)
    layers = [_layer(row, depth) | {"calls": list(_calls(row))} for row in rows]
    outputs = _ends(config.get("output_layers"))
    _count_calls_from_0(layers, outputs)
    return {
        "layers": layers,
        "inputs": _ends(config.get("input_layers")) or _input_rows(layers),
        "outputs": outputs,
    }


def _count_calls_from_0(layers: list[dict], outputs: list) -> None:
    """Keras 2 counts a nested network's calls from the one that made it, and Keras 3 does so in the outputs alone."""
    ends = [argument["from"] for layer in layers for call in layer["calls"] for argument in call if "from" in argument]
    first: dict[str, int] = {}
    for name, call, _ in ends:
        first[name] = min(call, first.get(name, call))
    last = {layer["name"]: len(layer["calls"]) - 1 for layer in layers}
    for end in [*ends, *outputs]:
        end[1] = min(end[1] - first.get(end[0], 0), last.get(end[0], 0))


def _chain(rows: list[dict], depth: int) -> dict:
    """Layers one after another; the first may carry the input's shape itself."""
    layers = [_layer(row, depth) for row in rows]
    if layers[0]["kind"] != "InputLayer":
        shape = _shape(rows[0].get("config"), rows[0])
        layers.insert(0, {"name": "input", "kind": "InputLayer", "arguments": {"shape": shape}, "trainable": True})
    layers[0]["calls"] = [[]]
    for before, layer in itertools.pairwise(layers):
        layer["calls"] = [[{"from": [before["name"], 0, 0]}]]
    return {
        "layers": layers,
        "inputs": [[layers[0]["name"], 0, 0]],
        "outputs": [[layers[-1]["name"], 0, 0]],
    }


def _layer(row: dict, depth: int) -> dict:
    kind, config = str(row.get("class_name")), row.get("config") or {}
    name = str(row.get("name") or (config.get("name") if isinstance(config, dict) else "") or kind)
    layer: dict[str, Any] = {"name": name, "kind": kind, "arguments": {}}
    layer["trainable"] = bool(config.get("trainable", True)) if isinstance(config, dict) else True
    module = str(row.get("module") or "keras")
    is_foreign = not any(f"{module}.".startswith(f"{known}.") for known in MODULES)
    if is_foreign or ">" in str(row.get("registered_name") or ""):
        raise Unknown(f"layer {name[:60]} is of a class of its own ({kind[:60]}), whose program is not in the file")
    try:
        if kind in CONTAINERS:
            layer["network"] = checked_network(row, depth + 1)
            if len(layer["network"]["inputs"]) != 1 or len(layer["network"]["outputs"]) != 1:
                raise Unknown(f"the network {name[:60]} inside has several inputs or outputs")
        elif kind == "InputLayer":
            layer["arguments"] = {"shape": _shape(config, row)}
        elif _is_operation(row):
            layer |= {"kind": "Operation", "arguments": _operation(row, name)}
        elif kind in PASSING:
            pass
        elif kind == "Lambda":
            raise Unknown(f"layer {name[:60]} is a Lambda layer, which holds program code that is never executed here")
        elif kind in KNOWN:
            layer["arguments"] = kept_arguments(kind, config)
        else:
            raise Unknown(f"layer {name[:60]} is of type {kind[:60]}, which cannot be rebuilt")
    except Unknown:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        if kind in CONTAINERS:
            raise
        raise Unknown(f"layer {name[:60]} ({kind[:60]}) cannot be rebuilt: {problem!s:.200}") from problem
    return layer


def _is_operation(row: dict) -> bool:
    """Tell an operation from a layer: HDF5 files do not say the module, and `Add` is the name of both."""
    if row["class_name"] in ("TFOpLambda", "SlicingOpLambda") or ".ops." in f"{row.get('module', '')}.":
        return True
    return row["class_name"] in OPERATIONS and "trainable" not in (row.get("config") or {})


def _operation(row: dict, name: str) -> dict:
    kind, config = row["class_name"], row.get("config") or {}
    function = str(config.get("function", "")) if kind in ("TFOpLambda", "SlicingOpLambda") else kind
    operation = OPERATIONS.get(function.removeprefix("tf."))
    if operation is None:
        raise Unknown(f"layer {name[:60]} is the operation {function[:60]}, which cannot be rebuilt")
    if operation == "pass" and "float" not in (numbers := _numbers_after_cast(row, config)):
        raise Unknown(f"layer {name[:60]} makes numbers of type {numbers[:60]}, which rounds them")
    return {"operation": operation} | ({"axis": int(config["axis"])} if operation == "stack" else {})


def _numbers_after_cast(row: dict, config: dict) -> str:
    """Type of the numbers that a cast gives: Keras 2 has it among the keywords of the call."""
    if row["class_name"] == "Cast":
        return str(config.get("dtype"))
    node = row["inbound_nodes"][0]
    return str((node if isinstance(node[0], str) else node[0])[3].get("dtype"))


def _shape(config: object, row: dict) -> list | None:
    config = config if isinstance(config, dict) else {}
    shape = config.get("batch_shape") or config.get("batch_input_shape")
    if not shape and isinstance(row.get("build_config"), dict):
        shape = row["build_config"].get("input_shape")
    shape = plain_value(shape) if shape else None
    if shape and not all(side is None or (isinstance(side, int) and 0 < side <= 100_000) for side in shape):
        raise ValueError(f"an input of shape {shape}")
    return shape[1:] if shape else None


def _ends(value: object) -> list:
    """Inputs or outputs: one [name, call, tensor], or a list of them."""
    if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str) and isinstance(value[1], int):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [end for row in value for end in _ends(row)]
    return []


def _input_rows(layers: list[dict]) -> list:
    return [[layer["name"], 0, 0] for layer in layers if layer["kind"] == "InputLayer"]


def _calls(row: dict) -> Iterator[list[dict]]:
    """What goes into each call of a layer."""
    nodes = row.get("inbound_nodes") or []
    if not nodes:
        yield []
    for node in nodes:
        if isinstance(node, dict) and row["class_name"] == "GetItem":
            tensor, index = node["args"]
            yield [*_arguments(tensor), {"value": _index(index)}]
        elif isinstance(node, dict):  # Keras 3
            yield list(_arguments([node.get("args", []), node.get("kwargs", {})]))
        else:
            rows = [node] if node and isinstance(node[0], str) else node
            yield [argument for tensor in rows for argument in _older_arguments(tensor)]


def _arguments(value: object) -> Iterator[dict]:
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            yield {"from": list(value["config"]["keras_history"])}
        elif "class_name" in value:
            yield {"value": plain_value(value)}
        else:
            # The keywords of a layer's call are `mask` and `training`; operations have their second operand there.
            for name, inner in value.items():
                if name not in ("mask", "training", "dtype"):
                    yield from _arguments(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _arguments(inner)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield {"value": value}


def _older_arguments(tensor: list) -> Iterator[dict]:
    """Of Keras 2: ["name", call, tensor, keywords]; operations have their second operand among the keywords."""
    yield {"from": list(tensor[:3])}
    keywords = tensor[3] if len(tensor) > 3 and isinstance(tensor[3], dict) else {}
    for name in ("y", "bias", "value"):
        if name in keywords and keywords[name] is not None:
            value = keywords[name]
            ends = _ends(value) if isinstance(value, list) else []
            yield {"from": ends[0]} if ends else {"value": plain_value(value)}
    if "slice_spec" in keywords:
        yield {"value": _index(keywords["slice_spec"])}


def _index(parts: list) -> str | int:
    """Read an index of the last axis alone: "reverse", or the number of a channel.

    Raises:
        Unknown: if it is another one.
    """
    *before, last = [part.get("config", part) if isinstance(part, dict) else part for part in parts]
    is_last = before in ([{}], ["..."], ["Ellipsis"], [{"value": "..."}]) or (
        len(parts) == 4 and all(isinstance(part, dict) and not any(part.values()) for part in before)
    )
    if is_last and isinstance(last, int):
        return last
    if is_last and isinstance(last, dict) and last.get("step") == -1 and not (last.get("start") or last.get("stop")):
        return "reverse"
    raise Unknown("an operation takes a part of the numbers, which cannot be rebuilt")
