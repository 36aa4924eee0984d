"""The dense head of a network as plain arrays, computed with NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tlcore.files import replacing


def softmax(values: np.ndarray) -> np.ndarray:
    """Turn scores into probabilities.

    Args:
        values: float (n, classes).

    Returns:
        float (n, classes), each row adds up to 1.
    """
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


POOLINGS = {
    "average": lambda maps: maps.mean(axis=(1, 2)),
    "max": lambda maps: maps.max(axis=(1, 2)),
    "flatten": lambda maps: maps.reshape(len(maps), -1),
}
ACTIVATIONS = {
    "linear": lambda values: values,
    "relu": lambda values: np.maximum(values, 0),
    "sigmoid": _sigmoid,
    "softmax": softmax,
}


@dataclass(frozen=True)
class DenseLayer:
    """One dense layer.

    Args:
        kernel: float32 (inputs, units).
        bias: float32 (units,).
        activation: a key of `ACTIVATIONS`.
    """

    kernel: np.ndarray
    bias: np.ndarray
    activation: str


@dataclass(frozen=True)
class Head:
    """What follows the features: a pooling and dense layers.

    Args:
        pooling: a key of `POOLINGS`, applied to maps (n, height, width, channels); vectors pass unchanged.
        layers: at least one; the last gives probabilities.
    """

    pooling: str
    layers: tuple[DenseLayer, ...]

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Compute class probabilities.

        Args:
            features: float32 (n, height, width, channels) or (n, units).

        Returns:
            float32 (n, classes); a single sigmoid output p becomes the two columns 1 - p and p.
        """
        values = POOLINGS[self.pooling](features) if features.ndim == 4 else features
        for layer in self.layers:
            values = ACTIVATIONS[layer.activation](values @ layer.kernel + layer.bias)
        return np.concatenate([1 - values, values], axis=1) if values.shape[1] == 1 else values

    def save(self, path: Path) -> None:
        """Write the head as an .npz file, all or nothing.

        Args:
            path: the file to create or replace.
        """
        arrays = {"pooling": np.array(self.pooling)}
        for index, layer in enumerate(self.layers):
            arrays[f"kernel_{index}"] = layer.kernel
            arrays[f"bias_{index}"] = layer.bias
            arrays[f"activation_{index}"] = np.array(layer.activation)
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, **arrays)


def load_head(path: Path) -> Head:
    """Read a head that `Head.save` wrote.

    Args:
        path: the .npz file.

    Returns:
        The head.
    """
    with np.load(path, allow_pickle=False) as arrays:
        count = sum(name.startswith("kernel_") for name in arrays)
        layers = tuple(
            DenseLayer(arrays[f"kernel_{i}"], arrays[f"bias_{i}"], str(arrays[f"activation_{i}"])) for i in range(count)
        )
        return Head(str(arrays["pooling"]), layers)
