"""The five objects, each built anew from chance: shape, proportions, colors and ornaments vary."""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tlcore.datasets.sources.rendering.solids import Solid, box, disk, on_face, revolve

Random = np.random.Generator


@dataclass(frozen=True)
class DrawnObject:
    """One class of pictures.

    Args:
        name: class name.
        build: from chance to a solid.
        tilt: least and greatest angle in degrees between the solid's z axis and the line of sight.
        roll: greatest turn of the picture in degrees either way; 180 is any.
        gloss: how strongly it shines, 0 to 1.
    """

    name: str
    build: Callable[[Random], Solid]
    tilt: tuple[float, float]
    roll: float
    gloss: float


def any_color(random: Random, least: float = 0.15, most: float = 0.95) -> np.ndarray:
    """A color of any hue, from gray to vivid; no class has colors of its own.

    Args:
        random: chance.
        least: darkest value.
        most: brightest value.

    Returns:
        float array (3,), RGB 0 to 1.
    """
    saturation = random.uniform(0, 0.9) * (random.random() > 0.25)
    return np.array(colorsys.hsv_to_rgb(random.random(), saturation, random.uniform(least, most)))


def contrasting(random: Random, color: np.ndarray) -> np.ndarray:
    """A color clearly lighter or darker than another."""
    bright = color.mean()
    return any_color(random, 0.05, 0.25) if bright > 0.45 else any_color(random, 0.75, 1.0)


def build_hat(random: Random) -> Solid:
    """A top hat, a bowler or a wide straw hat, with a band."""
    cloth = any_color(random)
    band = contrasting(random, cloth)
    style = random.integers(3)
    brim = random.uniform(0.85, 1.0)
    if style == 0:
        radius, height = random.uniform(0.48, 0.58), random.uniform(0.8, 1.1)
        waist, top = radius * random.uniform(0.85, 0.95), radius * random.uniform(0.95, 1.1)
        crown = [[radius, 0.08], [radius * 0.97, 0.28], [waist, height * 0.6], [top, height]]
        crown += [[top * 0.9, height + 0.02], [0.0, height]]
    else:
        radius = random.uniform(0.5, 0.62) if style == 1 else random.uniform(0.42, 0.5)
        height = random.uniform(0.5, 0.7)
        angles = np.linspace(0, np.pi / 2, 7)[1:]
        crown = [[radius, 0.06], [radius * 0.99, 0.24]]
        crown += [[radius * np.cos(a) ** 0.6, 0.24 + (height - 0.24) * np.sin(a)] for a in angles[:-1]]
        crown += [[0.0, height]]
    lift = random.uniform(0.0, 0.16)
    profile = np.array([[0.0, 0.0], [radius, 0.0], [brim, lift], [brim, lift + 0.04], *crown])
    profile[:, 1] -= height / 2
    colors = [cloth] * (len(profile) - 1)
    colors[0], colors[4] = cloth * 0.25, band
    return revolve(profile, colors, 28)


def build_cube(random: Random) -> Solid:
    """A plain cube, a die, a puzzle cube, or a cube with framed faces."""
    half = (0.62, 0.62, 0.62)
    base = any_color(random)
    style = random.integers(4)
    solid = box(half, [base] * 6)
    if style == 0:
        return box(half, [any_color(random)] * 6)
    if style == 1:
        dot = contrasting(random, base)
        for face, number in enumerate((random.permutation(6) + 1).tolist()):
            for center in _PIPS[number]:
                solid.add(on_face(_ellipse(np.array(center) * 0.5, 0.17, 0.17), face, half), dot, 1)
    elif style == 2:
        palette = [any_color(random, 0.4, 1.0) for _ in range(6)]
        for face in range(6):
            for cell in np.ndindex(3, 3):
                middle = (np.array(cell) - 1) * 0.65
                solid.add(on_face(middle + _SQUARE * 0.28, face, half), palette[random.integers(6)], 1)
    else:
        frame = contrasting(random, base)
        for face in range(6):
            solid.add(on_face(_SQUARE * 0.8, face, half), frame, 1)
            solid.add(on_face(_SQUARE * random.uniform(0.55, 0.7), face, half), base, 2)
    return solid


