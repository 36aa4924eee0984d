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
    "sequence": ("recurrent or attention", "#009E9E", WHITE),
    "input": ("input", "#F0E442", BLACK),
    "group": ("several layers, click to open", "#44546A", WHITE),
    "closed": ("closed: not known what it does", "#E69F00", BLACK),
}

_BY_TYPE = {
    "InputLayer": "input",
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), "convolution"),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), "convolution"),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D"), "depthwise"),
    **dict.fromkeys(("Dense", "EinsumDense"), "dense"),
    **dict.fromkeys(("SimpleRNN", "GRU", "LSTM", "CuDNNGRU", "CuDNNLSTM", "ConvLSTM2D", "Bidirectional"), "sequence"),
    **dict.fromkeys(("MultiHeadAttention", "Attention", "AdditiveAttention"), "sequence"),
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"), "merge"),
    **dict.fromkeys(("Divide", "MatMul", "Matmul", "Stack"), "merge"),
    "Sequential": "group",  # in the catalog, a few layers of ConvNeXt
    **dict.fromkeys(("Flatten", "Reshape", "NewShape", "Permute", "RepeatVector", "Resizing", "Transpose"), "shape"),
}


def kind_of(layer_type: str) -> str:
    """Tell the kind of a layer.

    Args:
        layer_type: its class, such as "Conv2D", or one around another, such as "TimeDistributed(Dense)".

    Returns:
        A key of `KINDS`.
    """
    outer, _, inner = layer_type.partition("(")
    kind = _BY_TYPE.get(outer) or _BY_TYPE.get(inner.rstrip(")"))
    if kind:
        return kind
    if "Pooling" in layer_type or layer_type == "MEAN":
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
