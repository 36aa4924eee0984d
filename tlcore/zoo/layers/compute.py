"""Compute layer tables from built networks and save them. [TF]

python -m tlcore.zoo.layers.compute            all architectures
python -m tlcore.zoo.layers.compute VGG16 …    some
"""

from __future__ import annotations

import argparse
import json
import logging
import math
from pathlib import Path

import keras

from tlcore.storage.files import replacing
from tlcore.zoo.architecture import Architecture
from tlcore.zoo.build import build
from tlcore.zoo.catalog import ARCHITECTURES, find
from tlcore.zoo.compat import input_tensors, made_by
from tlcore.zoo.layers.blocks import block_names, with_classifier
from tlcore.zoo.layers.formulas.costs import Field, detail, multiply_adds, receptive_field, sliding_window
from tlcore.zoo.layers.formulas.facts import LayerFacts
from tlcore.zoo.layers.tables import LayerRow, LayerTable, snapshot_path

log = logging.getLogger(__name__)


def compute_table(model: keras.Model, name: str, blocks: str = "", blocks_close: bool = False) -> LayerTable:
    """Describe every layer of a built network.

    Args:
        model: a functional model.
        name: for the table.
        blocks: regular expression whose first group names the block; see `Architecture.blocks`.
        blocks_close: True where a matching name ends its block.

    Returns:
        The table.
    """
    names = [layer.name for layer in model.layers]
    rows: list[LayerRow] = []
    fields: dict[str, Field] = {}
    for index, (layer, block) in enumerate(zip(model.layers, block_names(names, blocks, blocks_close), strict=True)):
        sources = _sources(layer)
        field = [fields[source] for source in sources]
        cost = 0
        for part in layer.layers if isinstance(layer, keras.Sequential) else [layer]:
            facts = _facts(part)
            cost += multiply_adds(facts)
            field = [receptive_field(facts, field)]
        fields[layer.name] = field[0]
        rows.append(
            LayerRow(
                index=index,
                name=layer.name,
                type=type(layer).__name__,
                detail=detail(layer.get_config()),
                window=sliding_window(layer.get_config()),
                output_shape=_shape(layer.output.shape),
                parameters=layer.count_params(),
                trainable=sum(math.prod(weight.shape) for weight in layer.trainable_weights),
                multiply_adds=cost,
                receptive_field=field[0][0],
                stride=field[0][1],
                connected_to=sources,
                block=block,
            )
        )
    return LayerTable(name, with_classifier(rows))


def compute_architecture(
    architecture: Architecture,
    input_size: int | None = None,
    classes: int | None = None,
    include_top: bool = True,
) -> LayerTable:
    """Build an architecture with random weights and describe its layers.

    Args:
        architecture: a row of the catalog.
        input_size: side of the square input in pixels; None for the original's.
        classes: output units; None for the original's.
        include_top: with the classifier or without.

    Returns:
        The table.

    Raises:
        InputError: if the network cannot be built that way.
    """
    model = build(architecture, input_size=input_size, include_top=include_top, classes=classes)
    return compute_table(model, architecture.name, architecture.blocks, architecture.blocks_close)


def save_table(table: LayerTable) -> Path:
    """Save a table where `tables.layer_table` finds it.

    Args:
        table: of an architecture in its original form.

    Returns:
        The file written.
    """
    path = snapshot_path(table.name)
    columns = ",\n".join(
        f"{json.dumps(column)}: {json.dumps(values, ensure_ascii=False, separators=(',', ':'))}"
        for column, values in table.to_json()["columns"].items()
    )
    with replacing(path) as temporary:
        temporary.write_text(f'{{"name": {json.dumps(table.name)}, "columns": {{\n{columns}\n}}}}\n', encoding="utf-8")
    return path


def _sources(operation: keras.Operation) -> tuple[str, ...]:
    """Names of the layers that feed a layer; bare operations in between, such as a `+`, are passed over."""
    names: dict[str, None] = {}
    for source in map(made_by, input_tensors(operation)):
        names |= dict.fromkeys([source.name] if isinstance(source, keras.Layer) else _sources(source))
    return tuple(names)


def _facts(layer: keras.Layer) -> LayerFacts:
    inputs = layer.input if isinstance(layer.input, list) else [layer.input]
    shapes = () if isinstance(layer, keras.layers.InputLayer) else tuple(_shape(tensor.shape) for tensor in inputs)
    return LayerFacts(type(layer).__name__, layer.get_config(), shapes, _shape(layer.output.shape))


def _shape(shape: tuple) -> tuple[int, ...]:
    return tuple(int(side) for side in shape[1:])


def main() -> None:
    """Compute and save the tables of the architectures named on the command line, or of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="*", help="architecture; all if none is given")
    wanted = parser.parse_args().name
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for architecture in [find(name) for name in wanted] or ARCHITECTURES:
        table = compute_architecture(architecture)
        save_table(table)
        log.info(
            "%s: %s layers, %s parameters, %s multiply-adds",
            table.name,
            len(table.rows),
            f"{table.parameters:,}",
            f"{table.multiply_adds:,}",
        )


if __name__ == "__main__":
    main()
