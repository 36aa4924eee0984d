"""Open a user's own network as data: nothing in the file is ever executed. Knows no TensorFlow.

Read are the description of the layers, and which weights the file holds. Layers whose class is not known here, and
Lambda layers, which hold program code, stay closed: the totals say that they are at least so much.
"""

from __future__ import annotations

from pathlib import Path, PurePath

from tlcore.errors import InputError
from tlcore.guard import run
from tlcore.settings import settings
from tlcore.zoo.layers.tables import LayerRow, LayerTable
from tlcore.zoo.opened.bare_weights import weights_row
from tlcore.zoo.opened.description import is_network
from tlcore.zoo.opened.lite_file import lite_table
from tlcore.zoo.opened.saved_file import LITE, SavedFile, config_of, open_saved, open_weights, unreadable
from tlcore.zoo.opened.table import MAX_SIDES, layer_table
from tlcore.zoo.opened.weights import Held, held_weights

MAX_NUMBER = 10**16  # a thousand times the multiply-adds of the largest networks there are
MAX_TEXT = 500  # characters of a name
_NO_DESCRIPTION = (
    "The file does not describe how its layers are connected: {name} is a class of its own, known only to the program "
    "that wrote it. Shown are its weights by group."
)


def open_network(data: bytes | Path, file_name: str) -> LayerTable:
    """Read the layers of a saved network.

    Args:
        data: the whole file, or where it is; large ones are better left where they are.
        file_name: as the user calls it.

    Returns:
        Its layer table. Networks inside are unfolded; where a network does not describe its layers, a row for each
        group of its weights.

    Raises:
        InputError: if it is too large, no network of Keras or LiteRT, or describes no network of layers.
    """
    limit, size = settings().max_weights_bytes, len(data) if isinstance(data, bytes) else data.stat().st_size
    if size > limit:
        raise InputError(f"a file of at most {limit:,} bytes", f"{size:,}", "Save the network without weights.")
    return LayerTable.from_json(run("network", data, file_name))


def describe_network(data: bytes | Path, name: str) -> dict:
    """Read the layers of a saved network in this process, which only a child of `tlcore.guard` may.

    Args:
        data: as `open_network` takes it.
        name: as the user calls it.

    Returns:
        The layer table as plain values.

    Raises:
        InputError: as `open_network`.
    """
    title = PurePath(name).stem
    try:
        with open_saved(data, name) as saved:
            table = lite_table(saved.stream.read(), title) if saved.kind == LITE else _table(saved, title)
        for row in table.rows:
            _check(row)
        return table.to_json()
    except (MemoryError, InputError):
        raise
    except Exception as problem:  # a description that means ill can break any expectation
        reason = f"{problem!r:.{MAX_TEXT}}"
        raise unreadable(name, f"its description of the layers cannot be followed ({reason})") from problem


def _table(saved: SavedFile, title: str) -> LayerTable:
    network = config_of(saved)
    if not isinstance(network, dict):
        raise ValueError("it is no description of a network")
    is_described = is_network(network)
    with open_weights(saved) as file:
        held = held_weights(file, network if is_described else None) if file is not None else None
    if is_described:
        return layer_table(network, held, title)
    kind = str(network.get("class_name"))
    if held is None or not held.parameters:
        raise ValueError(f"class {kind!r:.80} is not a Functional or Sequential network")
    return _undescribed(kind, held, title)


def _undescribed(kind: str, held: Held, title: str) -> LayerTable:
    """What can be said of a network that is a program of its own: what it holds."""
    rows = [weights_row(index, name, shapes) for index, (name, shapes) in enumerate(held.elsewhere.items())]
    return LayerTable(title, tuple(rows), (_NO_DESCRIPTION.format(name=kind),))


def _check(row: LayerRow) -> None:
    """Refuse texts and numbers that no network has and that what draws them could not cope with."""
    for text in (row.name, row.type, row.detail, row.block):
        if len(text) > MAX_TEXT:
            raise ValueError(f"a text of {len(text):,} characters in layer {row.name:.40}")
    sizes = (row.parameters, row.trainable, row.multiply_adds, row.receptive_field or 0, row.stride or 0)
    if not all(0 <= number <= MAX_NUMBER for number in (*sizes, *(row.window or ()))):
        raise ValueError(f"a number out of all proportion in layer {row.name:.40}")
    shape = row.output_shape
    if len(shape) > MAX_SIDES or not all(type(side) is int and 0 <= side <= MAX_NUMBER for side in shape):
        raise ValueError(f"a shape of {len(shape):,} sides, {shape[:MAX_SIDES]!s:.80}")