def build_card(random: Random) -> Solid:
    """A playing card: pips of one suit, or a patterned back."""
    paper = any_color(random, 0.75, 1.0) if random.random() < 0.6 else any_color(random)
    ink = contrasting(random, paper)
    half = (random.uniform(0.58, 0.66), 0.9, 0.012)
    solid = Solid()
    outline = _rounded(0.1, half[1] / half[0])
    solid.add(on_face(outline, 4, half), paper)
    solid.add(on_face(outline * np.array([-1, 1]), 5, half)[::-1], paper)
    if random.random() < 0.2:
        solid.add(on_face(outline * 0.86, 4, half), ink, 1)
        cells = random.integers(4, 7)
        for column, row in np.ndindex(cells, cells):
            center = (np.array([column, row]) + 0.5) / cells * 1.6 - 0.8
            solid.add(on_face(center + _DIAMOND * (0.62 / cells), 4, half), paper, 2)
        return solid
    suit = _SUITS[random.integers(len(_SUITS))]
    stretch = np.array([1.0, half[0] / half[1]])
    number = int(random.integers(1, 11))
    large = 0.62 if number == 1 else 0.3 if number < 4 else 0.2
    for x, y in _CARD_PIPS[number]:
        for part in suit:
            turned = part if y >= 0 else -part
            solid.add(on_face(np.array([x, y]) + turned * large * stretch, 4, half), ink, 1)
    for sign in (1, -1):
        for part in suit:
            corner = np.array([-0.82, 0.84]) * sign + part * sign * 0.11 * stretch
            solid.add(on_face(corner, 4, half), ink, 1)
    return solid


def build_torch(random: Random) -> Solid:
    """A hand torch: barrel with grip, switch, flared head and a lens."""
    barrel, ring = any_color(random), any_color(random)
    grip = barrel * random.uniform(0.55, 0.85)
    radius = random.uniform(0.14, 0.2)
    head = radius * random.uniform(1.6, 2.2)
    neck, rim = random.uniform(0.25, 0.45), random.uniform(0.62, 0.78)
    ridges = np.linspace(-0.85, neck - 0.35, 11)
    profile = [[0.0, -1.0], [radius * 0.9, -1.0], [radius, -0.94]]
    profile += [[radius * (1.0 if place % 2 else 1.07), height] for place, height in enumerate(ridges)]
    profile += [[radius, neck - 0.25], [radius, neck], [head, rim], [head * 1.06, rim + 0.02], [head * 1.06, 0.95]]
    colors = [barrel] * (len(profile) - 1)
    colors[3:13:2] = [grip] * 5
    colors[-2:] = [ring] * 2
    solid = revolve(np.array(profile), colors)
    disk(solid, head * 1.06, 0.95, ring)
    lit = random.random() < 0.6
    glass = np.array([1.0, 0.97, random.uniform(0.6, 0.9)]) if lit else np.array([0.62, 0.7, 0.75])
    disk(solid, head * 0.9, 0.951, glass * 1.5 if lit else glass, layer=1)
    disk(solid, head * 0.35, 0.952, np.ones(3) * (2 if lit else 0.9), layer=2)
    where = random.uniform(0, 2 * np.pi)
    side = np.array([np.cos(where), np.sin(where)])
    across = np.array([-side[1], side[0]])
    for size, shade, layer in ((1.0, contrasting(random, barrel), 1), (0.55, ring, 2)):
        flat = _ellipse(np.zeros(2), radius * 0.5 * size, 0.11 * size)
        plan = side * radius * 1.02 + flat[:, :1] * across
        solid.add(np.column_stack([plan, flat[:, 1] + neck - 0.12]), shade, layer)
    return solid


