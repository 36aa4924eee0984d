"""Open a user's own network, a `.keras` or `.h5` file, as data: nothing in it is ever executed. Knows no TensorFlow.

Only the JSON description of the layers is read. Layers whose class is not known here, and Lambda layers, which hold
program code, become opaque boxes: their shape is taken from what the file says about the layers that follow, their cost
is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from tlcore.errors import InputError
from tlcore.guard import run
from tlcore.settings import settings
from tlcore.zoo.layers.blocks import with_classifier
from tlcore.zoo.layers.costs import Field, LayerFacts, Shape, detail, multiply_adds, receptive_field, sliding_window
from tlcore.zoo.layers.shapes import SHAPES, output_shape, parameter_count
from tlcore.zoo.layers.tables import LayerRow, LayerTable
from tlcore.zoo.opened.saved_file import read_config, unreadable

MAX_LAYERS = 5_000
MAX_CONNECTIONS = 10_000
MAX_SIDES = 8  # of a shape
MAX_NUMBER = 10**16  # a thousand times the multiply-adds of the largest networks there are
MAX_TEXT = 500  # characters of a name
ASSUMED_SIDE = 224  # for inputs that take pictures of any size
OPAQUE = "opaque: unknown type, never executed"
CONTAINERS = ("Functional", "Model", "Sequential")


def open_network(data: bytes, file_name: str) -> LayerTable:
    """Read the layers of a saved Keras network.

    Args:
        data: the whole file.
        file_name: as the user calls it, ending in .keras, .h5 or .hdf5.

    Returns:
        Its layer table. Nested networks are one layer each.

    Raises:
        InputError: if it is too large, no Keras file, or describes no network of layers.
    """
    limit = settings().max_weights_bytes
    if len(data) > limit:
        raise InputError(f"a file of at most {limit:,} bytes", f"{len(data):,}", "Save the network without weights.")
    return LayerTable.from_json(run("network", data, file_name))


def describe_network(data: bytes, name: str) -> dict:
    """Read the layers of a saved Keras network in this process, which only a child of `tlcore.guard` may.

    Args:
        data: the whole file.
        name: as the user calls it.

    Returns:
        The layer table as plain values.

    Raises:
        InputError: as `open_network`.
    """
    try:
        return _table(read_config(data, name), PurePath(name).stem).to_json()
    except (MemoryError, InputError):
        raise
    except Exception as problem:  # a description that means ill can break any expectation
        reason = f"{problem!r:.{MAX_TEXT}}"
        raise unreadable(name, f"its description of the layers cannot be followed ({reason})") from problem


def _table(network: dict, name: str) -> LayerTable:
    if network.get("class_name") not in CONTAINERS:
        raise ValueError(f"class {network.get('class_name')!r} is not a Functional or Sequential network")
    layers = network["config"]["layers"]
    if not 0 < len(layers) <= MAX_LAYERS:
        raise ValueError(f"{len(layers)} layers; 1 to {MAX_LAYERS:,} can be shown")
    layers = list(_with_sources(layers, network["class_name"] == "Sequential"))
    if sum(len(sources) for _, _, sources in layers) > MAX_CONNECTIONS:
        raise ValueError(f"more than {MAX_CONNECTIONS:,} connections between layers")
    recorded = {source: shape for _, _, sources in layers for source, shape in sources.items() if shape}
    rows: dict[str, LayerRow] = {}
    for index, (own_name, layer, sources) in enumerate(layers):
        known_sources = tuple(source for source in sources if source in rows)
        if len(known_sources) != len(sources):
            raise ValueError(f"layer {own_name} is fed by a layer that does not come before it")
        if own_name in rows:
            raise ValueError(f"two layers are called {own_name}")
        inputs = [rows[source].output_shape for source in known_sources]
        shape, count, trainable = _describe(layer, inputs, recorded.get(own_name))
        kind, config = str(layer["class_name"]), layer.get("config", {})
        facts = LayerFacts(kind, config, tuple(inputs), shape)
        fields: list[Field] = [(rows[source].receptive_field, rows[source].stride) for source in known_sources]
        field = receptive_field(facts, fields)
        known = kind in SHAPES or kind == "InputLayer"
        row = LayerRow(
            index=index,
            name=own_name,
            type=kind,
            detail=detail(config) if known else _nested_detail(layer) or OPAQUE,
            window=sliding_window(config) if known else None,
            output_shape=shape,
            parameters=count,
            trainable=trainable,
            multiply_adds=multiply_adds(facts) if known else 0,
            receptive_field=field[0],
            stride=field[1],
            connected_to=known_sources,
            block="" if field[1] is None else f"stride {field[1]:g}",
        )
        _check_row(row)
        rows[own_name] = row
    return LayerTable(name, with_classifier(list(rows.values())))


def _check_row(row: LayerRow) -> None:
    """Refuse texts and numbers that no network has and that what draws them could not cope with."""
    for text in (row.name, row.type, row.detail):
        if len(text) > MAX_TEXT:
            raise ValueError(f"a text of {len(text):,} characters in layer {row.name:.40}")
    sizes = (row.parameters, row.trainable, row.multiply_adds, row.receptive_field or 0, row.stride or 0)
    if not all(0 <= number <= MAX_NUMBER for number in (*sizes, *(row.window or ()))):
        raise ValueError(f"a number out of all proportion in layer {row.name}")
    _check_shape(row.output_shape)


def _check_shape(shape: Shape) -> None:
    if len(shape) > MAX_SIDES or not all(type(side) is int and 0 <= side <= MAX_NUMBER for side in shape):
        raise ValueError(f"a shape of {len(shape):,} sides, {shape[:MAX_SIDES]!s:.80}")


def _nested_detail(layer: dict) -> str:
    if layer["class_name"] not in CONTAINERS:
        return ""
    return f"a network of {len(layer['config']['layers'])} layers inside this one"


def _describe(layer: dict, inputs: list[Shape], recorded: Shape | None) -> tuple[Shape, int, int]:
    """Shape, parameters and trainable parameters of one layer; an empty shape where nothing tells it."""
    kind, config = str(layer["class_name"]), layer.get("config", {})
    if kind == "InputLayer":
        return _input_shape(config), 0, 0
    if kind in CONTAINERS:
        inner = _table(_with_input(layer, inputs), str(config.get("name", kind)))
        return inner.rows[-1].output_shape, inner.parameters, inner.trainable
    shape = output_shape(kind, config, inputs) if inputs else None
    if shape is None:
        return recorded or (), 0, 0
    return shape, *parameter_count(kind, config, inputs, shape)


def _with_input(layer: dict, inputs: list[Shape]) -> dict:
    """A nested network whose first input has the shape that really comes in."""
    layers = list(layer["config"]["layers"])
    if inputs and inputs[0] and layers and layers[0]["class_name"] == "InputLayer":
        first = dict(layers[0], config=dict(layers[0]["config"], batch_shape=[None, *inputs[0]]))
        layers[0] = first
    return {"class_name": layer["class_name"], "config": {**layer["config"], "layers": layers}}


def _input_shape(config: dict) -> Shape:
    shape = config.get("batch_shape") or config.get("batch_input_shape") or config["shape"]
    sides = [ASSUMED_SIDE if side is None else int(side) for side in shape[1 : MAX_SIDES + 2]]
    _check_shape(tuple(sides))
    if not sides or not all(0 < side <= 100_000 for side in sides):
        raise ValueError(f"an input of shape {sides}")
    return tuple(sides)


def _with_sources(layers: list[dict], chain: bool) -> Iterator[tuple[str, dict, dict[str, Shape | None]]]:
    """Give each layer its name and those that feed it, with the shapes that the file records for them."""
    previous = None
    for layer in layers:
        config = layer.get("config", {})
        name = str(layer.get("name") or config["name"])
        if chain:
            if previous is None and layer["class_name"] != "InputLayer":
                shape = config.get("batch_input_shape") or config.get("batch_shape") or _built(layer)
                if shape:
                    yield "input", {"class_name": "InputLayer", "config": {"batch_shape": shape}}, {}
                    previous = "input"
            yield name, layer, {previous: None} if previous else {}
            previous = name
        else:
            yield name, layer, dict(_feeding(layer.get("inbound_nodes", [])[:1]))


def _built(layer: dict) -> list | None:
    return (layer.get("build_config") or {}).get("input_shape")


def _feeding(nodes: object) -> Iterator[tuple[str, Shape | None]]:
    """Find the feeding layers in the first call of a layer, in the notation of Keras 3 or of Keras 2."""
    if isinstance(nodes, dict):
        if nodes.get("class_name") == "__keras_tensor__":
            tensor = nodes["config"]
            shape = tuple(ASSUMED_SIDE if side is None else int(side) for side in tensor["shape"][1:])
            yield str(tensor["keras_history"][0]), shape
        else:
            for value in nodes.values():
                yield from _feeding(value)
    elif isinstance(nodes, list):
        if len(nodes) >= 3 and isinstance(nodes[0], str) and isinstance(nodes[1], int):
            yield nodes[0], None
        else:
            for value in nodes:
                yield from _feeding(value)
