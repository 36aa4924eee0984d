"""Where the names of points stand in a chart, so that none lies over a point, an interval or another name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# Pixels. What has room in the smallest plot has room in any larger one, where everything lies farther apart.
_LETTER, _LINE, _GAP, _POINT = 7.6, 18, 9, 8
_ABOVE = 9  # how far a name above or below the middle of its point is shifted

Box = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(frozen=True)
class Spot:
    """A point with its interval, in pixels of the plot, from its lower left corner.

    Args:
        across, up: the point.
        low, high: the ends of its interval.
        name: what should stand beside it, or "".
    """

    across: float
    up: float
    low: float
    high: float
    name: str


def place_names(spots: Sequence[Spot], width: float, height: float) -> list[str]:
    """Choose where each name stands.

    Args:
        spots: all points of the chart.
        width, height: of the smallest plot that is drawn, in pixels.

    Returns:
        For each point one of Plotly's text positions; "" where it has no name, or a name would lie over something
        wherever it stood.
    """
    taken = [box for spot in spots for box in _drawn(spot)]
    found = []
    for spot in spots:
        sides = ("right", "left") if spot.across <= width / 2 else ("left", "right")
        options = [f"{level} {side}" for level in ("middle", "top", "bottom") for side in sides] if spot.name else []
        place = next((option for option in options if _is_free(_box(spot, option), taken, width, height)), "")
        if place:
            taken.append(_box(spot, place))
        found.append(place)
    return found


def _drawn(spot: Spot) -> list[Box]:
    point = (spot.across - _POINT, spot.up - _POINT, spot.across + _POINT, spot.up + _POINT)
    return [point, (spot.across - 3, spot.low, spot.across + 3, spot.high)]


def _box(spot: Spot, place: str) -> Box:
    """What a name covers: it begins beside its point, whose own interval it never crosses."""
    level, side = place.split()
    length = _LETTER * len(spot.name)
    left = spot.across + _GAP if side == "right" else spot.across - _GAP - length
    middle = spot.up + {"top": 1, "middle": 0, "bottom": -1}[level] * (_ABOVE + _LINE / 2)
    return left, middle - _LINE / 2, left + length, middle + _LINE / 2


def _is_free(box: Box, taken: Sequence[Box], width: float, height: float) -> bool:
    if box[0] < 0 or box[2] > width or box[1] < 0 or box[3] > height:
        return False
    return not any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken
    )
