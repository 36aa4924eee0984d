"""The dense head of a network as plain arrays: probabilities and exact gradients, computed with NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from tlcore.storage.arrays import read_arrays, write_arrays


@dataclass(frozen=True)
class Pooling:
    """A way to turn maps into numbers.

    Args:
        forward: maps (n, height, width, channels) → (n, units).
        backward: gradient (n, units) and the maps → gradient with respect to the maps.
    """

    forward: Callable[[np.ndarray], np.ndarray]
    backward: Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Activation:
    """What a layer does to its sums.

    Args:
        forward: sums → outputs.
        backward: gradient with respect to the outputs and the sums → gradient with respect to the sums.
    """

    forward: Callable[[np.ndarray], np.ndarray]
    backward: Callable[[np.ndarray, np.ndarray], np.ndarray]


def softmax(values: np.ndarray) -> np.ndarray:
    """Turn scores into probabilities.

    Args:
        values: float (n, classes).

    Returns:
        float (n, classes), each row adds up to 1.
    """
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _softmax_backward(gradient: np.ndarray, sums: np.ndarray) -> np.ndarray:
    shares = softmax(sums)
    return shares * (gradient - (gradient * shares).sum(axis=-1, keepdims=True))


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


def _spread_to_maxima(gradient: np.ndarray, maps: np.ndarray) -> np.ndarray:
    """Where several pixels share the maximum, TensorFlow divides the gradient among them; so does this."""
    is_maximum = maps == maps.max(axis=(1, 2), keepdims=True)
    return is_maximum * (gradient[:, None, None] / is_maximum.sum(axis=(1, 2), keepdims=True))


def _spread_evenly(gradient: np.ndarray, maps: np.ndarray) -> np.ndarray:
    return np.broadcast_to(gradient[:, None, None] / (maps.shape[1] * maps.shape[2]), maps.shape)


POOLINGS = {
    "average": Pooling(lambda maps: maps.mean(axis=(1, 2)), _spread_evenly),
    "max": Pooling(lambda maps: maps.max(axis=(1, 2)), _spread_to_maxima),
    "flatten": Pooling(lambda maps: maps.reshape(len(maps), -1), lambda gradient, maps: gradient.reshape(maps.shape)),
}
ACTIVATIONS = {
    "linear": Activation(lambda sums: sums, lambda gradient, sums: gradient),
    "relu": Activation(lambda sums: np.maximum(sums, 0), lambda gradient, sums: gradient * (sums > 0)),
    "hard_silu": Activation(  # x · relu6(x + 3) / 6, the hard swish of MobileNetV3
        lambda sums: sums * np.clip(sums + 3, 0, 6) / 6,
        lambda gradient, sums: gradient * np.where(np.abs(sums) < 3, (2 * sums + 3) / 6, sums > 0),
    ),
    "sigmoid": Activation(_sigmoid, lambda gradient, sums: gradient * (_sigmoid(sums) * (1 - _sigmoid(sums)))),
    "tanh": Activation(np.tanh, lambda gradient, sums: gradient * (1 - np.tanh(sums) ** 2)),
    "softmax": Activation(softmax, _softmax_backward),
}


@dataclass(frozen=True)
class Normalization:
    """Layer normalization of a list of numbers, as ConvNeXt has it before its classifier.

    Args:
        scale: float32 (units,).
        offset: float32 (units,).
        epsilon: added to the variance.
    """

    scale: np.ndarray
    offset: np.ndarray
    epsilon: float

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Normalize rows (n, units)."""
        centered, deviation = self._parts(values)
        return centered / deviation * self.scale + self.offset

    def backward(self, gradient: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Gradient with respect to the result → gradient with respect to the values."""
        centered, deviation = self._parts(values)
        normalized = centered / deviation
        scaled = gradient * self.scale
        along = (scaled * normalized).mean(axis=1, keepdims=True)
        return (scaled - scaled.mean(axis=1, keepdims=True) - normalized * along) / deviation

    def _parts(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        centered = values - values.mean(axis=1, keepdims=True)
        return centered, np.sqrt((centered**2).mean(axis=1, keepdims=True) + self.epsilon)


@dataclass(frozen=True)
class UnitLength:
    """Scales each row to length 1, as `keras.layers.UnitNormalization` does.

    Args:
        least: shorter rows are divided by this length.
    """

    least: float = 1e-12

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Scale rows (n, units)."""
        return (values / self._lengths(values)).astype(values.dtype)

    def backward(self, gradient: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Gradient with respect to the result → gradient with respect to the values."""
        lengths = self._lengths(values)
        direction = values / lengths
        return (gradient - direction * (gradient * direction).sum(axis=1, keepdims=True)) / lengths

    def _lengths(self, values: np.ndarray) -> np.ndarray:
        return np.maximum(np.linalg.norm(values, axis=1, keepdims=True), self.least)


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

    def sums(self, values: np.ndarray) -> np.ndarray:
        """What rows (n, inputs) add up to before the activation."""
        return values @ self.kernel + self.bias

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Rows (n, inputs) → (n, units)."""
        return ACTIVATIONS[self.activation].forward(self.sums(values))

    def backward(self, gradient: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Gradient with respect to the result → gradient with respect to the values."""
        return ACTIVATIONS[self.activation].backward(gradient, self.sums(values)) @ self.kernel.T


@dataclass(frozen=True)
class Activated:
    """An activation alone: what turns the scores that a network gives into probabilities.

    Args:
        function: a key of `ACTIVATIONS`.
    """

    function: str

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Rows (n, units) → (n, units)."""
        return ACTIVATIONS[self.function].forward(values)

    def backward(self, gradient: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Gradient with respect to the result → gradient with respect to the values."""
        return ACTIVATIONS[self.function].backward(gradient, values)


Layer = DenseLayer | Normalization | UnitLength | Activated
_KINDS: tuple[type[Layer], ...] = (DenseLayer, Normalization, UnitLength, Activated)


@dataclass(frozen=True)
class Head:
    """What follows the features: a pooling and layers, one after another.

    Args:
        pooling: a key of `POOLINGS`, applied to maps (n, height, width, channels); vectors pass unchanged.
        layers: those of a classifier end with a dense layer that gives probabilities; what lies between the maps and a
            cut in a classifier's middle ends before.
    """

    pooling: str
    layers: tuple[Layer, ...]

    @property
    def units(self) -> int:
        """Number of outputs: as many as its last dense layer has, since what may follow only scales them."""
        return next(len(layer.bias) for layer in reversed(self.layers) if isinstance(layer, DenseLayer))

    def outputs(self, features: np.ndarray) -> np.ndarray:
        """Compute what the last layer gives.

        Args:
            features: float32 (n, height, width, channels) or (n, units).

        Returns:
            float32 (n, units).
        """
        values = self._pooled(features)
        for layer in self.layers:
            values = layer.forward(values)
        return values

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Compute class probabilities.

        Args:
            features: float32 (n, height, width, channels) or (n, units).

        Returns:
            float32 (n, classes); a single sigmoid output p becomes the two columns 1 - p and p.
        """
        values = self.outputs(features)
        return np.concatenate([1 - values, values], axis=1) if values.shape[1] == 1 else values

    def score_gradient(self, features: np.ndarray, index: int) -> np.ndarray:
        """Differentiate a class's score, the sum before the last activation, with respect to the features.

        Args:
            features: float32 (n, height, width, channels) or (n, units).
            index: of the class. With a single sigmoid output the score of class 0 is the negative of class 1's.

        Returns:
            float32, the shape of `features`: exact, by the chain rule.
        """
        *below, last = self.layers
        assert isinstance(last, DenseLayer)  # as every classifier ends
        values = [self._pooled(features)]
        for layer in below:
            values.append(layer.forward(values[-1]))
        column = last.kernel[:, index] if self.units > 1 else last.kernel[:, 0] * (1 if index else -1)
        gradient = np.broadcast_to(column, (len(features), len(column)))
        for layer, before in zip(below[::-1], values[-2::-1], strict=True):
            gradient = layer.backward(gradient, before)
        return POOLINGS[self.pooling].backward(gradient, features) if features.ndim == 4 else gradient

    def after(self, lower: Head | None) -> Head:
        """Put this head behind another one.

        Args:
            lower: from the features to where this one begins; None for nothing.

        Returns:
            Both in one.
        """
        return Head(lower.pooling, (*lower.layers, *self.layers)) if lower else self

    def _pooled(self, features: np.ndarray) -> np.ndarray:
        return POOLINGS[self.pooling].forward(features) if features.ndim == 4 else features

    def save(self, path: Path) -> None:
        """Write the head as an .npz file, all or nothing.

        Args:
            path: the file to create or replace.
        """
        arrays = {"pooling": np.array(self.pooling)}
        for index, layer in enumerate(self.layers):
            arrays |= {f"{name}_{index}": np.asarray(value) for name, value in vars(layer).items()}
        write_arrays(path, arrays)


def load_head(path: Path) -> Head:
    """Read a head that `Head.save` wrote.

    Args:
        path: the .npz file.

    Returns:
        The head.

    Raises:
        MissingError: if the file is gone or damaged.
    """
    arrays = read_arrays(path, f"the head of a network in {path}", "Prepare or train the network again.")
    values: dict[str, Any] = {name: array[()] for name, array in arrays.items()}  # numbers and texts have no axes
    pooling = values.pop("pooling")
    found: dict[int, dict[str, Any]] = {}  # a layer's fields by its number
    for name, value in values.items():
        # Earlier versions had one normalization, before all layers, and gave it no number.
        field, _, number = name.rpartition("_")
        if number.isdigit():
            found.setdefault(int(number), {})[field] = value
        else:
            found.setdefault(-1, {})[name] = value
    return Head(pooling, tuple(_layer(found[number]) for number in sorted(found)))


def _layer(values: dict[str, Any]) -> Layer:
    """The kind of layer that has just these fields."""
    kind = next(kind for kind in _KINDS if {field.name for field in fields(kind)} == set(values))
    return kind(**values)
