"""A part of a network in the few boxes in which papers draw it, made from its layer table. Knows no TensorFlow."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tlcore.zoo.layers.tables import LayerRow, LayerTable

# What changes no number of a finished network, or only its frame: a drawing says nothing of it.
_UNSEEN = (
    "Dropout", "SpatialDropout2D", "Flatten", "Reshape", "ZeroPadding2D", "Cropping2D", "Rescaling", "InputLayer"
)  # fmt: skip
_NORMALIZATIONS = {"BatchNormalization": "norm", "LayerNormalization": "layer norm", "GroupNormalization": "group norm"}
_ACTIVATIONS = {
    "relu": "ReLU", "silu": "swish", "hard_silu": "hard swish", "gelu": "GELU", "tanh": "tanh", "sigmoid": "sigmoid",
    "softmax": "softmax",
}  # fmt: skip
_ACTIVATION_LAYERS = {"ReLU": "ReLU", "Softmax": "softmax", "LeakyReLU": "leaky ReLU", "PReLU": "PReLU"}
_JOINS = {"Add": "+", "Multiply": "×", "CustomScaleLayer": "+ scaled", "Subtract": "−", "Average": "mean"}
OUTPUT = "output"


@dataclass(frozen=True)
class Box:
    """Neighboring layers that a drawing shows as one.

    Args:
        id: name of the last of them, or `OUTPUT` for what the part gives.
        rows: the layers, in order.
        words: what they do, in order: "3×3, 64", "norm", "ReLU".
        times: how often in a row.
        is_end: whether it stands for the maps that come in or go out.
    """

    id: str
    rows: tuple[LayerRow, ...]
    words: tuple[str, ...]
    times: int = 1
    is_end: bool = False

    @property
    def main(self) -> LayerRow:
        """The layer that gives it its kind: the first that is no normalization and no activation."""
        return next((row for row in self.rows if not _is_point(row)), self.rows[0])


@dataclass(frozen=True)
class Sketch:
    """Boxes and what flows between them.

    Args:
        boxes: in the order of the network; first what comes in, last what goes out.
        edges: pairs of box ids, from feeding to fed.
    """

    boxes: tuple[Box, ...]
    edges: tuple[tuple[str, str], ...]


def sketch(table: LayerTable, start: tuple[str, ...], end: str) -> Sketch:
    """Draw up a part of a network.

    Args:
        table: of the network.
        start: names of the layers whose outputs come in.
        end: name of the layer whose output goes out.

    Returns:
        Its boxes: a convolution with the normalization and activation behind it; where a chain begins with one of
        these, as before a convolution that is activated first, with those in front of it. Equal neighbors are one box.

    Raises:
        KeyError: if the table has no layer of such a name.
    """
    sources = _sources([table.row(name) for name in _between(table, start, end)], start)
    inside = _boxes(table, sources, start)
    boxes = [*(Box(name, (table.row(name),), (), is_end=True) for name in start), *inside]
    home = {row.name: box.id for box in boxes for row in box.rows}
    edges = {
        (home[source], box.id): None for box in inside for source in sources[box.rows[0].name] if home[source] != box.id
    }
    last = table.row(next(reversed(sources)))
    boxes.append(Box(OUTPUT, (last,), (), is_end=True))
    return Sketch(tuple(boxes), (*edges, (home[last.name], OUTPUT)))


def describe(table: LayerTable, rows: tuple[LayerRow, ...]) -> str:
    """Say what some layers do, whatever feeds them.

    Args:
        table: of the network.
        rows: some of its layers, in order.

    Returns:
        Their boxes in a line, such as "3×3, 64 ReLU ×2 · max 2×2 stride 2"; "" for layers that a drawing leaves out.
    """
    boxes = _boxes(table, _sources(list(rows), ()), ())
    return " · ".join(" ".join(box.words) + (f" ×{box.times}" if box.times > 1 else "") for box in boxes)


def is_depthwise(row: LayerRow) -> bool:
    """Tell whether a layer filters each channel on its own, without mixing any."""
    return row.type == "DepthwiseConv2D" or f"{row.output_shape[-1]} groups" in row.detail.split(", ")


def _between(table: LayerTable, start: tuple[str, ...], end: str) -> list[str]:
    """Names of the layers behind `start` that lead to `end`, in order."""
    leads = {table.row(end).name}
    for row in reversed(table.rows):
        if row.name in leads and row.name not in start:
            leads.update(row.connected_to)
    behind = set(start)
    for row in table.rows:
        if row.name in leads and behind.intersection(row.connected_to):
            behind.add(row.name)
    return [row.name for row in table.rows if row.name in behind and row.name not in start]


def _sources(rows: list[LayerRow], start: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The layers that are drawn, in order, each with those drawn ones that feed it."""
    passed_on = {name: name for name in start}  # layer → the drawn one whose output it hands on
    sources: dict[str, tuple[str, ...]] = {}
    for row in rows:
        feeding = tuple(passed_on[source] for source in row.connected_to if source in passed_on)
        if not _is_unseen(row):
            passed_on[row.name] = row.name
            sources[row.name] = feeding
        elif feeding:
            passed_on[row.name] = feeding[0]
    return sources


