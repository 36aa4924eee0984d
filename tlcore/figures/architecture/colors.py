"""One color for each kind of layer, the same in every figure (Okabe and Ito's color-blind safe palette)."""

from __future__ import annotations

WHITE, BLACK = "#FFFFFF", "#111111"

# kind of layer: (what people call it, fill, text on the fill)
KINDS: dict[str, tuple[str, str, str]] = {
    "convolution": ("convolution", "#0072B2", WHITE),
    "depthwise": ("depthwise convolution", "#56B4E9", BLACK),
    "dense": ("dense", "#D55E00", WHITE),
    "pooling": ("pooling", "#009E73", WHITE),
    "merge": ("sum, product or concatenation", "#CC79A7", BLACK),
    "shape": ("padding, cropping, reshaping", "#B8B8B8", BLACK),
    "point": ("activation, normalization", "#8A8A8A", WHITE),
    "input": ("input", "#F0E442", BLACK),
    "group": ("several layers, click to open", "#44546A", WHITE),
    "opaque": ("unknown layer type", "#E69F00", BLACK),
}

_BY_TYPE = {
    "InputLayer": "input",
    "Conv2D": "convolution",
    "Conv2DTranspose": "convolution",
    "SeparableConv2D": "depthwise",
    "DepthwiseConv2D": "depthwise",
    "Dense": "dense",
    "Add": "merge",
    "Subtract": "merge",
    "Multiply": "merge",
    "Average": "merge",
    "Maximum": "merge",
    "Minimum": "merge",
    "Concatenate": "merge",
    "Flatten": "shape",
    "Reshape": "shape",
    "Sequential": "group",
    "Functional": "group",
}


def kind_of(layer_type: str, detail: str = "") -> str:
    """Tell the kind of a layer.

    Args:
        layer_type: its class, such as "Conv2D".
        detail: its settings in short; they say when a layer is opaque.

    Returns:
        A key of `KINDS`.
    """
    if detail.startswith("opaque"):
        return "opaque"
    if layer_type in _BY_TYPE:
        return _BY_TYPE[layer_type]
    if "Pooling" in layer_type:
        return "pooling"
    if "Padding" in layer_type or "Cropping" in layer_type or "UpSampling" in layer_type:
        return "shape"
    return "point"


# Networks side by side: color and pattern, so that neither has to be told by color alone.
NETWORKS = (("#0072B2", ""), ("#E69F00", "/"), ("#009E73", "x"))

LINE = "#808A97"  # connections and edges, legible on light and dark


def short_number(value: float) -> str:
    """Write a count in a few characters: 138M, 15.5G, 3.5M, 61.7k.

    Args:
        value: zero or more.

    Returns:
        The text.
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size * 0.9995:
            return f"{value / size:.3g}{letter}" if value < 999.5 * size else f"{value / size:.0f}{letter}"
    return f"{value:.0f}"


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape: 7×7×512."""
    return "×".join(f"{side}" for side in shape) or "unknown"
