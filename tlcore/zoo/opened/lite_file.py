"""A LiteRT file (.tflite) as a layer table: its operators, and the weights among their inputs. Knows no TensorFlow.

A file is a FlatBuffer, whose schema comes with LiteRT. It is untrusted: every list is measured before it is walked
through, and reading beyond the file is an error in Python.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import ai_edge_litert.schema_py_generated as schema

from tlcore.zoo.layers.blocks import with_classifier
from tlcore.zoo.layers.formulas.costs import Field, detail, multiply_adds, receptive_field, sliding_window
from tlcore.zoo.layers.formulas.facts import Config, LayerFacts, Shape
from tlcore.zoo.layers.tables import LayerRow, LayerTable

MAX_OPERATORS = 20_000
MAX_INPUTS = 1_000  # of one operator
_MAX_SIDES = 8

_OPERATORS = {code: name for name, code in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
_TYPES = {code: name.lower() for name, code in vars(schema.TensorType).items() if not name.startswith("_")}
_ACTIVATIONS = {code: name.lower() for name, code in vars(schema.ActivationFunctionType).items() if name[0] != "_"}
_PADDINGS = {schema.Padding.SAME: "same", schema.Padding.VALID: "valid"}

# Operators that do what a layer of Keras does; others keep the name that LiteRT gives them.
_KINDS = {
    "ADD": "Add",
    "AVERAGE_POOL_2D": "AveragePooling2D",
    "BATCH_MATMUL": "MatMul",
    "CONCATENATION": "Concatenate",
    "CONV_2D": "Conv2D",
    "CONV_3D": "Conv3D",
    "DEPTHWISE_CONV_2D": "DepthwiseConv2D",
    "FULLY_CONNECTED": "Dense",
    "MAX_POOL_2D": "MaxPooling2D",
    "MUL": "Multiply",
    "PAD": "ZeroPadding2D",
    "RESHAPE": "Reshape",
    "SOFTMAX": "Softmax",
    "SUB": "Subtract",
    "TRANSPOSE_CONV": "Conv2DTranspose",
}
_WITH_WEIGHTS = ("Conv2D", "Conv3D", "DepthwiseConv2D", "Dense", "Conv2DTranspose")
# They compute what only a part of the file that is not looked into here tells, or more than can be counted from shapes.
_CLOSED = {"CUSTOM", "CALL", "CALL_ONCE", "IF", "WHILE", "DELEGATE", "CONV_3D_TRANSPOSE"} | {
    name for name in _OPERATORS.values() if "LSTM" in name or "RNN" in name or name.startswith("STABLEHLO")
}


@dataclass(frozen=True)
class _Tensor:
    name: str
    shape: Shape
    type: str
    is_constant: bool

    @property
    def numbers(self) -> int:
        return math.prod(self.shape)

    @property
    def without_batch(self) -> Shape:
        return self.shape[1:] if len(self.shape) > 1 else self.shape


def lite_table(data: bytes, name: str) -> LayerTable:
    """Read the operators of a LiteRT file.

    Args:
        data: the whole file; not trusted.
        name: for the table.

    Returns:
        A row for each input and each operator of the main graph. Weights are the constant inputs of operators.

    Raises:
        ValueError: if its lists are longer than those of any network, or it contradicts itself.
        Exception: whatever reading beyond the end of a FlatBuffer raises.
    """
    model = schema.Model.GetRootAs(data, 0)
    if not model.SubgraphsLength():
        raise ValueError("it holds no graph")
    graph = model.Subgraphs(0)
    if not 0 < graph.OperatorsLength() <= MAX_OPERATORS or graph.TensorsLength() > MAX_OPERATORS * 4:
        raise ValueError(f"{graph.OperatorsLength():,} operators; 1 to {MAX_OPERATORS:,} can be shown")
    tensors = [_tensor(model, graph.Tensors(index), len(data)) for index in range(graph.TensorsLength())]
    return _Reading(model, graph, tensors).table(name)


def operator_kinds(data: bytes) -> set[str]:
    """Name the kinds of operators that a LiteRT file uses, in any of its graphs.

    Args:
        data: the whole file; not trusted.

    Returns:
        Names of LiteRT's schema, such as "CONV_2D"; "CUSTOM" for operators of other programs.

    Raises:
        Exception: whatever reading beyond the end of a FlatBuffer raises.
    """
    model = schema.Model.GetRootAs(data, 0)
    return {_kind(model.OperatorCodes(index)) for index in range(model.OperatorCodesLength())}


def _kind(code: schema.OperatorCode) -> str:
    return _OPERATORS.get(max(code.BuiltinCode(), code.DeprecatedBuiltinCode()), "CUSTOM")


def _tensor(model: schema.Model, tensor: schema.Tensor, most: int) -> _Tensor:
    if tensor.ShapeLength() > _MAX_SIDES:
        raise ValueError(f"a shape of {tensor.ShapeLength():,} sides")
    shape = tuple(int(tensor.Shape(axis)) for axis in range(tensor.ShapeLength()))
    if not all(side >= 0 for side in shape):
        raise ValueError(f"a shape {shape}")
    if tensor.Buffer() >= model.BuffersLength():
        raise ValueError("a tensor whose content is missing")
    buffer = model.Buffers(tensor.Buffer())
    length = buffer.DataLength() or buffer.Size()
    if length > most:
        raise ValueError("a tensor beyond the end of the file")
    return _Tensor((tensor.Name() or b"").decode("utf-8", "replace"), shape, _TYPES.get(tensor.Type(), ""), length > 0)


class _Reading:
    """Turns the operators into rows, one after another."""

    def __init__(self, model: schema.Model, graph: schema.SubGraph, tensors: list[_Tensor]):
        self._model, self._graph, self._tensors = model, graph, tensors
        self._rows: list[LayerRow] = []
        self._makers: dict[int, LayerRow] = {}  # which row gives a tensor
        self._names: set[str] = set()
        self._counted: set[int] = set()  # constants that several operators share count once
        self._types: dict[str, int] = {}

    def table(self, name: str) -> LayerTable:
        for index in self._listed(self._graph.InputsLength(), self._graph.Inputs):
            self._add(index, "InputLayer", (), {}, [index])
        for number in range(self._graph.OperatorsLength()):
            self._operator(self._graph.Operators(number))
        return LayerTable(name, with_classifier(self._rows), tuple(self._notes()))

    def _listed(self, length: int, read: Callable[[int], int]) -> list[int]:
        """Read a list of tensors; -1 stands for an optional one that is left out."""
        if length > MAX_INPUTS:
            raise ValueError(f"an operator with {length:,} tensors")
        found = [int(read(place)) for place in range(length)]
        if any(index >= len(self._tensors) for index in found):
            raise ValueError("a tensor that does not exist")
        return [index for index in found if index >= 0]

    def _operator(self, operator: schema.Operator) -> None:
        if operator.OpcodeIndex() >= self._model.OperatorCodesLength():
            raise ValueError("an operator of an unknown kind")
        code = self._model.OperatorCodes(operator.OpcodeIndex())
        name = _kind(code)
        kind = _KINDS.get(name, name)
        inputs = self._listed(operator.InputsLength(), operator.Inputs)
        outputs = self._listed(operator.OutputsLength(), operator.Outputs)
        if not outputs:
            return
        self._add(outputs[0], kind, tuple(inputs), self._settings(kind, operator, inputs), outputs)

    def _settings(self, kind: str, operator: schema.Operator, inputs: list[int]) -> Config:
        """What the words and the formulas for a layer of Keras need."""
        options = operator.BuiltinOptions()
        reader = getattr(schema, f"{_OPTIONS[kind]}Options", None) if kind in _OPTIONS else None
        if options is None or reader is None:
            return {}
        found = reader()
        found.Init(options.Bytes, options.Pos)
        settings: dict[str, object] = {}
        if hasattr(found, "StrideH"):
            settings["strides"] = [found.StrideH(), found.StrideW()]
            settings["padding"] = _PADDINGS.get(found.Padding(), "")
        if hasattr(found, "DilationHFactor"):
            settings["dilation_rate"] = [found.DilationHFactor(), found.DilationWFactor()]
        if hasattr(found, "FilterHeight"):
            settings["pool_size"] = [found.FilterHeight(), found.FilterWidth()]
        elif kind in _WITH_WEIGHTS and kind != "Dense" and len(inputs) > 1:
            settings["kernel_size"] = list(self._tensors[inputs[1]].shape[1:3])
        if hasattr(found, "FusedActivationFunction"):
            activation = _ACTIVATIONS.get(found.FusedActivationFunction(), "none")
            settings["activation"] = "linear" if activation == "none" else activation
        return settings

    def _add(self, tensor: int, kind: str, inputs: tuple[int, ...], settings: Config, outputs: list[int]) -> None:
        given = self._tensors[tensor]
        fed = [index for index in inputs if index in self._makers]
        sources = [self._makers[index] for index in fed]
        weights = [index for index in inputs if self._is_weight(kind, index)]
        image = [self._tensors[index] for index in (inputs[2:3] if kind == "Conv2DTranspose" else fed)]
        facts = LayerFacts(kind, settings, tuple(one.without_batch for one in image), given.without_batch)
        fields: list[Field] = [(row.receptive_field, row.stride) for row in sources]
        seen = receptive_field(facts, fields)
        if kind == "MEAN" and len(facts.output) < 3:
            seen = (None, None)
        new = [index for index in weights if index not in self._counted]
        self._counted.update(new)
        for index in new:
            kept = self._tensors[index]
            self._types[kept.type] = self._types.get(kept.type, 0) + kept.numbers
        is_closed = kind in _CLOSED
        row = LayerRow(
            index=len(self._rows),
            name=self._unique(given.name or f"tensor {tensor}"),
            type=kind,
            detail=_words(settings, [self._tensors[index] for index in weights], given, is_closed),
            window=sliding_window(settings),
            output_shape=given.without_batch,
            parameters=sum(self._tensors[index].numbers for index in new),
            trainable=0,
            multiply_adds=0 if is_closed else multiply_adds(self._as_dense(facts, weights)),
            receptive_field=seen[0],
            stride=seen[1],
            connected_to=tuple(dict.fromkeys(row.name for row in sources)),
            block="" if seen[1] is None else f"stride {seen[1]:g}",
            unknown=("function", "multiply_adds", "depth", "receptive_field") if is_closed else (),
        )
        self._rows.append(row)
        self._makers |= dict.fromkeys(outputs, row)

    def _is_weight(self, kind: str, index: int) -> bool:
        """Whether a constant is learned: no size, axis or padding, which operators take as tensors too."""
        tensor = self._tensors[index]
        if not tensor.is_constant or index in self._makers:
            return False
        return tensor.type not in ("int32", "int64", "bool", "string") or (kind in _WITH_WEIGHTS and tensor.numbers > 4)

    def _as_dense(self, facts: LayerFacts, weights: list[int]) -> LayerFacts:
        """A dense operator flattens what it takes: its weights tell how much it takes at once."""
        if facts.kind != "Dense" or not weights:
            return facts
        units, features = self._tensors[weights[0]].shape[-2:]
        positions = max(1, math.prod(facts.inputs[0]) // features) if facts.inputs else 1
        return LayerFacts("Dense", facts.config, ((positions, features),), (positions, units))

    def _unique(self, name: str) -> str:
        """A short name: the last part that is not taken, of those that the converter joined."""
        parts = name.partition(";")[0].split("/")
        shorter = ["/".join(parts[start:])[:200] for start in range(len(parts) - 1, -1, -1)]
        numbered = (f"{shorter[-1]} {number}" for number in itertools.count(2))
        short = next(one for one in itertools.chain(shorter, numbered) if one and one not in self._names)
        self._names.add(short)
        return short

    def _notes(self) -> Iterator[str]:
        yield "This is a LiteRT file, made for use: normalization and activations are part of the layers before them."
        if self._types:
            most_first = sorted(self._types.items(), key=lambda one: -one[1])
            kinds = ", ".join(f"{count:,} as {kind}" for kind, count in most_first)
            yield f"Weights: {kinds}."
        if self._model.SubgraphsLength() > 1:
            yield f"Shown is the main graph of {self._model.SubgraphsLength()}."


_OPTIONS = {
    "Add": "Add",
    "AveragePooling2D": "Pool2D",
    "Conv2D": "Conv2D",
    "Conv2DTranspose": "TransposeConv",
    "Conv3D": "Conv3D",
    "Dense": "FullyConnected",
    "DepthwiseConv2D": "DepthwiseConv2D",
    "MaxPooling2D": "Pool2D",
    "Multiply": "Mul",
    "Subtract": "Sub",
}


def _words(settings: Config, weights: list[_Tensor], output: _Tensor, is_closed: bool) -> str:
    types = [f"{weights[0].type} weights"] if weights and weights[0].type != "float32" else []
    if output.type != "float32":
        types.append(f"gives {output.type}")
    closed = ["closed: what it does is not told by its shapes"] if is_closed else []
    return ", ".join(part for part in (*closed, detail(settings), *types) if part)
