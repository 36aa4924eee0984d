"""An EfficientNet-Lite as a LiteRT file, written without TensorFlow, so that it is ready a moment after it is wanted.

LiteRT files are FlatBuffers; their schema comes with LiteRT. Written is what the converter would write: each
normalization is folded into the convolution before it, each ReLU6 fused into what feeds it. A test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping

import ai_edge_litert.schema_py_generated as schema
import flatbuffers
import numpy as np

from tlcore.zoo.architecture import Architecture
from tlcore.zoo.lite_design import EPSILON, Step, steps

_VERSION = 3  # of the schema
_IDENTIFIER = b"TFL3"
_NONE, _RELU6 = schema.ActivationFunctionType.NONE, schema.ActivationFunctionType.RELU6
_SAME = schema.Padding.SAME


def writable_layers(architecture: Architecture) -> set[str]:
    """The layers that a file can end with: those whose output is not folded into another.

    Args:
        architecture: any.

    Returns:
        Names of layers; none for other designs than EfficientNet-Lite.
    """
    return {step.output for step in steps(**architecture.options)} if architecture.package_weights else set()


def lite_file(architecture: Architecture, weights: Mapping[str, np.ndarray], pixels: int, last: str) -> bytes:
    """Write a network from the image to one of its layers.

    Args:
        architecture: an EfficientNet-Lite.
        weights: float32 arrays, as `tlcore.zoo.weights.package.read_package_weights` gives them.
        pixels: side of the square input.
        last: one of `writable_layers`.

    Returns:
        The content of a LiteRT file: preprocessed image float32 (1, pixels, pixels, 3) → float32 (1, height, width,
        channels). The batch can be resized.
    """
    graph = _Graph(weights)
    image = maps = graph.tensor("image", (1, pixels, pixels, 3))
    tensors: dict[str, int] = {}
    for step in steps(**architecture.options):
        maps = graph.convolve(step, maps)
        if step.adds:
            maps = graph.add(step.output, maps, tensors[step.adds])
        tensors[step.output] = maps
        if step.output == last:
            break
    return graph.finished(image, maps)


class _Graph:
    """Tensors and operations, added one after another."""

    def __init__(self, weights: Mapping[str, np.ndarray]):
        self._weights = weights
        self._tensors: list[schema.TensorT] = []
        self._buffers = [schema.BufferT()]  # the first one is empty, by convention
        self._operators: list[schema.OperatorT] = []
        self._codes: list[int] = []

    def tensor(self, name: str, shape: tuple[int, ...], data: np.ndarray | None = None) -> int:
        row = schema.TensorT()
        # The converter writes model and layer; feature maps are named after the second part.
        row.name, row.shape, row.type = f"network/{name}", list(shape), schema.TensorType.FLOAT32
        if data is None:
            row.shapeSignature = [-1, *shape[1:]]
        else:
            row.buffer = len(self._buffers)
            self._buffers.append(schema.BufferT())
            self._buffers[-1].data = np.frombuffer(np.ascontiguousarray(data, np.float32).tobytes(), np.uint8)
        self._tensors.append(row)
        return len(self._tensors) - 1

    def add(self, name: str, left: int, right: int) -> int:
        options = schema.AddOptionsT()
        return self._operation(schema.BuiltinOperator.ADD, [left, right], name, self._shape(left), options)

    def convolve(self, step: Step, maps: int) -> int:
        kernel, bias = self._folded(step)
        options = schema.DepthwiseConv2DOptionsT() if step.is_depthwise else schema.Conv2DOptionsT()
        code = schema.BuiltinOperator.DEPTHWISE_CONV_2D if step.is_depthwise else schema.BuiltinOperator.CONV_2D
        if step.is_depthwise:
            options.depthMultiplier = 1
        options.padding, options.strideW, options.strideH = _SAME, step.stride, step.stride
        options.dilationWFactor = options.dilationHFactor = 1
        options.fusedActivationFunction = _RELU6 if step.is_activated else _NONE
        constants = [
            self.tensor(f"{step.name}_{part}", data.shape, data) for part, data in (("k", kernel), ("b", bias))
        ]
        _, height, width, _ = self._shape(maps)
        shape = (1, -(-height // step.stride), -(-width // step.stride), len(bias))
        name = f"{step.name}_bn" if step.adds else step.output
        return self._operation(code, [maps, *constants], name, shape, options)

    def _folded(self, step: Step) -> tuple[np.ndarray, np.ndarray]:
        """Kernel (filters, height, width, inputs) or (1, height, width, channels), and bias, both normalized."""
        kernel = self._weights[f"{step.convolution}/kernel"]
        gamma, beta, mean, variance = (
            self._weights[f"{step.name}_bn/{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = gamma / np.sqrt(variance + EPSILON)
        folded = kernel * (scale[:, None] if step.is_depthwise else scale)
        return folded.transpose(3, 0, 1, 2), beta - mean * scale

    def _shape(self, tensor: int) -> tuple[int, ...]:
        return tuple(self._tensors[tensor].shape)

    def _operation(self, code: int, inputs: list[int], name: str, shape: tuple[int, ...], options: object) -> int:
        if code not in self._codes:
            self._codes.append(code)
        row = schema.OperatorT()
        row.opcodeIndex = self._codes.index(code)
        row.inputs, row.outputs = inputs, [self.tensor(name, shape)]
        row.builtinOptions = options
        row.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__.removesuffix("T"))
        self._operators.append(row)
        return row.outputs[0]

    def finished(self, image: int, output: int) -> bytes:
        graph = schema.SubGraphT()
        graph.name, graph.tensors, graph.operators = "main", self._tensors, self._operators
        graph.inputs, graph.outputs = [image], [output]
        model = schema.ModelT()
        model.version, model.subgraphs, model.buffers = _VERSION, [graph], self._buffers
        model.description = "An EfficientNet-Lite up to a layer."
        model.operatorCodes = [self._code(code) for code in self._codes]
        builder = flatbuffers.Builder(1 << 24)
        builder.Finish(model.Pack(builder), file_identifier=_IDENTIFIER)
        return bytes(builder.Output())

    def _code(self, code: int) -> schema.OperatorCodeT:
        row = schema.OperatorCodeT()
        row.builtinCode = row.deprecatedBuiltinCode = code
        return row