def build_screw(random: Random) -> Solid:
    """A screw: head with slot or cross, shank, thread that winds around it, and a tip."""
    metal = any_color(random, 0.35, 0.9)
    head_color = metal if random.random() < 0.7 else any_color(random)
    core = random.uniform(0.1, 0.15)
    head = core * random.uniform(2.4, 3.2)
    turns = random.integers(8, 14)
    bottom, top = -0.72, random.uniform(0.35, 0.6)
    pitch = (top - bottom) / turns
    profile = [[0.0, -1.0]]
    for turn in range(turns):
        height = bottom + turn * pitch
        taper = min(1.0, 0.35 + 0.22 * turn)
        profile += [[core * 0.8 * taper, height], [core * 1.45 * taper, height + pitch * 0.5]]
    colors = [metal * (0.72 if band % 2 else 1.0) for band in range(len(profile) - 1)]
    solid = revolve(np.array(profile), colors, 18, lead=pitch)
    upper = [[core, top - pitch], [core, 0.72], [head, 0.86 if random.random() < 0.5 else 0.74], [head, 0.9]]
    if random.random() < 0.5:
        upper += [[head * 0.8, 0.98], [head * 0.45, 1.03]]
    else:
        upper += [[head * 0.98, 0.93]]
    revolve(np.array(upper), [metal] + [head_color] * (len(upper) - 2), solid=solid)
    radius, end = upper[-1]
    disk(solid, radius, end, head_color)
    reach = radius * 0.9
    for turned in (False, True)[: random.integers(1, 3)]:
        slot = _SQUARE * np.array([reach, reach * 0.2])
        slot = slot[:, ::-1][::-1] if turned else slot
        solid.add(np.column_stack([slot, np.full(4, end + 0.005)]), head_color * 0.2, 1)
    return solid


def _ellipse(center: np.ndarray, wide: float, high: float) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    return center + np.column_stack([wide * np.cos(angles), high * np.sin(angles)])


def _rounded(radius: float, aspect: float) -> np.ndarray:
    """A rectangle from -1 to 1 with rounded corners; `aspect` is its height by its width."""
    arc = np.linspace(0, np.pi / 2, 5)
    quarter = np.column_stack([np.cos(arc) - 1, (np.sin(arc) - 1) / aspect]) * radius + 1
    signs = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    return np.concatenate([quarter[:: sign[0] * sign[1]] * sign for sign in signs])


def _heart() -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    x = np.sin(angles) ** 3
    y = (13 * np.cos(angles) - 5 * np.cos(2 * angles) - 2 * np.cos(3 * angles) - np.cos(4 * angles)) / 16
    return np.column_stack([x, y])[::-1]


_SQUARE = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
_DIAMOND = np.array([[0.0, -1.0], [0.75, 0.0], [0.0, 1.0], [-0.75, 0.0]])
_STEM = np.array([[-0.35, -1.0], [0.35, -1.0], [0.08, 0.0], [-0.08, 0.0]])
_SUITS = (
    (_heart(),),
    (_DIAMOND,),
    (_heart()[::-1] * np.array([1, -0.9]) + np.array([0, 0.15]), _STEM),
    (*(_ellipse(np.array(center), 0.42, 0.42) for center in ((0, 0.5), (-0.5, -0.15), (0.5, -0.15))), _STEM),
)
_PIPS = {
    1: [(0, 0)],
    2: [(-1, -1), (1, 1)],
    3: [(-1, -1), (0, 0), (1, 1)],
    4: [(-1, -1), (1, -1), (-1, 1), (1, 1)],
    5: [(-1, -1), (1, -1), (0, 0), (-1, 1), (1, 1)],
    6: [(-1, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (1, 1)],
}
_LEFT_RIGHT = [(x, y) for x in (-0.42, 0.42) for y in (-0.62, 0.62)]
_SIX = [*_LEFT_RIGHT, (-0.42, 0), (0.42, 0)]
_EIGHT = [(x, y) for x in (-0.42, 0.42) for y in (-0.66, -0.22, 0.22, 0.66)]
_CARD_PIPS: dict[int, list[tuple[float, float]]] = {
    1: [(0, 0)],
    2: [(0, -0.6), (0, 0.6)],
    3: [(0, -0.6), (0, 0), (0, 0.6)],
    4: _LEFT_RIGHT,
    5: [*_LEFT_RIGHT, (0, 0)],
    6: _SIX,
    7: [*_SIX, (0, 0.31)],
    8: [*_SIX, (0, 0.31), (0, -0.31)],
    9: [*_EIGHT, (0, 0)],
    10: [*_EIGHT, (0, 0.44), (0, -0.44)],
}

OBJECTS = (
    DrawnObject("hat", build_hat, (55, 82), 35, 0.1),
    DrawnObject("cube", build_cube, (30, 65), 180, 0.25),
    DrawnObject("card", build_card, (0, 55), 180, 0.1),
    DrawnObject("torch", build_torch, (40, 105), 180, 0.6),
    DrawnObject("screw", build_screw, (45, 105), 180, 0.8),
)
