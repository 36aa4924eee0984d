"""The embedded network as a LiteRT file, written without TensorFlow, so that it is ready a moment after it is wanted.

LiteRT files are FlatBuffers; their schema comes with LiteRT. Written is what the converter would write for the features
of `network.build_network`: each normalization is folded into the convolution before it, each ReLU fused into what feeds
it. A test compares the two.
"""

from __future__ import annotations

import ai_edge_litert.schema_py_generated as schema
import flatbuffers
import numpy as np

_VERSION = 3  # of the schema
_IDENTIFIER = b"TFL3"
_EPSILON = 1e-3  # Keras' default for BatchNormalization
_NONE, _RELU = schema.ActivationFunctionType.NONE, schema.ActivationFunctionType.RELU
_SAME = schema.Padding.SAME


def features_file(weights: dict[str, np.ndarray], pixels: int) -> bytes:
    """Write the feature part of the embedded network, from the photo to its last maps.

    Args:
        weights: float32 arrays by their Keras paths, as `weights.read_weights` gives them.
        pixels: side of the square input, a multiple of 16.

    Returns:
        The content of a LiteRT file: photo float32 (1, pixels, pixels, 3) from 0 to 255 → float32 (1, pixels / 16,
        pixels / 16, channels). The batch can be resized.
    """
    graph = _Graph(weights)
    maps = graph.tensor("photo", (1, pixels, pixels, 3))
    graph.inputs = [maps]
    maps = graph.add("scale_shift", graph.multiply("scale", maps, 1 / 127.5), graph.constant("minus_one", [-1.0]))
    maps = graph.convolve("stem", maps, stride=2, activation=_RELU, name="stem_relu")
    stages = sum(name.endswith("_1_conv/kernel") for name in weights)
    for stage in range(1, stages + 1):
        name = f"stage{stage}"
        short_cut = graph.convolve(f"{name}_shortcut", graph.halve(f"{name}_shortcut_pool", maps))
        maps = graph.convolve(f"{name}_1", maps, stride=2, activation=_RELU, name=f"{name}_1_relu")
        maps = graph.convolve(f"{name}_2", maps)
        maps = graph.add(f"{name}_out", short_cut, maps, _RELU)
    return graph.finished(maps)


class _Graph:
    """Tensors and operations, added one after another."""

    def __init__(self, weights: dict[str, np.ndarray]):
        self._weights = weights
        self._tensors: list[schema.TensorT] = []
        self._buffers = [schema.BufferT()]  # the first one is empty, by convention
        self._operators: list[schema.OperatorT] = []
        self._codes: list[int] = []
        self.inputs: list[int] = []

    def tensor(self, name: str, shape: tuple[int, ...], data: np.ndarray | None = None) -> int:
        row = schema.TensorT()
        # The converter writes model and layer; feature maps are named after the second part.
        row.name, row.shape, row.type = f"embedded/{name}", list(shape), schema.TensorType.FLOAT32
        if data is None:
            row.shapeSignature = [-1, *shape[1:]]
        else:
            row.buffer = len(self._buffers)
            self._buffers.append(schema.BufferT())
            self._buffers[-1].data = np.frombuffer(np.ascontiguousarray(data, np.float32).tobytes(), np.uint8)
        self._tensors.append(row)
        return len(self._tensors) - 1

    def constant(self, name: str, values: object) -> int:
        data = np.asarray(values, np.float32)
        return self.tensor(name, data.shape, data)

    def multiply(self, name: str, maps: int, factor: float) -> int:
        options = schema.MulOptionsT()
        factors = self.constant(f"{name}_factor", [factor])
        return self._operation(schema.BuiltinOperator.MUL, [maps, factors], name, self._shape(maps), options)

    def add(self, name: str, left: int, right: int, activation: int = _NONE) -> int:
        options = schema.AddOptionsT()
        options.fusedActivationFunction = activation
        return self._operation(schema.BuiltinOperator.ADD, [left, right], name, self._shape(left), options)

    def halve(self, name: str, maps: int) -> int:
        options = schema.Pool2DOptionsT()
        options.padding = _SAME
        options.strideW = options.strideH = options.filterWidth = options.filterHeight = 2
        _, height, width, channels = self._shape(maps)
        shape = (1, height // 2, width // 2, channels)
        return self._operation(schema.BuiltinOperator.AVERAGE_POOL_2D, [maps], name, shape, options)

    def convolve(self, layer: str, maps: int, stride: int = 1, activation: int = _NONE, name: str = "") -> int:
        kernel, bias = self._folded(layer)
        options = schema.Conv2DOptionsT()
        options.padding, options.strideW, options.strideH = _SAME, stride, stride
        options.fusedActivationFunction = activation
        inputs = [maps, self.constant(f"{layer}_kernel", kernel), self.constant(f"{layer}_bias", bias)]
        _, height, width, _ = self._shape(maps)
        shape = (1, height // stride, width // stride, len(bias))
        return self._operation(schema.BuiltinOperator.CONV_2D, inputs, name or f"{layer}_bn", shape, options)

    def _folded(self, layer: str) -> tuple[np.ndarray, np.ndarray]:
        """Kernel (filters, height, width, channels) and bias of a convolution with its normalization."""
        gamma, beta, mean, variance = (
            self._weights[f"{layer}_bn/{part}"] for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        scale = gamma / np.sqrt(variance + _EPSILON)
        return (self._weights[f"{layer}_conv/kernel"] * scale).transpose(3, 0, 1, 2), beta - mean * scale

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

    def finished(self, output: int) -> bytes:
        graph = schema.SubGraphT()
        graph.name, graph.tensors, graph.operators = "main", self._tensors, self._operators
        graph.inputs, graph.outputs = self.inputs, [output]
        model = schema.ModelT()
        model.version, model.subgraphs, model.buffers = _VERSION, [graph], self._buffers
        model.description = "The embedded network's features."
        model.operatorCodes = [self._code(code) for code in self._codes]
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(model.Pack(builder), file_identifier=_IDENTIFIER)
        return bytes(builder.Output())

    def _code(self, code: int) -> schema.OperatorCodeT:
        row = schema.OperatorCodeT()
        row.builtinCode = row.deprecatedBuiltinCode = code
        return row
