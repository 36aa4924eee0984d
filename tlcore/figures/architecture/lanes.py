"""Where the boxes of a drawing stand, in lanes and levels, so that lines lead downward and pass boxes by.

After Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System Structures" (1981): each box
stands a level below all that feed it, lines are given room in the levels that they pass, and each level is ordered by
where its neighbors stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tlcore.zoo.layers.sketch import Sketch

FILL = 0.92  # share of its lane that a box fills
_PASSING = 0.45  # room that a line passing by needs, in lanes
_ROUNDS = 3  # of ordering, downward and upward

Place = tuple[float, int]  # lane, level


@dataclass
class Spot:
    """A box, or a line that passes a level by, in its place.

    Args:
        id: of the box; of the two boxes for a line.
        level: row of the drawing, from 0 at the top.
        feeds: where a line goes from here.
        is_box: whether it is a box.
        x: its middle, in lanes.
        reach: how far its box reaches to either side, in lanes.
    """

    id: str
    level: int
    feeds: list[Spot]
    is_box: bool
    x: float = 0.0
    reach: float = FILL / 2

    @property
    def width(self) -> float:
        """Lanes that it takes."""
        return 1.0 if self.is_box else _PASSING


def placed(drawing: Sketch, places: Mapping[str, Place]) -> list[Spot]:
    """Place the boxes of a drawing.

    Args:
        drawing: the boxes and what flows between them.
        places: box id → (lane, level); empty to find places for them.

    Returns:
        All boxes, and the lines that pass a level by.
    """
    levels = {name: level for name, (_, level) in places.items()} or _levels(drawing)
    spots = {box.id: Spot(box.id, levels[box.id], [], is_box=True) for box in drawing.boxes}
    passing: list[Spot] = []
    for source, target in drawing.edges:
        last = spots[source]
        for level in range(levels[source] + 1, levels[target]) if not places else ():
            passing.append(Spot(f"{source} to {target}", level, [], is_box=False))
            last.feeds.append(passing[-1])
            last = passing[-1]
        last.feeds.append(spots[target])
    if not places:
        _find_lanes([*spots.values(), *passing])
    for name, (lane, _) in places.items():
        spots[name].x = lane
    return [*spots.values(), *passing]


def extent(spots: Sequence[Spot]) -> tuple[float, float]:
    """Say from where to where a drawing goes, in lanes."""
    return min(spot.x - spot.width / 2 for spot in spots), max(spot.x + spot.width / 2 for spot in spots)


def _levels(drawing: Sketch) -> dict[str, int]:
    feeding: dict[str, list[str]] = {box.id: [] for box in drawing.boxes}
    for source, target in drawing.edges:
        feeding[target].append(source)
    levels: dict[str, int] = {}
    for box in drawing.boxes:  # in the order of the network, so what feeds one has its level
        levels[box.id] = max((levels[source] + 1 for source in feeding[box.id]), default=0)
    return levels


def _find_lanes(spots: list[Spot]) -> None:
    levels = [[spot for spot in spots if spot.level == level] for level in range(max(s.level for s in spots) + 1)]
    above: dict[int, list[Spot]] = {id(spot): [] for spot in spots}
    below = {id(spot): spot.feeds for spot in spots}
    for spot in spots:
        for target in spot.feeds:
            above[id(target)].append(spot)
    for _ in range(_ROUNDS):
        for level in levels[1:]:
            _arrange(level, above)
        for level in reversed(levels[:-1]):
            _arrange(level, below)
    for level in levels:
        _spread(level, above)


def _arrange(level: list[Spot], near: Mapping[int, Sequence[Spot]]) -> None:
    level.sort(key=lambda spot: _wanted(spot, near))
    _spread(level, near)


def _wanted(spot: Spot, near: Mapping[int, Sequence[Spot]]) -> float:
    """The middle of its neighbors, or where it stands."""
    places = [other.x for other in near[id(spot)]]
    return _mean(places) if places else spot.x


def _spread(level: list[Spot], near: Mapping[int, Sequence[Spot]]) -> None:
    """Places nearest to the wanted ones, in the sum of squares, at which neighbors keep their distance."""
    offsets = [0.0]
    for one, other in pairwise(level):
        offsets.append(offsets[-1] + (one.width + other.width) / 2)
    groups: list[list[float]] = []  # neighbors that touch move as one, to the mean of what they want
    for spot, offset in zip(level, offsets, strict=True):
        groups.append([_wanted(spot, near) - offset])
        while len(groups) > 1 and _mean(groups[-2]) > _mean(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    found = [_mean(group) for group in groups for _ in group]
    for spot, place, offset in zip(level, found, offsets, strict=True):
        spot.x = place + offset


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
