"""The layer table of a network that came in a file: shapes and costs worked out, numbers held as the file has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tlcore.zoo.layers.blocks import with_classifier
from tlcore.zoo.layers.formulas import operations
from tlcore.zoo.layers.formulas.costs import COSTS, Field, detail, multiply_adds, receptive_field, sliding_window
from tlcore.zoo.layers.formulas.facts import LayerFacts, Shape, channels_to_end
from tlcore.zoo.layers.formulas.parameters import FIXED, LEARNED, UNCOUNTED, parameter_count
from tlcore.zoo.layers.formulas.shapes import is_known, output_shape
from tlcore.zoo.layers.tables import LayerRow, LayerTable
from tlcore.zoo.opened.bare_weights import rows_elsewhere
from tlcore.zoo.opened.description import Recorded, recorded
from tlcore.zoo.opened.unfold import Call, Tensor, unfold
from tlcore.zoo.opened.weights import Held, size

ASSUMED_SIDE = 224  # of pictures and sequences of any size
MAX_SIDES = 8  # of a shape
MAX_SIDE = 1_000_000
CLOSED = "closed: it is not known what it does, and its code is never run"
# What settings lead to that make no sense.
_SENSELESS = (
    KeyError,
    TypeError,
    ValueError,
    IndexError,
    ZeroDivisionError,
)
_WRAPPERS = ("Bidirectional", "TimeDistributed")
_HOLD_NOTHING = ("InputLayer", "Lambda")


def layer_table(network: dict, held: Held | None, name: str) -> LayerTable:
    """Describe every call of a network.

    Args:
        network: the description of its layers, of any version of Keras.
        held: the weights in the file; None or empty where it has none.
        name: for the table.

    Returns:
        The table. Networks inside are unfolded, and their names are blocks.

    Raises:
        ValueError: if the description makes no sense.
    """
    calls = unfold(network)
    # A closed layer, such as a Lambda that scales pixels, mostly keeps the shape. That is believed if the weights of
    # the layers after it fit, and given up otherwise.
    described = _Describing(calls, held, closed_keep_shapes=True)
    if not described.fits:
        described = _Describing(calls, held, closed_keep_shapes=False)
    rows = (*with_classifier(described.rows), *rows_elsewhere(held, len(described.rows)))
    return LayerTable(name, rows, tuple(described.notes()))


@dataclass
class _Known:
    """What is known of a tensor."""

    shape: Shape = ()
    field: Field = (None, None)
    is_believed: bool = False  # its shape hangs on a closed layer that keeps it
    is_seen: bool = True  # whether what it sees of the input is known


@dataclass
class _Describing:
    calls: list[Call]
    held: Held | None
    closed_keep_shapes: bool
    rows: list[LayerRow] = field(default_factory=list)
    known: dict[str, _Known] = field(default_factory=dict)
    fits: bool = True
    missing: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.held is not None and not self.held.parameters:
            self.held = None
        self._recorded = {
            (source.call, source.index): source.recorded for call in self.calls for source in call.sources
        }
        self._channels_first = any(call.config.get("data_format") == "channels_first" for call in self.calls)
        self._believed = self._confirmed = False
        self._around, self._parts = "", Counter({"": 1})
        for index, call in enumerate(self.calls):
            self.rows.append(self._row(index, call))
        if self._believed and not self._confirmed:
            self.fits = False

    def _row(self, index: int, call: Call) -> LayerRow:
        before = [self.known[source.call] for source in call.sources]
        inputs = [self._shape_of(source) for source in call.sources]
        is_input = call.kind == "InputLayer"
        is_closed = not is_input and not is_known(call.kind, call.config)
        shape, believed = self._output(call, inputs, is_closed)
        believed = believed or any(known.is_believed for known in before)
        facts = LayerFacts(call.kind, call.config, tuple(inputs), shape)
        count, trainable, unknown = self._parameters(call, facts, is_closed, believed)
        is_seen = not is_closed and all(known.is_seen for known in before) and (is_input or bool(shape))
        seen = receptive_field(facts.channels_last, [known.field for known in before])
        self.known[call.name] = _Known(shape, seen, believed, is_seen)
        self._believed = self._believed or believed
        cost = 0 if is_closed else self._cost(facts)
        if cost is None or is_closed:
            unknown.append("multiply_adds")
        unknown += ["receptive_field"] if not is_seen else []
        unknown += ["output_shape"] if not shape else []
        unknown += ["function"] if is_closed else []
        if is_closed and not call.is_operation and call.kind not in _HOLD_NOTHING:
            unknown.append("depth")
        return LayerRow(
            index=index,
            name=call.name,
            type=_type(call),
            detail=_detail(call, is_closed),
            window=None if is_closed else sliding_window(call.config),
            output_shape=self._shown(shape),
            parameters=count,
            trainable=trainable,
            multiply_adds=cost or 0,
            receptive_field=seen[0],
            stride=seen[1],
            connected_to=tuple(dict.fromkeys(source.call for source in call.sources)),
            block=self._block(call, seen),
            unknown=tuple(unknown),
        )

    def _shape_of(self, source: Tensor) -> Shape:
        if source.index == 0:
            return self.known[source.call].shape
        return _complete(source.recorded) or ()

    def _output(self, call: Call, inputs: list[Shape], is_closed: bool) -> tuple[Shape, bool]:
        """The shape that a call gives, and whether it is only believed."""
        if call.kind == "InputLayer":
            return input_shape(call.config), False
        written = self._recorded.get((call.name, 0))
        shape = output_shape(call.kind, call.config, inputs) if inputs else None
        whole = _complete(written)
        if shape is None or (call.is_operation and whole):
            shape = whole or shape
        if shape is not None or not is_closed or not self.closed_keep_shapes or len(inputs) != 1:
            return shape or (), False
        return inputs[0], True

    def _parameters(self, call: Call, facts: LayerFacts, is_closed: bool, believed: bool) -> tuple[int, int, list[str]]:
        """All numbers, trainable ones, and which of the two are not known."""
        inputs = list(facts.inputs)
        can_count = not is_closed and call.kind not in UNCOUNTED and bool(facts.output) and all(inputs)
        holds = (call.kind in LEARNED or call.kind in FIXED) and not call.is_operation
        expected = (0, 0)
        if holds and can_count:
            try:
                expected = parameter_count(call.kind, call.config, inputs, facts.output)
            except _SENSELESS:
                can_count = False
        if call.number > 1 or call.is_operation or call.kind in _HOLD_NOTHING:
            return 0, 0, []
        if self.held is None:
            is_told = not is_closed and (not holds or can_count) and call.kind not in UNCOUNTED
            changed = expected[1] if call.trainable else 0
            return expected[0], changed, [] if is_told else ["parameters", "trainable"]
        if call.path not in self.held.layers:
            if expected[0]:
                self.missing.append(call.name)
            return 0, 0, []
        shapes = self.held.layers[call.path]
        count = size(shapes)
        if believed and holds and can_count:
            self._confirmed = True
            self.fits = self.fits and count == expected[0]
        if not call.trainable or count == 0:
            return count, 0, []
        learned = None if is_closed else count
        if call.kind in FIXED:
            learned = expected[1] if count == expected[0] else _learned_by_order(call, shapes)
        return count, learned or 0, ["trainable"] if learned is None else []

    @staticmethod
    def _cost(facts: LayerFacts) -> int | None:
        """None if it costs something and the shapes that tell how much are not known."""
        if facts.kind in COSTS and not (facts.output and facts.inputs and all(facts.inputs)):
            return None
        try:
            return multiply_adds(facts)
        except _SENSELESS:
            return None

    def _block(self, call: Call, seen: Field) -> str:
        """The networks around, the resolution and, where a network goes on after one inside it, which part it is."""
        if call.block != self._around:
            self._around = call.block
            self._parts[call.block] += 1
        part, stride = self._parts[call.block], "" if seen[1] is None else f"stride {seen[1]:g}"
        return ", ".join(filter(None, (call.block, stride, f"part {part}" if part > 1 else "")))

    def _shown(self, shape: Shape) -> Shape:
        """Maps with their channels last, as all pictures of networks here have them."""
        return channels_to_end(shape) if self._channels_first and len(shape) == 3 else shape

    def notes(self) -> Iterator[str]:
        """What else a reader has to know, in sentences."""
        if any(None in _sides_of_input(call.config) for call in self.calls if call.kind == "InputLayer"):
            yield f"The network takes inputs of any size; shapes and work are shown for {ASSUMED_SIDE}."
        if self._channels_first:
            yield "The network has its channels first; shapes are shown as height × width × channels."
        if self._believed:
            yield "The closed layers are taken to keep the shape of their input: the weights after them fit that."
        if self.missing:
            names = ", ".join(self.missing[:3]) + (" and more" if len(self.missing) > 3 else "")
            yield f"The file holds no weights for {names}; they count as 0."
        if self.held is None:
            yield "The file holds no weights; the parameters are worked out from the layers."


def _learned_by_order(call: Call, shapes: list[Shape]) -> int | None:
    """How many numbers training changes, where shapes around do not tell: what is learned stands first in a file."""
    if call.kind == "BatchNormalization":
        return size(shapes[: bool(call.config.get("scale", True)) + bool(call.config.get("center", True))])
    return 0 if call.kind == "Normalization" else None


def _complete(shape: Recorded | None) -> Shape | None:
    """A recorded shape, if all its sides are known."""
    if shape is None or not shape or None in shape:
        return None
    return tuple(side for side in shape if side is not None)


def _sides_of_input(config: dict) -> Recorded:
    return recorded(config.get("batch_shape") or config.get("batch_input_shape")) or ()


def input_shape(config: dict) -> Shape:
    """Read the shape that an input layer takes; sides of any size get a common one.

    Args:
        config: its settings.

    Returns:
        The shape, empty if the file does not tell it.

    Raises:
        ValueError: if it is the shape of nothing.
    """
    found = _sides_of_input(config)
    if len(found) > MAX_SIDES:
        raise ValueError(f"a shape of {len(found):,} sides")
    sides = tuple(ASSUMED_SIDE if side is None else side for side in found)
    if not all(0 < side <= MAX_SIDE for side in sides):
        raise ValueError(f"an input of shape {sides}")
    return sides


def _type(call: Call) -> str:
    if call.kind in _WRAPPERS and isinstance(call.config.get("layer"), dict):
        return f"{call.kind}({call.config['layer'].get('class_name')})"
    return call.kind


def _detail(call: Call, is_closed: bool) -> str:
    parts = [call.function] if call.function else []
    if is_closed:
        return ", ".join([*parts, CLOSED])
    if call.number > 1:
        parts.append(f"call {call.number} of this layer")
    return ", ".join(filter(None, [*parts, "" if call.kind in operations.FREE else detail(call.config)]))
