"""Solids as lists of flat, colored polygons in three dimensions.

Every solid is closed and seen from outside; its corners run counter-clockwise as seen from outside. Lengths are in
units of about half the solid's size; the solid stands along the z axis around the origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

Color = np.ndarray


@dataclass
class Solid:
    """Polygons that share nothing but their place.

    Args:
        corners: for each polygon a float array (corners, 3).
        colors: for each polygon a float array (3,), RGB 0 to 1.
        layers: for each polygon 0, or more for what is painted onto another: it is drawn after what lies below.
    """

    corners: list[np.ndarray] = field(default_factory=list)
    colors: list[Color] = field(default_factory=list)
    layers: list[int] = field(default_factory=list)

    def add(self, corners: np.ndarray, color: Color, layer: int = 0) -> None:
        """Add one polygon."""
        self.corners.append(np.asarray(corners, float))
        self.colors.append(np.asarray(color, float))
        self.layers.append(layer)


def revolve(
    profile: np.ndarray,
    colors: Sequence[Color],
    segments: int = 24,
    lead: float = 0.0,
    solid: Solid | None = None,
) -> Solid:
    """Turn a profile around the z axis.

    Args:
        profile: float array (rings, 2) of radius and height, from the bottom to the top.
        colors: of the rings - 1 bands between two rings.
        segments: flat pieces around the axis.
        lead: height gained in one turn, for threads.
        solid: solid to add to; by default a new one.

    Returns:
        The solid.
    """
    solid = solid or Solid()
    angles = np.linspace(0, 2 * np.pi, segments + 1)
    rings = np.empty((len(profile), segments + 1, 3))
    rings[:, :, 0] = profile[:, :1] * np.cos(angles)
    rings[:, :, 1] = profile[:, :1] * np.sin(angles)
    rings[:, :, 2] = profile[:, 1:] + lead * (angles / (2 * np.pi) - 0.5)
    below, above = rings[:-1], rings[1:]
    quads = np.stack([below[:, :-1], below[:, 1:], above[:, 1:], above[:, :-1]], axis=2)
    solid.corners.extend(quads.reshape(-1, 4, 3))
    solid.colors.extend(np.repeat(colors, segments, axis=0))
    solid.layers.extend([0] * (len(profile) - 1) * segments)
    return solid


def disk(
    solid: Solid,
    radius: float,
    height: float,
    color: Color,
    up: bool = True,
    layer: int = 0,
    segments: int = 24,
) -> None:
    """Add a flat disk across the z axis.

    Args:
        solid: solid to add to.
        radius: of the disk.
        height: where on the axis.
        color: of the disk.
        up: it is seen from above, else from below.
        layer: as in `Solid`.
        segments: corners of the disk.
    """
    angles = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    ring = np.column_stack([radius * np.cos(angles), radius * np.sin(angles), np.full(segments, height)])
    solid.add(ring if up else ring[::-1], color, layer)


def box(half: tuple[float, float, float], colors: list[Color]) -> Solid:
    """A box around the origin.

    Args:
        half: half its length along x, y and z.
        colors: of its six faces: +x, -x, +y, -y, +z, -z.

    Returns:
        The solid.
    """
    solid = Solid()
    for face, color in enumerate(colors):
        solid.add(on_face(np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]), face, half), color)
    return solid


def on_face(points: np.ndarray, face: int, half: tuple[float, float, float]) -> np.ndarray:
    """Place a flat drawing on a face of a box.

    Args:
        points: float array (n, 2), -1 to 1 across the face, counter-clockwise.
        face: 0 to 5 for +x, -x, +y, -y, +z, -z.
        half: half the box's length along x, y and z.

    Returns:
        float array (n, 3).
    """
    axis, sign = face // 2, 1 - 2 * (face % 2)
    placed = np.empty((len(points), 3))
    placed[:, axis] = sign
    placed[:, (axis + 1) % 3] = points[:, 0] * sign
    placed[:, (axis + 2) % 3] = points[:, 1]
    return placed * np.array(half)
