"""The functions that stand behind a sum: what people call them, and how they are computed."""

from __future__ import annotations

from collections.abc import Callable
from math import erf, exp, sqrt, tanh

# Part of an operation, by its name in LiteRT's schema.
ACTIVATIONS: dict[str, Callable[[float], float]] = {
    "none": lambda value: value,
    "relu": lambda value: max(0.0, value),
    "relu6": lambda value: min(6.0, max(0.0, value)),
    "relu_n1_to_1": lambda value: min(1.0, max(-1.0, value)),
    "tanh": tanh,
}
# Operations of their own.
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "RELU": ACTIVATIONS["relu"],
    "RELU6": ACTIVATIONS["relu6"],
    "TANH": tanh,
    "LOGISTIC": lambda value: 1 / (1 + exp(-value)),
    "HARD_SWISH": lambda value: value * min(6.0, max(0.0, value + 3)) / 6,
    "GELU": lambda value: value * (1 + erf(value / sqrt(2))) / 2,
}
NAMES = {
    "relu": "ReLU", "relu6": "ReLU6", "relu_n1_to_1": "clipping to −1…1", "tanh": "tanh", "logistic": "sigmoid",
    "hard_swish": "hard swish", "gelu": "GELU",
}  # fmt: skip
EXPLAINED = {
    "relu": "negative sums become 0",
    "relu6": "negative sums become 0, those above 6 become 6",
}
