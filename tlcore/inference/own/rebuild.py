"""A checked description → one flat Keras network of this program's own layers. [TF]"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import keras

from tlcore.errors import InputError
from tlcore.inference.own.known_layers import MERGING, PASSING
from tlcore.settings import settings
from tlcore.zoo.layers.formulas.parameters import parameter_count
from tlcore.zoo.layers.formulas.shapes import output_shape

MOST_CALLS = 5_000
MOST_NUMBERS = 100_000_000  # that one layer gives for a picture
_BYTES = 4  # of a number
_LONGEST_NAME = 100
_FORBIDDEN = re.compile(r"[^A-Za-z0-9_.-]")
Path = tuple[str, ...]  # names of the networks that a layer is nested in, and its own
End = tuple[str, int, int]  # name, call, tensor


class Pick(keras.Layer):
    """Turns red, green, blue into blue, green, red; or takes one of them, which leaves no last axis.

    Args:
        part: "reverse", or the number of a channel.
    """

    def __init__(self, part: str | int, **values):
        super().__init__(**values)
        self._part = slice(None, None, -1) if part == "reverse" else int(part)

    def call(self, maps):
        """Reorder the last axis, or keep one of it."""
        return maps[..., self._part]


class Stack(keras.Layer):
    """Puts tensors beside each other along a new axis.

    Args:
        axis: which the new one becomes.
    """

    def __init__(self, axis: int, **values):
        super().__init__(**values)
        self._axis = axis

    def call(self, tensors):
        """Stack them."""
        return keras.ops.stack(tensors, axis=self._axis)


@dataclass
class Rebuilt:
    """A network that was rebuilt.

    Args:
        description: what it was built from.
        model: flat, functional, with random weights.
        layers: by their place in the description; those that only pass on what they get are missing.
    """

    description: dict
    model: keras.Model
    layers: dict[Path, keras.Layer]


@dataclass
class _Builder:
    layers: dict[Path, keras.Layer] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    calls: int = 0
    parameters: int = 0

    def apply(self, network: dict, tensors: list[keras.KerasTensor], path: Path) -> keras.KerasTensor:
        """Call all layers of a network, in an order in which each finds what goes in."""
        found: dict[End, keras.KerasTensor] = {}
        for (name, _, _), tensor in zip(network["inputs"], tensors, strict=True):
            found[name, 0, 0] = tensor
        waiting = [(layer, number) for layer in network["layers"] for number in range(len(layer["calls"]))]
        waiting = [(layer, number) for layer, number in waiting if layer["kind"] != "InputLayer"]
        while waiting:
            later = []
            for layer, number in waiting:
                arguments = self._arguments(layer["calls"][number], found)
                if arguments is None:
                    later.append((layer, number))
                else:
                    found[layer["name"], number, 0] = output = self._call(layer, arguments, path)
                    self._check_work(layer, output)
            if len(later) == len(waiting):
                raise InputError("a network whose layers follow from one another", "one with a circle", "Save it anew.")
            waiting = later
        return found[tuple(network["outputs"][0])]

    def _arguments(self, call: list[dict], found: dict) -> list | None:
        if any("from" in row and tuple(row["from"]) not in found for row in call):
            return None
        return [found[tuple(row["from"])] if "from" in row else row["value"] for row in call]

    def _call(self, layer: dict, arguments: list, path: Path) -> keras.KerasTensor:
        kind, place = layer["kind"], (*path, layer["name"])
        if "network" in layer:
            return self.apply(layer["network"], arguments[:1], place)
        if kind in PASSING:
            return arguments[0]
        if kind == "Operation":
            return self._operate(layer, arguments)
        if place not in self.layers:
            self._check_parameters(layer, arguments)
            self.layers[place] = self._made(layer)
        made = self.layers[place]
        output = made(arguments if kind in MERGING else arguments[0])
        made.trainable = layer["trainable"]  # once it has weights; older files order them by that
        return output

    def _check_work(self, layer: dict, output: keras.KerasTensor) -> None:
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise InputError(f"at most {MOST_CALLS:,} steps", "a network with more", "Choose a smaller network.")
        given = math.prod(output.shape[1:])
        if given > MOST_NUMBERS:
            raise _too_large(layer, f"{MOST_NUMBERS:,} numbers for a picture", given)

    def _check_parameters(self, layer: dict, arguments: list[keras.KerasTensor]) -> None:
        """Before Keras makes room for them."""
        kind, values = layer["kind"], layer["arguments"]
        inputs = [tensor.shape[1:] for tensor in arguments]
        output = output_shape(kind, values, inputs)
        if output is None:
            raise ValueError(f"layer {layer['name'][:60]} ({kind}), which gives nothing")
        self.parameters += parameter_count(kind, values, inputs, output)[0]
        most = settings().max_weights_bytes // _BYTES
        if self.parameters > most:
            raise _too_large(layer, f"{most:,} parameters", self.parameters)

    def _made(self, layer: dict) -> keras.Layer:
        arguments = {name: tuple(v) if isinstance(v, list) else v for name, v in layer["arguments"].items()}
        return getattr(keras.layers, layer["kind"])(name=self._name(layer["name"]), **arguments)

    def _operate(self, layer: dict, arguments: list) -> keras.KerasTensor:
        """An operation as a layer, so that every step of the network is one."""
        operation, name = layer["arguments"]["operation"], self._name(layer["name"])
        first, *others = arguments
        second = others[-1] if others else None
        if operation == "pass":
            return first
        if operation == "pick" and second is not None:
            return Pick(second, name=name)(first)
        if operation == "stack" and all(isinstance(tensor, keras.KerasTensor) for tensor in arguments):
            return Stack(layer["arguments"]["axis"], name=name)(arguments)
        if operation == "stack" or second is None or len(others) > 1:
            raise _cannot(layer)
        if isinstance(second, keras.KerasTensor) and isinstance(first, keras.KerasTensor):
            merging = {"add": keras.layers.Add, "subtract": keras.layers.Subtract, "multiply": keras.layers.Multiply}
            if operation not in merging:
                raise _cannot(layer)
            return merging[operation](name=name)([first, second])
        if not isinstance(first, keras.KerasTensor):
            if operation not in ("add", "multiply"):
                raise _cannot(layer)
            first, second = second, first
        number = _channels(second)
        if number is None or len(number) not in (1, first.shape[-1]):
            raise _cannot(layer)
        scale, offset = {
            "add": (1.0, number),
            "subtract": (1.0, [-value for value in number]),
            "multiply": (number, 0.0),
            "divide": ([1 / value for value in number], 0.0),
        }[operation]
        return keras.layers.Rescaling(_alone(scale), _alone(offset), name=name)(first)

    def _name(self, wanted: str) -> str:
        """A name that no other layer has, in letters that TensorFlow allows."""
        base = _FORBIDDEN.sub("_", wanted[:_LONGEST_NAME]).lstrip("_-") or "layer"
        name, number = base, 1
        while name in self.names:
            number += 1
            name = f"{base}_{number}"
        self.names.add(name)
        return name


def rebuild(description: dict, side: int, channels: int) -> Rebuilt:
    """Build a network.

    Args:
        description: as `tlcore.inference.own.description.checked_network` gives it.
        side: of the square pictures in pixels.
        channels: of the pictures.

    Returns:
        The network, with random weights.

    Raises:
        InputError: if Keras cannot build what it describes.
    """
    builder = _Builder()
    picture = keras.Input((side, side, channels), name=builder._name("input"))
    try:
        output = builder.apply(description, [picture], ())
        return Rebuilt(description, keras.Model(picture, output), builder.layers)
    except (MemoryError, InputError):
        raise
    except Exception as problem:  # Keras passes on whatever it stumbles over
        reason = str(problem).partition("\n")[0]
        raise InputError("layers that fit together", f"a description with {reason:.200}", "Save it anew.") from problem


def leaves(network: dict, path: Path = ()) -> Iterator[tuple[Path, dict]]:
    """The layers of a description that are no networks, in its order.

    Args:
        network: a checked description.
        path: where it is nested.

    Yields:
        The place of each, and its description.
    """
    for layer in network["layers"]:
        place = (*path, layer["name"])
        if "network" in layer:
            yield from leaves(layer["network"], place)
        else:
            yield place, layer


def _channels(value: Any) -> list[float] | None:
    """One number, or one for each channel; None where numbers differ along another axis."""
    if not isinstance(value, list):
        return [float(value)]
    if any(isinstance(row, list) for row in value):
        return _channels(value[0]) if len(value) == 1 else None
    return [float(number) for number in value]


def _alone(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _too_large(layer: dict, most: str, received: int) -> InputError:
    return InputError(f"at most {most}", f"{received:,} with layer {layer['name'][:60]}", "Choose a smaller network.")


def _cannot(layer: dict) -> InputError:
    return InputError(
        "operations that can be rebuilt",
        f"layer {layer['name'][:60]} ({layer['arguments']['operation']})",
        "Save a network without it, or convert it to a .tflite file and give that.",
    )
