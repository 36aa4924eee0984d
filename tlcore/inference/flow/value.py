"""One value of a feature map written out: the numbers that it was made of, the weights, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod

import numpy as np

from tlcore.inference.flow.functions import ACTIVATIONS, FUNCTIONS
from tlcore.inference.flow.operations import CONVOLUTIONS, POOLINGS, Operation, sliced
from tlcore.inference.inside import Inside

_JOINS = {"ADD": "sum", "SUB": "difference", "MUL": "product"}
_MOST_STEPS = 12


@dataclass(frozen=True)
class Place:
    """A value of the maps that a tensor holds.

    Args:
        tensor: its number.
        y: row.
        x: column.
        channel: which map.
    """

    tensor: int
    y: int
    x: int
    channel: int


@dataclass(frozen=True)
class Term:
    """What one map that came in adds to a value.

    Args:
        channel: which map.
        patch: float32 (height, width), its values in the window; 0 beyond its edges.
        kernel: float32 (height, width), the weights; None for a pooling, which has none.
        outside: bool (height, width), true beyond the edges.
    """

    channel: int
    patch: np.ndarray
    kernel: np.ndarray | None
    outside: np.ndarray

    @property
    def total(self) -> float:
        """Sum of the values times their weights."""
        return float((self.patch * self.kernel).sum()) if self.kernel is not None else float(self.patch.sum())


@dataclass(frozen=True)
class Step:
    """One operation that led to a value.

    Args:
        kind: "convolution", "depthwise", "dense", "maximum", "average", "sum", "difference", "product", or a function
            such as "relu"; "other" for what is not written out.
        value: what came out.
        terms: of a window, the largest first; each map that came in has one.
        operands: of a join or a function: what was put in.
        bias: added to the terms.
        before: the sum before the activation.
        activation: name of the function behind the sum; "none" for none.
        place: of the value in its tensor.
        came_from: number of the tensor under the window; None where there is none.
        largest: the value under the window that counted most; None where there is none.
    """

    kind: str
    value: float
    place: Place
    terms: tuple[Term, ...] = ()
    operands: tuple[float, ...] = ()
    bias: float = 0.0
    before: float = 0.0
    activation: str = "none"
    came_from: int | None = None
    largest: Place | None = None


def write_out(inside: Inside, photo: np.ndarray, place: Place) -> list[Step]:
    """Follow a value back to the window that made it.

    Args:
        inside: the network.
        photo: float32 (1, size, size, channels), preprocessed.
        place: of the value.

    Returns:
        Steps from the value back: joins and functions, and at the end a window with its weights, unless the way back
        leads to something that is not written out.
    """
    reader = _Reader(inside, photo)
    steps: list[Step] = []
    following: Place | None = place
    while following and len(steps) < _MOST_STEPS:
        step, following = reader.step(following)
        if step:
            steps.append(step)
    return steps


class _Reader:
    def __init__(self, inside: Inside, photo: np.ndarray):
        self._inside, self._photo = inside, photo
        self._makers = {operation.output: operation for operation in inside.operations}
        self._size = (1, 1)  # of the maps that are followed
        self._order = {operation.output: number for number, operation in enumerate(inside.operations)}

    def step(self, place: Place) -> tuple[Step | None, Place | None]:
        """What made a value, and where to follow it further back; no step where it was only handed on."""
        operation = self._makers.get(place.tensor)
        if operation is None:
            return None, None
        if operation.kind in CONVOLUTIONS:
            return self._convolution(operation, place), None
        if operation.kind in POOLINGS:
            return self._pooling(operation, place), None
        if operation.kind == "FULLY_CONNECTED":
            return self._dense(operation, place), None
        if operation.kind == "CONCATENATION":
            return None, self._joined_side_by_side(operation, place)
        if operation.kind == "PAD":
            return None, self._inside_padding(operation, place)
        if operation.kind == "STRIDED_SLICE":
            (row, column), (down, across) = sliced(operation, self._inside.constant)
            source = Place(operation.inputs[0], row + down * place.y, column + across * place.x, place.channel)
            return None, source
        if operation.kind == "RESHAPE":
            self._values(place.tensor)  # which tells how large the maps are that were laid in a row
            return None, replace(place, tensor=operation.inputs[0])
        if operation.kind in _JOINS:
            return self._join(operation, place)
        if operation.kind in FUNCTIONS:
            source = Place(operation.inputs[0], place.y, place.x, place.channel)
            step = Step(operation.kind.lower(), self._value(place), place, operands=(self._value(source),))
            return step, source
        return Step("other", self._value(place), place), None

    def _values(self, tensor: int) -> np.ndarray:
        """float32 (height, width, channels), or what a constant holds."""
        if tensor not in self._makers and tensor != self._inside.image:
            values = self._inside.constant(tensor)
            return values[0] if values.ndim == 4 else values
        values = self._inside.run(self._photo, tensor)
        if values.ndim == 4:
            values = values[0]
            self._size = values.shape[:2] if values.shape[:2] != (1, 1) else self._size
        elif values.size == values.shape[-1] * prod(self._size):  # its places are laid in a row
            values = values.reshape(*self._size, -1)
        return values

    def _value(self, place: Place) -> float:
        """A value; what is the same for all places or maps is read there."""
        values = self._values(place.tensor)
        wanted = (place.y, place.x, place.channel)[3 - values.ndim :]
        return float(values[tuple(at if side > 1 else 0 for at, side in zip(wanted, values.shape, strict=True))])

    def _window(self, operation: Operation, place: Place, channels: slice) -> tuple[np.ndarray, np.ndarray]:
        """float32 (height, width, channels) under the window with zeros beyond the edges; bool where these are."""
        values = self._values(operation.inputs[0])
        rows, columns = (np.array(some) for some in operation.places(place.y, place.x))
        beyond = (rows < 0) | (rows >= values.shape[0]), (columns < 0) | (columns >= values.shape[1])
        outside = beyond[0][:, None] | beyond[1][None, :]
        rows, columns = rows.clip(0, values.shape[0] - 1), columns.clip(0, values.shape[1] - 1)
        patch = values[rows[:, None], columns[None, :], channels]
        return np.where(outside[..., None], np.float32(0), patch), outside

    def _convolution(self, operation: Operation, place: Place) -> Step:
        weights = self._inside.constant(operation.inputs[1])
        if operation.kind == "DEPTHWISE_CONV_2D":
            given = self._values(operation.inputs[0]).shape[-1]
            first = place.channel // (weights.shape[-1] // given)
            kernel = weights[0, :, :, place.channel : place.channel + 1]
        else:
            width = weights.shape[-1]  # of a group; all maps where there is one group
            groups = self._values(operation.inputs[0]).shape[-1] // width
            first = place.channel // (weights.shape[0] // groups) * width
            kernel = weights[place.channel]
        patch, outside = self._window(operation, place, slice(first, first + kernel.shape[-1]))
        terms = [
            Term(first + number, patch[..., number], kernel[..., number], outside) for number in range(kernel.shape[-1])
        ]
        return self._weighted("depthwise" if len(terms) == 1 else "convolution", operation, place, terms)

    def _dense(self, operation: Operation, place: Place) -> Step:
        """A dense layer at one place of the maps is a convolution with a window of 1×1."""
        kernel = self._inside.constant(operation.inputs[1])[place.channel]
        values = self._values(operation.inputs[0]).reshape(*self._values(place.tensor).shape[:-1], -1)
        row, inner = values[(place.y, place.x)[: values.ndim - 1]], np.zeros((1, 1), bool)
        terms = [
            Term(number, np.reshape(value, (1, 1)), np.reshape(weight, (1, 1)), inner)
            for number, (value, weight) in enumerate(zip(row, kernel, strict=True))
        ]
        return self._weighted("dense", operation, place, terms)

    def _weighted(self, kind: str, operation: Operation, place: Place, terms: list[Term]) -> Step:
        terms = sorted(terms, key=lambda term: -abs(term.total))
        has_bias = len(operation.inputs) > 2 and operation.inputs[2] >= 0
        bias = float(self._inside.constant(operation.inputs[2])[place.channel]) if has_bias else 0.0
        return Step(
            kind,
            self._value(place),
            place,
            terms=tuple(terms),
            bias=bias,
            before=sum(term.total for term in terms) + bias,
            activation=operation.activation,
            came_from=operation.inputs[0],
            largest=self._largest(operation, place, terms[0]),
        )

    def _largest(self, operation: Operation, place: Place, term: Term) -> Place:
        """Where the value under the window stands that counted most, of the map that did."""
        counted = term.patch if term.kernel is None else np.abs(term.patch * term.kernel)
        down, across = np.unravel_index(np.where(term.outside, -np.inf, counted).argmax(), counted.shape)
        rows, columns = operation.places(place.y, place.x)
        return Place(operation.inputs[0], rows[down], columns[across], term.channel)

    def _pooling(self, operation: Operation, place: Place) -> Step:
        patch, outside = self._window(operation, place, slice(place.channel, place.channel + 1))
        inner = patch[..., 0][~outside]
        is_maximum = operation.kind == "MAX_POOL_2D"
        term = Term(place.channel, patch[..., 0], None, outside)
        return Step(
            "maximum" if is_maximum else "average",
            self._value(place),
            place,
            terms=(term,),
            before=float(inner.max() if is_maximum else inner.mean()),
            activation=operation.activation,
            came_from=operation.inputs[0],
            largest=self._largest(operation, place, term),
        )

    def _joined_side_by_side(self, operation: Operation, place: Place) -> Place | None:
        channel = place.channel
        for tensor in operation.inputs:
            width = self._values(tensor).shape[-1]
            if channel < width:
                return Place(tensor, place.y, place.x, channel)
            channel -= width
        return None

    def _inside_padding(self, operation: Operation, place: Place) -> Place | None:
        pads = self._inside.constant(operation.inputs[1])
        y, x = place.y - int(pads[1][0]), place.x - int(pads[2][0])
        height, width, _ = self._values(operation.inputs[0]).shape
        return Place(operation.inputs[0], y, x, place.channel) if 0 <= y < height and 0 <= x < width else None

    def _join(self, operation: Operation, place: Place) -> tuple[Step, Place | None]:
        sides = [Place(tensor, place.y, place.x, place.channel) for tensor in operation.inputs]
        operands = tuple(self._value(side) for side in sides)
        joined = {
            "ADD": operands[0] + operands[1],
            "SUB": operands[0] - operands[1],
            "MUL": operands[0] * operands[1],
        }[operation.kind]
        step = Step(
            _JOINS[operation.kind],
            self._value(place),
            place,
            operands=operands,
            before=joined,
            activation=operation.activation,
        )
        # What was computed last is what the block adds; the other side is the shortcut, the gate or a constant. Where
        # a function of the maps comes back to them, as in swish, the maps are followed.
        made = [side for side in sides if side.tensor in self._order]
        maps = [side for side in made if min(self._values(side.tensor).shape) > 1] or made
        plain = [side for side in maps if not self._is_function_of(side.tensor, [other.tensor for other in maps])]
        return step, max(plain or maps, key=lambda side: self._order[side.tensor], default=None)

    def _is_function_of(self, tensor: int, others: list[int]) -> bool:
        operation = self._makers[tensor]
        return operation.kind in FUNCTIONS and operation.inputs[0] in others


def activated(value: float, activation: str) -> float:
    """Apply an activation by its name in LiteRT's schema; unknown ones change nothing."""
    return float(ACTIVATIONS.get(activation, lambda x: x)(value))
