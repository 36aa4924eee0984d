"""Layers that look along a sequence: recurrent layers and attention. Knows no TensorFlow.

Counted are the matrix products of one pass (Hochreiter and Schmidhuber, "Long Short-Term Memory"; Cho et al., "Learning
Phrase Representations using RNN Encoder-Decoder"; Vaswani et al., "Attention Is All You Need").
"""

from __future__ import annotations

import math
from collections.abc import Callable

from tlcore.zoo.layers.formulas.facts import Config, LayerFacts, Shape, pair

# kind of layer: matrix products for each step
GATES = {"SimpleRNN": 1, "GRU": 3, "CuDNNGRU": 3, "LSTM": 4, "CuDNNLSTM": 4}


def _recurrent_shape(config: Config, inputs: list[Shape]) -> Shape:
    units = int(config["units"])
    return (inputs[0][0], units) if config.get("return_sequences") else (units,)


def _recurrent_cost(layer: LayerFacts) -> int:
    (steps, features), units = layer.inputs[0], layer.output[-1]
    return steps * GATES[layer.kind] * (features * units + units * units)


def _recurrent_parameters(kind: str, config: Config, inputs: list[Shape], output: Shape) -> int:
    features, units = inputs[0][-1], output[-1]
    biases = 2 if kind.startswith("CuDNN") or (kind == "GRU" and config.get("reset_after")) else 1
    bias = biases * units if config.get("use_bias", True) else 0
    return GATES[kind] * (features * units + units * units + bias)


def _one_way(layer: LayerFacts) -> LayerFacts:
    kind, config = layer.wrapped
    return LayerFacts(kind, config, layer.inputs, tuple(_recurrent_shape(config, list(layer.inputs))))


def _both_ways_shape(config: Config, inputs: list[Shape]) -> Shape:
    shape = _recurrent_shape(config["layer"]["config"], inputs)
    return (*shape[:-1], 2 * shape[-1]) if config.get("merge_mode", "concat") == "concat" else shape


def _both_ways_parameters(kind: str, config: Config, inputs: list[Shape], output: Shape) -> int:
    one = _one_way(LayerFacts(kind, config, tuple(inputs), output))
    return 2 * _recurrent_parameters(one.kind, one.config, inputs, one.output)


def _maps_along_time(config: Config, inputs: list[Shape]) -> Shape:
    steps, *sides = inputs[0]
    kernel, stride = pair(config["kernel_size"]), pair(config.get("strides") or 1)
    if config.get("padding") == "same":
        maps = [math.ceil(side / step) for side, step in zip(sides, stride, strict=False)]
    else:
        maps = [(side - size) // step + 1 for side, size, step in zip(sides, kernel, stride, strict=False)]
    shape = (*maps[:2], int(config["filters"]))
    return (steps, *shape) if config.get("return_sequences") else shape


def _maps_along_time_cost(layer: LayerFacts) -> int:
    steps, channels, filters = layer.inputs[0][0], layer.inputs[0][-1], layer.output[-1]
    height, width = layer.output[-3:-1]
    kernel = math.prod(pair(layer.config["kernel_size"]))
    return steps * height * width * 4 * kernel * (channels + filters) * filters


def _maps_along_time_parameters(kind: str, config: Config, inputs: list[Shape], output: Shape) -> int:
    channels, filters = inputs[0][-1], output[-1]
    kernel = math.prod(pair(config["kernel_size"]))
    return 4 * filters * (kernel * (channels + filters) + bool(config.get("use_bias", True)))


def _heads(config: Config) -> tuple[int, int, int]:
    """Heads, and the numbers that each has of a key and of a value."""
    return int(config["num_heads"]), int(config["key_dim"]), int(config.get("value_dim") or config["key_dim"])


def _many_heads_cost(layer: LayerFacts) -> int:
    heads, key, value = _heads(layer.config)
    queries, *rest = layer.inputs
    values = rest[0] if rest else queries
    keys = rest[1] if len(rest) > 1 else values
    asked, looked_at = math.prod(queries[:-1]), math.prod(values[:-1])
    projected = asked * queries[-1] * key + looked_at * (keys[-1] * key + values[-1] * value)
    return heads * (projected + asked * looked_at * (key + value) + asked * value * layer.output[-1])


def _many_heads_parameters(kind: str, config: Config, inputs: list[Shape], output: Shape) -> int:
    heads, key, value = _heads(config)
    queries, *rest = inputs
    values = rest[0] if rest else queries
    keys = rest[1] if len(rest) > 1 else values
    weights = heads * ((queries[-1] + keys[-1]) * key + values[-1] * value + value * output[-1])
    return weights + (heads * (2 * key + value) + output[-1] if config.get("use_bias", True) else 0)


def _many_heads_shape(config: Config, inputs: list[Shape]) -> Shape:
    given = config.get("output_shape")
    if given is None:
        return inputs[0]
    return (*inputs[0][:-1], *(map(int, given) if isinstance(given, list | tuple) else [int(given)]))


def _attention_cost(layer: LayerFacts) -> int:
    queries, *rest = layer.inputs
    values = rest[0] if rest else queries
    keys = rest[1] if len(rest) > 1 else values
    return queries[0] * values[0] * (keys[-1] + values[-1])


SHAPES: dict[str, Callable[[Config, list[Shape]], Shape]] = {
    **dict.fromkeys(GATES, _recurrent_shape),
    "Bidirectional": _both_ways_shape,
    "ConvLSTM2D": _maps_along_time,
    "MultiHeadAttention": _many_heads_shape,
    **dict.fromkeys(
        ("Attention", "AdditiveAttention"),
        lambda config, inputs: (*inputs[0][:-1], inputs[min(1, len(inputs) - 1)][-1]),
    ),
}

COSTS: dict[str, Callable[[LayerFacts], int]] = {
    **dict.fromkeys(GATES, _recurrent_cost),
    "Bidirectional": lambda layer: 2 * _recurrent_cost(_one_way(layer)),
    "ConvLSTM2D": _maps_along_time_cost,
    "MultiHeadAttention": _many_heads_cost,
    **dict.fromkeys(("Attention", "AdditiveAttention"), _attention_cost),
}

PARAMETERS: dict[str, Callable[[str, Config, list[Shape], Shape], int]] = {
    **dict.fromkeys(GATES, _recurrent_parameters),
    "Bidirectional": _both_ways_parameters,
    "ConvLSTM2D": _maps_along_time_parameters,
    "MultiHeadAttention": _many_heads_parameters,
    "Attention": lambda kind, config, inputs, output: int(bool(config.get("use_scale"))),
    "AdditiveAttention": lambda kind, config, inputs, output: inputs[0][-1] if config.get("use_scale", True) else 0,
}
