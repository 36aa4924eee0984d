"""The names that versions of Keras and of TensorFlow give to the same layers, brought to those of Keras 3."""

from __future__ import annotations

import json
import re
from typing import Any

# Keras 1: the present class, and the present names of its settings.
_KERAS_1_SETTINGS = {
    "nb_filter": "filters",
    "subsample": "strides",
    "subsample_length": "strides",
    "border_mode": "padding",
    "bias": "use_bias",
    "dim_ordering": "data_format",
    "filter_length": "kernel_size",
    "pool_length": "pool_size",
    "p": "rate",
}
_KERAS_1_CLASSES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "AtrousConvolution2D": "Conv2D",
    "Deconvolution2D": "Conv2DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
}
_UNITS_IN_KERAS_1 = ("Dense", "LSTM", "GRU", "SimpleRNN")
_MERGES = {"sum": "Add", "mul": "Multiply", "concat": "Concatenate", "ave": "Average", "max": "Maximum"}
_DATA_FORMATS = {"th": "channels_first", "tf": "channels_last"}

# Older classes that do what one of today does.
_SAME = {
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "Convolution2DTranspose": "Conv2DTranspose",
    "GRUV1": "GRU",
    "GRUV2": "GRU",
    "LSTMV1": "LSTM",
    "LSTMV2": "LSTM",
}

# Functions of TensorFlow whose name is not that of the operation in Keras.
_FUNCTIONS = {
    "add": "Add",
    "addv2": "Add",
    "biasadd": "Add",
    "radd": "Add",
    "sub": "Subtract",
    "subtract": "Subtract",
    "rsub": "Subtract",
    "mul": "Multiply",
    "multiply": "Multiply",
    "rmul": "Multiply",
    "div": "Divide",
    "divide": "Divide",
    "realdiv": "Divide",
    "truediv": "Divide",
    "rtruediv": "Divide",
    "divnonan": "Divide",
    "pow": "Power",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "squareddifference": "SquaredDifference",
    "clipbyvalue": "Clip",
    "concat": "Concatenate",
    "concatv2": "Concatenate",
    "concatenate": "Concatenate",
    "reducemean": "Mean",
    "reducesum": "Sum",
    "reducemax": "Max",
    "reducemin": "Min",
    "reduceprod": "Prod",
    "reshape": "NewShape",
    "expanddims": "ExpandDims",
    "squeeze": "Squeeze",
    "transpose": "Transpose",
    "matmul": "MatMul",
    "batchmatmulv2": "MatMul",
    "relu": "Relu",
    "relu6": "Relu6",
    "swish": "Silu",
    "silu": "Silu",
    "gelu": "Gelu",
    "elu": "Elu",
    "selu": "Selu",
    "leakyrelu": "LeakyRelu",
    "l2normalize": "Normalize",
    "softmax": "Softmax",
    "logsoftmax": "LogSoftmax",
    "sigmoid": "Sigmoid",
    "hardsigmoid": "HardSigmoid",
    "hardswish": "HardSwish",
    "tanh": "Tanh",
    "softplus": "Softplus",
    "exp": "Exp",
    "log": "Log",
    "sqrt": "Sqrt",
    "rsqrt": "Rsqrt",
    "square": "Square",
    "abs": "Abs",
    "neg": "Negative",
    "negative": "Negative",
    "sin": "Sin",
    "cos": "Cos",
    "cast": "Cast",
    "identity": "Identity",
    "stopgradient": "StopGradient",
    "dropout": "Dropout",
    "getitem": "GetItem",
    "stack": "Stack",
    "unstack": "Unstack",
    "split": "Split",
    "tile": "Tile",
    "pad": "Pad",
    "shape": "Shape",
    "slice": "Slice",
    "stridedslice": "Slice",
    "gather": "Take",
    "zeroslike": "ZerosLike",
    "oneslike": "OnesLike",
}

_OF_TENSORFLOW = (
    "TFOpLambda",
    "TensorFlowOpLayer",
    "SlicingOpLambda",
    "ClassMethod",
    "InstanceMethod",
    "InstanceProperty",
)


def is_operation(layer: dict) -> bool:
    """Tell whether an entry among the layers is a bare operation, which holds no weights.

    Args:
        layer: as Keras writes it.
    """
    module = str(layer.get("module") or "")
    return layer["class_name"] in _OF_TENSORFLOW or module.startswith(("keras.src.ops", "keras.ops"))


def kind_of_layer(layer: dict) -> str:
    """Tell what a layer is, in the words of Keras 3.

    Args:
        layer: as Keras writes it.

    Returns:
        The name of its class or, for an operation of TensorFlow, that of the operation in Keras; its own name where
        there is no such word.
    """
    kind = str(layer["class_name"]).rpartition(">")[2]
    if kind in _OF_TENSORFLOW:
        function = function_name(layer)
        return _FUNCTIONS.get(re.sub(r"[^a-z0-9]", "", function.rpartition(".")[2].lower()), kind)
    if is_operation(layer) and kind == "Reshape":
        return "NewShape"
    if kind == "Merge":
        return _MERGES.get(str(layer["config"].get("mode")), kind)
    return _KERAS_1_CLASSES.get(kind) or _SAME.get(kind, kind)


def function_name(layer: dict) -> str:
    """Name the function of TensorFlow that an operation calls, such as "math.multiply"; empty for other layers."""
    config = layer.get("config", {})
    if layer["class_name"] == "TensorFlowOpLayer":
        node = config.get("node_def", {})
        return str((json.loads(node) if isinstance(node, str) else node).get("op", ""))
    if layer["class_name"] in _OF_TENSORFLOW:
        return str(config.get("function") or config.get("method_name") or config.get("attr_name") or "")
    return ""


def settings_of_layer(layer: dict) -> dict[str, Any]:
    """Read the settings of a layer under the names of Keras 3.

    Args:
        layer: as Keras writes it.

    Returns:
        The settings.
    """
    config = dict(layer.get("config") or {})
    if "nb_row" in config:
        config["kernel_size"] = [config["nb_row"], config["nb_col"]]
    if "atrous_rate" in config:
        config["dilation_rate"] = config["atrous_rate"]
    if str(layer["class_name"]) in _UNITS_IN_KERAS_1 and "units" not in config and "output_dim" in config:
        config["units"] = config["output_dim"]
    if "concat_axis" in config:
        config["axis"] = config["concat_axis"]
    for old, new in _KERAS_1_SETTINGS.items():
        if old in config and new not in config:
            config[new] = config[old]
    if config.get("data_format") in _DATA_FORMATS:
        config["data_format"] = _DATA_FORMATS[config["data_format"]]
    return config
