"""Layer tables: what every layer of a network does and costs, read from small saved files. Knows no TensorFlow."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tlcore.errors import MissingError

SNAPSHOTS = Path(__file__).parent / "snapshots"
COLUMNS = (
    "name",
    "type",
    "detail",
    "window",
    "output_shape",
    "parameters",
    "trainable",
    "multiply_adds",
    "receptive_field",
    "stride",
    "connected_to",
    "block",
)


@dataclass(frozen=True)
class LayerRow:
    """One layer.

    Args:
        index: position in the network, from 0, the input.
        name: as Keras knows it.
        type: its class, such as "Conv2D".
        detail: its settings in short, such as "3×3, stride 2, relu".
        window: what slides over its input: (side in its input's pixels, step, whether the input is padded so that
            only the step makes it smaller); None where nothing slides.
        output_shape: without the batch: (height, width, channels) or (units,).
        parameters: numbers it holds.
        trainable: how many of them training changes.
        multiply_adds: multiplications with an addition for one image; only convolutions and dense layers are counted,
            as in the papers.
        receptive_field: side in input pixels of what one output value sees; None for the whole input.
        stride: input pixels between neighboring output values; None where the output is no map.
        connected_to: names of the layers that feed it.
        block: the part of the network it belongs to.
    """

    index: int
    name: str
    type: str
    detail: str
    window: tuple[int, int, bool] | None
    output_shape: tuple[int, ...]
    parameters: int
    trainable: int
    multiply_adds: int
    receptive_field: int | None
    stride: float | None
    connected_to: tuple[str, ...]
    block: str


@dataclass(frozen=True)
class LayerTable:
    """All layers of one network.

    Args:
        name: of the architecture or file.
        rows: in the order of `model.layers`.
    """

    name: str
    rows: tuple[LayerRow, ...]

    @property
    def parameters(self) -> int:
        """All numbers the network holds."""
        return sum(row.parameters for row in self.rows)

    @property
    def trainable(self) -> int:
        """How many of them training changes."""
        return sum(row.trainable for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Multiplications with an addition for one image."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def depth(self) -> int:
        """Layers with weights on the longest way from input to output, as papers count depth.

        Counted are convolutions and dense layers; a depthwise and a pointwise convolution count as two.
        """
        longest: dict[str, int] = {}
        for row in self.rows:
            before = max((longest[name] for name in row.connected_to), default=0)
            longest[row.name] = before + DEPTH.get(row.type, 0)
        return max(longest.values(), default=0)

    def row(self, name: str) -> LayerRow:
        """Find a layer by its name; raises KeyError if there is none."""
        return self._by_name[name]

    @functools.cached_property
    def _by_name(self) -> dict[str, LayerRow]:
        return {row.name: row for row in self.rows}

    def to_json(self) -> dict:
        """Turn the table into columns that `from_json` reads; feeding layers are given by index."""
        index = {row.name: row.index for row in self.rows}
        columns = {column: [getattr(row, column) for row in self.rows] for column in COLUMNS}
        columns["connected_to"] = [[index[name] for name in row.connected_to] for row in self.rows]
        return {"name": self.name, "columns": columns}

    @classmethod
    def from_json(cls, record: dict) -> LayerTable:
        """Read what `to_json` wrote."""
        columns = record["columns"]
        names = columns["name"]
        rows = []
        for index, values in enumerate(zip(*(columns[column] for column in COLUMNS), strict=True)):
            fields = dict(zip(COLUMNS, values, strict=True))
            fields["output_shape"] = tuple(fields["output_shape"])
            fields["window"] = tuple(fields["window"]) if fields["window"] else None
            fields["connected_to"] = tuple(names[source] for source in fields["connected_to"])
            rows.append(LayerRow(index=index, **fields))
        return cls(record["name"], tuple(rows))


DEPTH = {
    "Conv2D": 1,
    "DepthwiseConv2D": 1,
    "SeparableConv2D": 2,
    "Conv2DTranspose": 1,
    "Dense": 1,
}


def snapshot_path(name: str) -> Path:
    """Say where the saved table of an architecture is."""
    return SNAPSHOTS / f"{name}.json"


@functools.lru_cache(maxsize=16)
def layer_table(name: str) -> LayerTable:
    """Read the saved layer table of an architecture.

    Args:
        name: exact name of a catalog row, such as "MobileNetV2".

    Returns:
        The table of the original: its own input size, with its classifier.

    Raises:
        MissingError: if no table was saved.

    Example:
        >>> table = layer_table("VGG16")
        >>> len(table.rows), f"{table.parameters:,}"
        (23, '138,357,544')
    """
    return LayerTable.from_json(_read_snapshot(name))


def _read_snapshot(name: str) -> dict:
    path = snapshot_path(name)
    if not path.is_file():
        raise MissingError(
            f"a saved layer table for {name}",
            f"no file {path.name}",
            f"Run `python -m tlcore.zoo.layers.compute {name}`.",
        )
    return json.loads(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Totals:
    """What a whole network costs.

    Args:
        layers: how many it has.
        parameters: all numbers it holds.
        multiply_adds: multiplications with an addition for one image.
    """

    layers: int
    parameters: int
    multiply_adds: int


@functools.cache
def layer_totals(name: str) -> Totals:
    """Sum the saved layer table of an architecture up, without reading every layer of it.

    Args:
        name: exact name of a catalog row.

    Returns:
        The totals of the original.

    Raises:
        MissingError: if no table was saved.
    """
    columns = _read_snapshot(name)["columns"]
    return Totals(len(columns["name"]), sum(columns["parameters"]), sum(columns["multiply_adds"]))


def summary_text(table: LayerTable, width: int = 110) -> str:
    """Write a table as `model.summary()` does.

    Args:
        table: any layer table.
        width: characters a line.

    Returns:
        Plain text, one line a layer, totals below.
    """
    shares = (0.36, 0.22, 0.14)
    edges = [int(width * sum(shares[: count + 1])) for count in range(len(shares))]

    def line(cells: Iterable[str]) -> str:
        text = ""
        for cell, edge in zip(cells, [*edges, width], strict=True):
            text = (text + cell)[: edge - 1].ljust(edge)
        return text.rstrip()

    rows = [line(("Layer (type)", "Output shape", "Parameters", "Connected to")), "=" * width]
    rows += [
        line(
            (
                f"{row.name} ({row.type})",
                str((None, *row.output_shape)),
                f"{row.parameters:,}",
                ", ".join(row.connected_to),
            )
        )
        for row in table.rows
    ]
    rows += [
        "=" * width,
        f"Parameters: {table.parameters:,}",
        f"Trainable parameters: {table.trainable:,}",
        f"Non-trainable parameters: {table.parameters - table.trainable:,}",
        f"Multiply-adds for one image: {table.multiply_adds:,}",
    ]
    return "\n".join(rows)
