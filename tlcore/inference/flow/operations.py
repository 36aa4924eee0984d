"""The operations of a LiteRT file with their settings, and which pixels of the photo each value sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf, prod

import ai_edge_litert.schema_py_generated as schema
import numpy as np

_KINDS = {code: name for name, code in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
_ACTIVATIONS = {code: name.lower() for name, code in vars(schema.ActivationFunctionType).items() if name[0] != "_"}
_OPTIONS = {
    "ADD": schema.AddOptions,
    "AVERAGE_POOL_2D": schema.Pool2DOptions,
    "CONV_2D": schema.Conv2DOptions,
    "DEPTHWISE_CONV_2D": schema.DepthwiseConv2DOptions,
    "FULLY_CONNECTED": schema.FullyConnectedOptions,
    "MAX_POOL_2D": schema.Pool2DOptions,
    "MUL": schema.MulOptions,
    "STRIDED_SLICE": schema.StridedSliceOptions,
    "SUB": schema.SubOptions,
}
CONVOLUTIONS = ("CONV_2D", "DEPTHWISE_CONV_2D")
POOLINGS = ("MAX_POOL_2D", "AVERAGE_POOL_2D")


@dataclass(frozen=True)
class Operation:
    """One operation.

    Args:
        kind: as LiteRT's schema names it, such as "CONV_2D".
        inputs: numbers of the tensors that it takes, weights included.
        output: number of the tensor that it gives.
        steps: of its window, (down, across).
        window: (height, width); (1, 1) where nothing slides.
        dilation: pixels between neighbors in the window, (down, across).
        before: zeros above and left of its input.
        activation: that is part of it: "none", "relu", "relu6" …
        unset: of a slice, a bit for each side whose beginning does not count.
    """

    kind: str
    inputs: tuple[int, ...]
    output: int
    steps: tuple[int, int] = (1, 1)
    window: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    before: tuple[int, int] = (0, 0)
    activation: str = "none"
    unset: int = 0

    def places(self, y: int, x: int) -> tuple[list[int], list[int]]:
        """Rows and columns of its input that one value of its output is made of; some may lie outside."""
        rows, columns = (
            [place * step - before + number * apart for number in range(length)]
            for place, step, before, apart, length in zip(
                (y, x), self.steps, self.before, self.dilation, self.window, strict=True
            )
        )
        return rows, columns


def read_operations(content: bytes) -> list[Operation]:
    """Read the operations of the main graph.

    Args:
        content: a LiteRT file that this project made.

    Returns:
        The operations, in the order in which they are computed; those that give several tensors are left out.
    """
    model = schema.Model.GetRootAs(content, 0)
    graph = model.Subgraphs(0)
    shapes = [tuple(graph.Tensors(number).ShapeAsNumpy()) for number in range(graph.TensorsLength())]
    found = (_operation(model, graph.Operators(number), shapes) for number in range(graph.OperatorsLength()))
    return [operation for operation in found if operation]


def _operation(model: schema.Model, operator: schema.Operator, shapes: Sequence[tuple[int, ...]]) -> Operation | None:
    if operator.OutputsLength() != 1:
        return None
    code = model.OperatorCodes(operator.OpcodeIndex())
    kind = _KINDS.get(max(code.BuiltinCode(), code.DeprecatedBuiltinCode()), "CUSTOM")
    inputs = tuple(int(number) for number in operator.InputsAsNumpy())
    output = int(operator.Outputs(0))
    table = operator.BuiltinOptions()
    if table is None or kind not in _OPTIONS:
        return Operation(kind, inputs, output)
    options = _OPTIONS[kind]()
    options.Init(table.Bytes, table.Pos)
    if kind == "STRIDED_SLICE":
        return Operation(kind, inputs, output, unset=options.BeginMask())
    activation = _ACTIVATIONS[options.FusedActivationFunction()]
    if kind not in (*CONVOLUTIONS, *POOLINGS):
        return Operation(kind, inputs, output, activation=activation)
    steps = (options.StrideH(), options.StrideW())
    if kind in POOLINGS:
        high, wide, dilation = options.FilterHeight(), options.FilterWidth(), (1, 1)
    else:
        _, high, wide, _ = shapes[inputs[1]]
        dilation = (options.DilationHFactor(), options.DilationWFactor())
    window = (int(high), int(wide))
    before = (0, 0)
    if options.Padding() == schema.Padding.SAME:
        taken, given = shapes[inputs[0]][1:3], shapes[output][1:3]
        down, across = (
            max(0, (given[side] - 1) * steps[side] + (window[side] - 1) * dilation[side] + 1 - taken[side]) // 2
            for side in (0, 1)
        )
        before = (int(down), int(across))
    return Operation(kind, inputs, output, steps, window, dilation, before, activation)


@dataclass(frozen=True)
class Span:
    """Which pixels along one side the values of a tensor see: value i those from step·i + low to step·i + high.

    Args:
        step: pixels between neighboring values.
        low: of the first value, the first pixel.
        high: of the first value, the last pixel.
    """

    step: float
    low: float
    high: float

    def pixels(self, place: int, side: int) -> tuple[int, int]:
        """First pixel and the one behind the last that the value at a place sees, of a photo of `side` pixels."""
        first = max(0.0, self.step * place + self.low)
        last = min(side - 1.0, self.step * place + self.high)
        return floor(first), ceil(last) + 1


Field = tuple[Span, Span]  # down and across
EVERYTHING: Field = (Span(0, -inf, inf), Span(0, -inf, inf))


def fields_of(
    operations: Sequence[Operation],
    image: int,
    shape: Callable[[int], tuple[int, ...]],
    constant: Callable[[int], np.ndarray],
) -> dict[int, Field]:
    """Work out what the values of every tensor see of the photo.

    Args:
        operations: in order.
        image: number of the tensor that takes the photo.
        shape: number of a tensor → its shape.
        constant: number of a constant tensor → its values.

    Returns:
        Number of a tensor → its field; weights have none. What no rule here can follow counts as seeing everything.
    """
    fields: dict[int, Field] = {image: (Span(1, 0, 0), Span(1, 0, 0))}
    for operation in operations:
        fed = [number for number in operation.inputs if number in fields]
        if fed and operation.kind != "SHAPE":
            fields[operation.output] = _field(operation, fed, fields, shape, constant)
    return fields


def _field(
    operation: Operation,
    fed: Sequence[int],
    fields: Mapping[int, Field],
    shape: Callable[[int], tuple[int, ...]],
    constant: Callable[[int], np.ndarray],
) -> Field:
    given, field = shape(operation.output), fields[fed[0]]
    is_maps = len(given) == 4 and len(shape(fed[0])) == 4
    steps, before = operation.steps, operation.before
    if operation.kind == "PAD" and is_maps:
        pads = constant(operation.inputs[1])
        before = (int(pads[1][0]), int(pads[2][0]))
    elif operation.kind == "STRIDED_SLICE" and is_maps:
        begin, steps = sliced(operation, constant)
        before = (-begin[0], -begin[1])
    elif operation.kind not in (*CONVOLUTIONS, *POOLINGS):
        # Each value is made of those at its own place, or of what is the same for all places, such as a gate.
        if any(prod(shape(number)[:-1]) not in (prod(given[:-1]), 1) for number in fed):
            return EVERYTHING
        down, across = (_union([fields[number][side] for number in fed]) for side in (0, 1))
        return down, across
    down, across = (
        Span(
            span.step * steps[side],
            span.low - span.step * before[side],
            span.high + span.step * ((operation.window[side] - 1) * operation.dilation[side] - before[side]),
        )
        for side, span in enumerate(field)
    )
    return down, across


def sliced(operation: Operation, constant: Callable[[int], np.ndarray]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where a slice of maps begins, and its steps.

    Args:
        operation: of kind "STRIDED_SLICE".
        constant: number of a constant tensor → its values.

    Returns:
        ((row, column), (down, across)).
    """
    begin, steps = constant(operation.inputs[1]), constant(operation.inputs[3])
    row, column = (0 if operation.unset >> side & 1 else int(begin[side]) for side in (1, 2))
    return (row, column), (int(steps[1]), int(steps[2]))


def _union(spans: Sequence[Span]) -> Span:
    return Span(max(s.step for s in spans), min(s.low for s in spans), max(s.high for s in spans))
