"""A layer as data: its class, its settings and the shapes around it. Knows no TensorFlow."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Config = Mapping[str, Any]  # the settings of a layer, as Keras writes them
Shape = tuple[int, ...]  # without the batch; empty where it is not known


@dataclass(frozen=True)
class LayerFacts:
    """A layer as data.

    Args:
        kind: name of its class, such as "Conv2D".
        config: its settings, as Keras writes them.
        inputs: shapes of what it takes, without the batch.
        output: shape of what it gives.
    """

    kind: str
    config: Config
    inputs: tuple[Shape, ...]
    output: Shape

    @property
    def channels_last(self) -> LayerFacts:
        """The same layer as if its channels stood last, as the formulas want them."""
        if self.config.get("data_format") != "channels_first":
            return self
        inputs = tuple(channels_to_end(shape) for shape in self.inputs)
        return dataclasses.replace(self, inputs=inputs, output=channels_to_end(self.output))

    @property
    def wrapped(self) -> tuple[str, Config]:
        """Class and settings of the layer that this one wraps, such as a Bidirectional does."""
        layer = self.config["layer"]
        return str(layer["class_name"]), layer["config"]


def channels_to_end(shape: Shape) -> Shape:
    """Turn (channels, height, width) into (height, width, channels)."""
    return (*shape[1:], *shape[:1])


def channels_to_front(shape: Shape) -> Shape:
    """Turn (height, width, channels) into (channels, height, width)."""
    return (*shape[-1:], *shape[:-1])


def axis_without_batch(axis: Any, shape: Shape) -> int:
    """Read a setting that counts the batch as axis 0, or from behind.

    Args:
        axis: as Keras writes it; it may stand alone in a list.
        shape: of the input, without the batch.

    Returns:
        The position in `shape`.

    Raises:
        ValueError: if there is no such axis.
    """
    number = int(axis[0] if isinstance(axis, list | tuple) else axis)
    place = number + len(shape) if number < 0 else number - 1
    if not 0 <= place < len(shape):
        raise ValueError(f"axis {number} of a shape with {len(shape)} sides")
    return place


def sides(value: object, dimensions: int) -> tuple[int, ...]:
    """Read a setting that Keras takes as one number for all dimensions, or as one for each."""
    numbers = tuple(value) if isinstance(value, list | tuple) else (value,)
    numbers = tuple(int(number) for number in numbers)
    return numbers if len(numbers) == dimensions else numbers[:1] * dimensions


def pair(value: object) -> tuple[int, int]:
    """Read a setting that Keras takes as one number or as two."""
    first, *rest = value if isinstance(value, list | tuple) else (value,)
    return int(first), int(rest[0] if rest else first)