def _boxes(table: LayerTable, sources: dict[str, tuple[str, ...]], start: tuple[str, ...]) -> list[Box]:
    """Gather layers that follow each other without a fork or a join, and cut these chains into boxes."""
    consumers = Counter(source for feeding in sources.values() for source in feeding)
    chains: dict[str, list[LayerRow]] = {}  # last layer → chain
    for name, feeding in sources.items():
        row = table.row(name)
        alone = len(feeding) == 1 and consumers[feeding[0]] == 1 and feeding[0] not in start
        if alone and row.type not in _JOINS and row.type != "Concatenate":
            chains[name] = [*chains.pop(feeding[0]), row]
        else:
            chains[name] = [row]
    order = {name: number for number, name in enumerate(sources)}
    ordered = sorted(chains.values(), key=lambda chain: order[chain[0].name])
    return [box for chain in ordered for box in _boxes_of_chain(chain)]


def _boxes_of_chain(chain: list[LayerRow]) -> list[Box]:
    """Cut a chain where the kind of layer with which it begins comes again, and before each pooling."""
    parts: list[list[LayerRow]] = []
    for row in chain:
        begins = _same_kind(row, chain[0]) if _is_point(chain[0]) else not _is_point(row)
        if begins or not parts or "Pooling" in row.type:
            parts.append([row])
        else:
            parts[-1].append(row)
    boxes: list[Box] = []
    for part in parts:
        words = tuple(word for row in part for word in _words(row))
        before = boxes[-1] if boxes else None
        if before and before.words == words:
            boxes[-1] = Box(part[-1].name, (*before.rows, *part), words, before.times + 1)
        else:
            boxes.append(Box(part[-1].name, tuple(part), words))
    return boxes


def _same_kind(row: LayerRow, other: LayerRow) -> bool:
    return _is_point(row) and (row.type in _NORMALIZATIONS) == (other.type in _NORMALIZATIONS)


def _is_point(row: LayerRow) -> bool:
    """Whether a layer changes each value on its own, as normalizations and activations do."""
    return row.type in _NORMALIZATIONS or row.type in ("Activation", "LayerScale") or row.type in _ACTIVATION_LAYERS


def _is_unseen(row: LayerRow) -> bool:
    return row.type in _UNSEEN or (row.type == "Activation" and not row.detail)


def _words(row: LayerRow) -> tuple[str, ...]:
    settings = row.detail.split(", ")
    channels = f"{row.output_shape[-1]:,}" if row.output_shape else ""
    window = settings[0]
    steps = tuple(word for word in settings if word.startswith("stride"))
    activation = tuple(_ACTIVATIONS[word] for word in settings if word in _ACTIVATIONS)
    if row.type in _NORMALIZATIONS:
        return (_NORMALIZATIONS[row.type],)
    if row.type in _JOINS:
        return (_JOINS[row.type],)
    if row.type == "Concatenate":
        return (f"concatenate {channels}",)
    if row.type in _ACTIVATION_LAYERS:
        return (_ACTIVATION_LAYERS[row.type],)
    if row.type == "LayerScale":
        return ("scale",)
    if row.type.startswith("Global"):
        return ("average of all" if "Average" in row.type else "maximum of all",)
    if "Pooling" in row.type:
        return (f"{'average' if 'Average' in row.type else 'max'} {window}", *steps)
    if is_depthwise(row):
        return (f"depthwise {window}", *steps, *activation)
    if row.type == "SeparableConv2D":
        return (f"separable {window}, {channels}", *steps, *activation)
    if row.type == "Conv2DTranspose":
        return (f"enlarge {window}, {channels}", *steps, *activation)
    if row.type == "Conv2D":
        return (f"{window}, {channels}", *steps, *activation)
    if row.type == "Dense":
        return (f"1×1, {channels}" if len(row.output_shape) == 3 else f"dense, {channels}", *activation)
    return activation or (row.type,)
