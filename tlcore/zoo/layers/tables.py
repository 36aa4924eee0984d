"""Layer tables: what every layer of a network does and costs, read from small saved files. Knows no TensorFlow."""

from __future__ import annotations

import functools
import json
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
        multiply_adds: multiplications with an addition for one image; only convolutions, dense, recurrent and attention
            layers are counted, as in the papers.
        receptive_field: side in input pixels of what one output value sees; None for the whole input.
        stride: input pixels between neighboring output values; None where the output is no map.
        connected_to: names of the layers that feed it.
        block: the part of the network it belongs to.
        unknown: which of these facts nobody can tell, of `UNKNOWABLE`; a count among them is 0 here, or what is known
            of it. Only files of users leave something open.
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
    unknown: tuple[str, ...] = ()

    @property
    def is_closed(self) -> bool:
        """Whether nobody can tell what the layer does."""
        return "function" in self.unknown

    def known(self, measure: str) -> int | None:
        """Give a count; None where it is not known.

        Args:
            measure: "parameters", "trainable", "multiply_adds" or "receptive_field".
        """
        return None if measure in self.unknown else getattr(self, measure)


@dataclass(frozen=True)
class LayerTable:
    """All layers of one network.

    Args:
        name: of the architecture or file.
        rows: in the order of `model.layers`.
        notes: what else a reader has to know of the figures, in sentences.
    """

    name: str
    rows: tuple[LayerRow, ...]
    notes: tuple[str, ...] = ()

    def is_complete(self, measure: str) -> bool:
        """Tell whether a total is the whole; if not, it is at least so much.

        Args:
            measure: "parameters", "trainable", "multiply_adds" or "depth".
        """
        return not any(measure in row.unknown for row in self.rows)

    @property
    def is_connected(self) -> bool:
        """Whether it is known which layers feed which."""
        return any(row.connected_to for row in self.rows)

    @property
    def inputs(self) -> tuple[LayerRow, ...]:
        """What the network takes."""
        return tuple(row for row in self.rows if row.type == "InputLayer")

    @property
    def outputs(self) -> tuple[LayerRow, ...]:
        """Layers that feed no other."""
        feeding = {name for row in self.rows for name in row.connected_to}
        return tuple(row for row in self.rows if row.connected_to and row.name not in feeding)

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

        Counted are convolutions, dense and recurrent layers; a depthwise and a pointwise convolution count as two, and
        so do the projections before and after attention.
        """
        longest: dict[str, int] = {}
        for row in self.rows:
            before = max((longest[name] for name in row.connected_to), default=0)
            longest[row.name] = before + DEPTH.get(row.type.partition("(")[2].rstrip(")") or row.type, 0)
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
        record: dict = {"name": self.name, "columns": columns}
        if any(row.unknown for row in self.rows):
            record["unknown"] = {str(row.index): row.unknown for row in self.rows if row.unknown}
        return {**record, "notes": self.notes} if self.notes else record

    @classmethod
    def from_json(cls, record: dict) -> LayerTable:
        """Read what `to_json` wrote."""
        columns = record["columns"]
        names = columns["name"]
        unknown = {int(index): tuple(facts) for index, facts in record.get("unknown", {}).items()}
        rows = []
        for index, values in enumerate(zip(*(columns[column] for column in COLUMNS), strict=True)):
            fields = dict(zip(COLUMNS, values, strict=True))
            fields["output_shape"] = tuple(fields["output_shape"])
            fields["window"] = tuple(fields["window"]) if fields["window"] else None
            fields["connected_to"] = tuple(names[source] for source in fields["connected_to"])
            rows.append(LayerRow(index=index, unknown=unknown.get(index, ()), **fields))
        return cls(record["name"], tuple(rows), tuple(record.get("notes", ())))


# "function" is what a layer does at all.
UNKNOWABLE = ("function", "output_shape", "parameters", "trainable", "multiply_adds", "depth", "receptive_field")

DEPTH = {
    **dict.fromkeys(("Dense", "EinsumDense"), 1),
    **{f"{kind}{count}D": 1 for kind in ("Conv", "DepthwiseConv") for count in (1, 2, 3)},
    **{f"Conv{count}DTranspose": 1 for count in (1, 2, 3)},
    **{f"SeparableConv{count}D": 2 for count in (1, 2)},
    **dict.fromkeys(("SimpleRNN", "GRU", "LSTM", "CuDNNGRU", "CuDNNLSTM", "ConvLSTM2D"), 1),
    "MultiHeadAttention": 2,
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
