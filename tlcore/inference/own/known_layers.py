"""The layers that this program rebuilds, and what of each one's description counts when it classifies. Knows no TF."""

from __future__ import annotations

from typing import Any

_CONVOLUTION = ("kernel_size", "strides", "padding", "data_format", "dilation_rate", "activation", "use_bias")
_POOLING = ("pool_size", "strides", "padding", "data_format")
_GLOBAL = ("data_format", "keepdims")
_NORMALIZATION = ("axis", "epsilon", "center", "scale")

# Class of `keras.layers` → its arguments that are taken over. All others, such as initializers, regularizers and the
# type of the numbers, change nothing about what a trained network answers.
KNOWN: dict[str, tuple[str, ...]] = {
    "Activation": ("activation",),
    "Add": (),
    "Average": (),
    "AveragePooling2D": _POOLING,
    "BatchNormalization": _NORMALIZATION,
    "CenterCrop": ("height", "width", "data_format"),
    "Concatenate": ("axis",),
    "Conv2D": ("filters", "groups", *_CONVOLUTION),
    "Conv2DTranspose": ("filters", "output_padding", *_CONVOLUTION),
    "Cropping2D": ("cropping", "data_format"),
    "Dense": ("units", "activation", "use_bias"),
    "DepthwiseConv2D": ("depth_multiplier", *_CONVOLUTION),
    "ELU": ("alpha",),
    "Flatten": ("data_format",),
    "GlobalAveragePooling2D": _GLOBAL,
    "GlobalMaxPooling2D": _GLOBAL,
    "GroupNormalization": ("groups", *_NORMALIZATION),
    "LayerNormalization": _NORMALIZATION,
    "LeakyReLU": ("negative_slope",),
    "Maximum": (),
    "MaxPooling2D": _POOLING,
    "Minimum": (),
    "Multiply": (),
    "Normalization": ("axis", "mean", "variance", "invert"),
    "Permute": ("dims",),
    "PReLU": ("shared_axes",),
    "ReLU": ("max_value", "negative_slope", "threshold"),
    "Rescaling": ("scale", "offset"),
    "Reshape": ("target_shape",),
    "Resizing": (
        "height",
        "width",
        "interpolation",
        "crop_to_aspect_ratio",
        "pad_to_aspect_ratio",
        "fill_mode",
        "fill_value",
        "antialias",
        "data_format",
    ),
    "SeparableConv2D": ("filters", "depth_multiplier", *_CONVOLUTION),
    "Softmax": ("axis",),
    "Subtract": (),
    "UnitNormalization": ("axis",),
    "UpSampling2D": ("size", "interpolation", "data_format"),
    "ZeroPadding2D": ("padding", "data_format"),
}
MERGING = ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract")  # take a list of tensors
# Layers that pass on what they get, once training is over.
PASSING = (
    "ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "Identity",
    "RandomBrightness", "RandomColorJitter", "RandomContrast", "RandomFlip", "RandomGrayscale", "RandomHue",
    "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom",
    "SpatialDropout2D",
)  # fmt: skip
CONTAINERS = ("Functional", "Model", "Sequential")
# Bare operations, as preprocessing within a network leaves them: of Keras 3, and of TensorFlow in Keras 2.
OPERATIONS = {
    "Add": "add",
    "Subtract": "subtract",
    "Multiply": "multiply",
    "TrueDivide": "divide",
    "Divide": "divide",
    "GetItem": "pick",
    "Stack": "stack",
    "__operators__.add": "add",
    "math.add": "add",
    "nn.bias_add": "add",
    "math.subtract": "subtract",
    "math.multiply": "multiply",
    "math.truediv": "divide",
    "math.divide": "divide",
    "__operators__.getitem": "pick",
    "cast": "pass",
    "Cast": "pass",
}
# Not among them: hard_sigmoid, which is another function in Keras 2 than in Keras 3.
ACTIVATIONS = (
    "elu", "exponential", "gelu", "hard_silu", "hard_swish", "leaky_relu", "linear", "mish", "relu", "relu6", "selu",
    "sigmoid", "silu", "softmax", "softplus", "softsign", "swish", "tanh",
)  # fmt: skip
MODULES = ("keras", "tf_keras", "tensorflow.python.keras", "tensorflow.keras", "keras_core")
_EARLIER_NAMES = {"alpha": "negative_slope"}  # of LeakyReLU, before Keras 3
_DEEPEST = 8


def kept_arguments(kind: str, config: dict) -> dict[str, Any]:
    """Pick from a layer's description what it is built with again: plain values only.

    Args:
        kind: a key of `KNOWN`.
        config: as any version of Keras writes it.

    Returns:
        Arguments for the class.

    Raises:
        ValueError: if one is not plain, or an activation is unknown.
    """
    found = {name: value for name, value in config.items() if name in KNOWN[kind]}
    if kind == "LeakyReLU":
        found |= {new: config[old] for old, new in _EARLIER_NAMES.items() if old in config}
    kept = {
        name: activation_name(value) if name == "activation" else plain_value(value) for name, value in found.items()
    }
    if kept.get("data_format") == "channels_first":
        raise ValueError("it has the color channels first, which no network on a processor can run with")
    if config.get("rms_scaling"):  # of LayerNormalization, up to Keras 3.9
        raise ValueError("it leaves the mean as it is")
    axis = kept.get("axis")
    if kind == "BatchNormalization" and isinstance(axis, list) and len(axis) == 1:
        kept["axis"] = axis[0]  # as Keras 2 writes it
    if kind == "Softmax" and isinstance(kept.get("axis"), list):
        kept["axis"] = tuple(kept["axis"])
    return kept


def activation_name(value: object) -> str:
    """Read an activation.

    Args:
        value: its name, or how a version of Keras writes a function that has one; None for none.

    Returns:
        One of `ACTIVATIONS`.

    Raises:
        ValueError: if it is none of them.
    """
    if isinstance(value, dict):
        value = value.get("config") if value.get("class_name") == "function" else value.get("class_name")
    name = "linear" if value is None else value
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise ValueError(f"its activation {str(name)[:60]!r} is not among those that can be rebuilt")
    return name


def plain_value(value: object, depth: int = 0) -> Any:
    """Read a number, a word, or a list of them; arrays become lists.

    Args:
        value: out of a JSON text.
        depth: of nesting so far.

    Returns:
        The value, without wrappings.

    Raises:
        ValueError: if it is something else.
    """
    if isinstance(value, dict) and value.get("class_name") in ("__tensor__", "__numpy__", "TensorShape", "__tuple__"):
        inner = value.get("config", value)
        inner = inner.get("value", inner) if isinstance(inner, dict) else inner
        inner = inner.get("items", inner) if isinstance(inner, dict) else inner
        return plain_value(inner, depth + 1)
    if isinstance(value, dict) and value.get("type") == "ndarray":
        return plain_value(value.get("value"), depth + 1)
    if isinstance(value, list | tuple) and depth < _DEEPEST:
        return [plain_value(row, depth + 1) for row in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError("one of its arguments is no plain value")
