"""Sets a solid into a scene: background, clutter, pose, light, shadow, lens."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tlcore.datasets.sources.rendering.objects import DrawnObject, any_color
from tlcore.datasets.sources.rendering.solids import Solid

CAMERA = 4.5
AMBIENT = 0.5

Random = np.random.Generator


def draw_scene(drawn: DrawnObject, size: int, random: Random) -> np.ndarray:
    """Draw one picture of an object.

    Args:
        drawn: what to draw.
        size: height and width in pixels.
        random: chance; the same state gives the same picture.

    Returns:
        uint8 array (size, size, 3).
    """
    # Drawn larger and then reduced, because Pillow's polygons have hard edges.
    factor = 2 if size >= 128 else 4
    side = size * factor
    picture = _background(side, random)
    solid = drawn.build(random)
    rotation = _pose(drawn, random)
    scale = side * random.uniform(0.28, 0.4)
    margin = side * 0.5 - scale * 0.95
    center = side / 2 + random.uniform(-margin, margin, 2)
    layer = _project(solid, rotation, scale, center, side, drawn.gloss, random)
    picture = picture.reduce(factor).convert("RGB")
    layer = layer.reduce(factor)
    _shade(picture, layer, size, random)
    picture.paste(layer, mask=layer.getchannel("A"))
    return _photograph(picture, random)


def _background(side: int, random: Random) -> Image.Image:
    """A mottled, striped or two-part ground with clutter on it."""
    first, second = any_color(random), any_color(random)
    grain = random.random((random.integers(2, 9), random.integers(2, 9), 1))
    mottled = first * grain + second * (1 - grain)
    picture = Image.fromarray((mottled * 255).astype(np.uint8))
    picture = picture.resize((side, side), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    style = random.integers(4)
    if style == 0:
        horizon = random.uniform(0.3, 0.7) * side
        lean = random.uniform(-0.1, 0.1) * side
        draw.polygon([(0, horizon - lean), (side, horizon + lean), (side, side), (0, side)], _ink(any_color(random)))
    elif style == 1:
        _stripes(draw, side, random)
    for _ in range(random.integers(2, 9)):
        _clutter(draw, side, random)
    return picture


def _stripes(draw: ImageDraw.ImageDraw, side: int, random: Random) -> None:
    angle, step = random.uniform(0, np.pi), side * random.uniform(0.06, 0.2)
    along = np.array([np.cos(angle), np.sin(angle)]) * side
    across = np.array([-along[1], along[0]]) / side
    ink = _ink(any_color(random))
    for offset in np.arange(-side, side, step):
        middle = side / 2 + across * offset
        draw.line([*(middle - along), *(middle + along)], ink, width=max(1, int(step * 0.4)))


def _clutter(draw: ImageDraw.ImageDraw, side: int, random: Random) -> None:
    """A shape that is none of the five objects: a line, an arc, a blob or a splinter."""
    ink = _ink(any_color(random))
    center, reach = random.uniform(0, side, 2), side * random.uniform(0.04, 0.16)
    kind = random.integers(4)
    if kind == 0:
        draw.line([*random.uniform(0, side, 4)], ink, width=int(side * random.uniform(0.005, 0.025)) + 1)
    elif kind == 1:
        start = random.uniform(0, 360)
        bounds = [*(center - reach), *(center + reach)]
        draw.arc(bounds, start, start + random.uniform(90, 300), ink, width=int(reach * 0.25) + 1)
    else:
        angles = np.sort(random.uniform(0, 2 * np.pi, 3 if kind == 2 else 9))
        radii = reach * random.uniform(0.5, 1.2, len(angles))
        points = center + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        draw.polygon([tuple(point) for point in points], ink)


def _pose(drawn: DrawnObject, random: Random) -> np.ndarray:
    """A rotation: spin around the own axis, tilt toward the eye, roll in the picture."""
    spin = random.uniform(0, 2 * np.pi)
    tilt = np.radians(random.uniform(*drawn.tilt))
    roll = np.radians(random.uniform(-drawn.roll, drawn.roll))
    return _turn(2, roll) @ _turn(0, -tilt) @ _turn(2, spin)


def _turn(axis: int, angle: float) -> np.ndarray:
    cosine, sine = np.cos(angle), np.sin(angle)
    matrix = np.eye(3)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix[[first, first, second, second], [first, second, first, second]] = cosine, -sine, sine, cosine
    return matrix


def _project(
    solid: Solid,
    rotation: np.ndarray,
    scale: float,
    center: np.ndarray,
    side: int,
    gloss: float,
    random: Random,
) -> Image.Image:
    """Draw the visible polygons, the farthest first, lit by one lamp; the eye looks along -z."""
    light = np.array([random.uniform(-0.9, 0.9), random.uniform(0.0, 0.9), random.uniform(0.5, 1.0)])
    light /= np.linalg.norm(light)
    halfway = light + np.array([0, 0, 1])
    halfway /= np.linalg.norm(halfway)
    lengths = np.array([len(corners) for corners in solid.corners])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    turned = np.concatenate(solid.corners) @ rotation.T
    flat = turned[:, :2] * (scale * CAMERA / (CAMERA - turned[:, 2:])) * np.array([1, -1]) + center
    following = np.arange(1, len(turned) + 1)
    following[starts + lengths - 1] = starts
    # Newell's formula: right for concave polygons and those with coinciding corners.
    normals = np.add.reduceat(np.cross(turned, turned[following]), starts)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    middles = np.add.reduceat(turned, starts) / lengths[:, None]
    facing = np.sum(normals * (np.array([0, 0, CAMERA]) - middles), axis=1) > 0
    shine = gloss * np.maximum(0, normals @ halfway) ** 24
    shade = AMBIENT + (1 - AMBIENT) * np.maximum(0, normals @ light)
    colors = np.array(solid.colors) * shade[:, None] + shine[:, None]
    inks = np.clip(colors * 255, 0, 255).astype(int).tolist()
    order = np.lexsort((middles[:, 2], solid.layers))
    picture = Image.new("RGBA", (side, side))
    draw = ImageDraw.Draw(picture)
    for polygon in order[facing[order]]:
        points = flat[starts[polygon] : starts[polygon] + lengths[polygon]]
        draw.polygon(points.ravel().tolist(), (*inks[polygon], 255))
    return picture


def _shade(picture: Image.Image, layer: Image.Image, size: int, random: Random) -> None:
    """Darken the ground beside the object."""
    shadow = Image.new("L", layer.size)
    right, down = (int(value) for value in random.uniform(-0.08, 0.08, 2) * size)
    shadow.paste(layer.getchannel("A"), (right, down))
    shadow = shadow.filter(ImageFilter.BoxBlur(size * random.uniform(0.01, 0.05)))
    depth = random.uniform(0.2, 0.6)
    picture.paste((0, 0, 0), mask=shadow.point(lambda value: int(value * depth)))


def _photograph(picture: Image.Image, random: Random) -> np.ndarray:
    """Uneven light with a tint, a lens that is not always sharp, and noise."""
    size = picture.width
    if random.random() < 0.4:
        picture = picture.filter(ImageFilter.GaussianBlur(size / 224 * random.uniform(0.3, 1.1)))
    corners = random.uniform(0.75, 1.35, (2, 2)).astype(np.float32)
    light = np.asarray(Image.fromarray(corners).resize((size, size), Image.Resampling.BILINEAR))
    tint = random.uniform(0.85, 1.15, 3).astype(np.float32)
    pixels = np.asarray(picture, dtype=np.float32) * light[:, :, None] * tint
    grain = random.integers(0, 256, pixels.shape, np.uint8).astype(np.float32)
    pixels += (grain - 127.5) * (random.uniform(0, 12) / 127.5)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def _ink(color: np.ndarray) -> tuple[int, ...]:
    return tuple(np.clip(color * 255, 0, 255).astype(int).tolist())
