"""Bare operations between layers, such as a sum of two tensors: their shapes and costs. Knows no TensorFlow.

Their settings are the arguments of the call, under the names that NumPy, Keras or TensorFlow give them.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from tlcore.zoo.layers.formulas.facts import Config, LayerFacts, Shape, axis_without_batch


def broadcast(config: Config, inputs: list[Shape]) -> Shape:
    """The shape of what is computed value by value from tensors of several shapes."""
    longest = max(inputs, key=len)
    padded = [(1,) * (len(longest) - len(shape)) + shape for shape in inputs]
    return tuple(max(sides) for sides in zip(*padded, strict=True))


def join(config: Config, inputs: list[Shape]) -> Shape:
    """The shape of tensors that are put one behind the other."""
    place = axis_without_batch(config.get("axis", -1), inputs[0])
    joined = list(inputs[0])
    joined[place] = sum(shape[place] for shape in inputs)
    return tuple(joined)


def _reduce(config: Config, inputs: list[Shape]) -> Shape:
    axis = config["axis"]
    axes = {axis_without_batch(one, inputs[0]) for one in (axis if isinstance(axis, list | tuple) else [axis])}
    kept = bool(config.get("keepdims") or config.get("keep_dims"))
    sides = enumerate(inputs[0])
    return tuple(1 if place in axes else side for place, side in sides if kept or place not in axes) or (1,)


def _new_shape(config: Config, inputs: list[Shape]) -> Shape:
    wanted = next(config[name] for name in ("newshape", "shape", "target_shape") if config.get(name))
    return fill(tuple(int(side) for side in wanted[1:]), inputs[0])


def fill(wanted: Shape, given: Shape) -> Shape:
    """Work out the side that is called -1."""
    if -1 not in wanted:
        return wanted
    place = wanted.index(-1)
    return (*wanted[:place], math.prod(given) // -math.prod(wanted), *wanted[place + 1 :])


def _expand(config: Config, inputs: list[Shape]) -> Shape:
    axis = int(config["axis"])
    place = axis - 1 if axis > 0 else axis + len(inputs[0]) + 1
    return (*inputs[0][:place], 1, *inputs[0][place:])


def _squeeze(config: Config, inputs: list[Shape]) -> Shape:
    place = axis_without_batch(config["axis"], inputs[0])
    return inputs[0][:place] + inputs[0][place + 1 :]


def _transpose(config: Config, inputs: list[Shape]) -> Shape:
    order = config.get("axes") or config["perm"]
    return tuple(inputs[0][int(axis) - 1] for axis in order[1:])


def _product(config: Config, inputs: list[Shape]) -> Shape:
    first, second = inputs
    return (*first[:-1], second[-2] if config.get("transpose_b") else second[-1])


def _product_cost(layer: LayerFacts) -> int:
    return math.prod(layer.output) * layer.inputs[0][-1]


POINTWISE = (
    "Abs", "Cast", "Clip", "Cos", "Elu", "Erf", "Exp", "Gelu", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu",
    "Log", "LogSoftmax", "Mish", "Negative", "Normalize", "Relu", "Relu6", "Rsqrt", "Selu", "Sigmoid", "Silu", "Sin",
    "Softplus", "Sqrt", "Square", "StopGradient", "Tanh",
)  # fmt: skip
PAIRWISE = ("Divide", "TrueDivide", "Power", "SquaredDifference", "Mod", "Greater", "Less", "Equal", "Where")

SHAPES: dict[str, Callable[[Config, list[Shape]], Shape]] = {
    **dict.fromkeys(POINTWISE, lambda config, inputs: inputs[0]),
    **dict.fromkeys(PAIRWISE, broadcast),
    **dict.fromkeys(("Mean", "Sum", "Max", "Min", "Prod", "Std", "Var", "Norm"), _reduce),
    "NewShape": _new_shape,
    "ExpandDims": _expand,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "MatMul": _product,
    "Matmul": _product,
}

COSTS: dict[str, Callable[[LayerFacts], int]] = {"MatMul": _product_cost, "Matmul": _product_cost}

# They move values about and compute nothing that papers count; their shapes are those that the file records.
FREE = (
    "Arange", "BroadcastTo", "Flip", "FullLike", "GetItem", "Moveaxis", "OneHot", "OnesLike", "Pad", "Repeat", "Resize",
    "Roll", "Shape", "Slice", "Split", "Stack", "SwapAxes", "Take", "Tile", "Unstack", "ZerosLike",
)  # fmt: skip
