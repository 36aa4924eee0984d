"""Where names fit beside the marks of a chart, so that none covers another, a mark or a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil, dist

CHARACTER, LINE_HEIGHT = 5.3, 13.0  # pixels that text of size 11 needs
REACH = 0.65  # of its size that a mark extends from its middle: diamonds, stars and crosses more than half
# Plotly's words for where a text stands, the best place first.
_PLACES = (
    "top center", "middle right", "bottom center", "middle left",
    "top left", "bottom right", "top right", "bottom left",
)  # fmt: skip
_RIGHT = {"left": -1, "center": 0, "right": 1}
_DOWN = {"top": -1, "middle": 0, "bottom": 1}

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom


class LabelRoom:
    """The free room of a chart, less with every label placed.

    Args:
        marks: (x, y, diameter) of each mark in pixels, y downward.
        width: of the chart in pixels; the narrowest it is shown in, since marks only move apart in a wider one.
        height: of the chart in pixels.
        line: (x, y) of the corners of a line to keep off.
    """

    def __init__(
        self, marks: Sequence[tuple[float, float, float]], width: float, height: float, line: Sequence[Point] = ()
    ) -> None:
        self._marks = marks
        self._size = width, height
        self._taken: list[Box] = [
            (x - REACH * size, y - REACH * size, x + REACH * size, y + REACH * size) for x, y, size in marks
        ]
        self._taken += [(x, y, x, y) for start, end in pairwise(line) for x, y in _steps(start, end)]

    def place(self, number: int, text: str) -> str:
        """Find room for the name of a mark and take it.

        Args:
            number: which of the marks.
            text: its name.

        Returns:
            Plotly's text position; empty where no place is free.
        """
        for place in _PLACES:
            box = _box(self._marks[number], text, place)
            if self._is_inside(box) and not any(_overlap(box, taken) for taken in self._others(number)):
                self._taken.append(box)
                return place
        return ""

    def _others(self, number: int) -> Iterable[Box]:
        return (box for position, box in enumerate(self._taken) if position != number)

    def _is_inside(self, box: Box) -> bool:
        width, height = self._size
        return box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height


def _box(mark: tuple[float, float, float], text: str, place: str) -> Box:
    x, y, diameter = mark
    away = diameter / 2 / 0.8 + 1  # as far as Plotly puts a text from its mark's middle
    vertical, horizontal = place.split(" ")
    width = CHARACTER * len(text)
    left = x + _RIGHT[horizontal] * away + (_RIGHT[horizontal] - 1) * width / 2
    top = y + _DOWN[vertical] * away + (_DOWN[vertical] - 1) * LINE_HEIGHT / 2
    return left, top, left + width, top + LINE_HEIGHT


def _steps(start: Point, end: Point) -> list[Point]:
    """Points along a line, too close for a label to slip between."""
    count = ceil(2 * dist(start, end) / LINE_HEIGHT) or 1
    shares = [step / count for step in range(1, count)]
    return [(start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])) for share in shares]


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
