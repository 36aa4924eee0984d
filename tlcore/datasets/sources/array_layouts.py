"""How the numbers of an array are laid out as images: the order of axes and the range of values, told by the data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from tlcore.images.colors import WHITE

COLORS = (1, 3, 4)  # gray; red, green and blue; these and opacity
PIECE = 256  # images that are looked at together
LEAST_SIDE = 4  # of an image; what is smaller is something else, such as coordinates
OVERSHOOT = (
    0.05  # of the distance of least and greatest value, by which resizing with sharp kernels goes beyond a range
)
ROUNDING = 1e-6  # of the range, by which rounding goes beyond it
CLEAR = 0.9  # one order of colors counts as smoother than the other if its differences are smaller by this factor


@dataclass(frozen=True)
class Axes:
    """In which order one image is stored.

    Args:
        shape: (height, width) or (height, width, 1, 3 or 4).
        planes: colors come first.
        row: it is stored as one row of numbers.
    """

    shape: tuple[int, ...]
    planes: bool = False
    row: bool = False

    def arrange(self, image: np.ndarray) -> np.ndarray:
        """Bring a stored image to `shape`."""
        if not self.planes:
            return image.reshape(self.shape)
        height, width, colors = self.shape
        return np.moveaxis(image.reshape(colors, height, width), 0, -1)

    def notes(self) -> list[str]:
        """What was done, in sentences; nothing for the usual order."""
        said = []
        if self.row:
            order = ", one color after the other" if self.planes else ""
            height, width = self.shape[:2]
            said.append(f"Rows of {math.prod(self.shape):,} values were read as images of {height} x {width}{order}.")
        elif self.planes:
            said.append("Colors were stored before height and width, and were put behind them.")
        if self.shape[2:] == (4,):
            said.append("The fourth color was read as opacity, and transparent parts were put on white.")
        return said


def find_axes(images: np.ndarray) -> Axes | None:
    """Tell how an array is laid out as images.

    Args:
        images: (n, h, w), (n, h, w, colors), (n, colors, h, w) or rows (n, side * side * colors) with 1 or 3 colors.

    Returns:
        The order of axes; None if it holds no images.
    """
    if images.dtype.kind not in "biuf" or images.ndim < 2 or 0 in images.shape:
        return None
    one = images.shape[1:]
    if len(one) == 1:
        return _row_axes(images)
    if len(one) == 2 or (len(one) == 3 and one[2] in COLORS):
        axes = Axes(one)
    elif len(one) == 3 and one[0] in COLORS:
        axes = Axes((*one[1:], one[0]), planes=True)
    else:
        return None
    return axes if min(axes.shape[:2]) >= LEAST_SIDE else None


def _row_axes(images: np.ndarray) -> Axes | None:
    for colors in (1, 3):
        side = math.isqrt(images.shape[1] // colors)
        if side >= LEAST_SIDE and side * side * colors == images.shape[1]:
            shape = (side, side, colors)
            return Axes(shape, colors == 3 and _are_planes(images, shape), row=True)
    return None


def _are_planes(images: np.ndarray, shape: tuple[int, int, int]) -> bool:
    """Whether rows hold one color after the other, as CIFAR does: neighbors are then more alike than when mixed."""
    some = images[:PIECE].astype(np.float32)
    mixed, planes = some.reshape(-1, *shape), some.reshape(-1, 3, *shape[:2])
    return bool(np.abs(np.diff(mixed, axis=2)).mean() >= CLEAR * np.abs(np.diff(planes, axis=3)).mean())


@dataclass(frozen=True)
class Range:
    """A range that values of images have.

    Args:
        low: what is black.
        high: what is white.
        kinds: NumPy's letters of the types that may have it.
    """

    low: float
    high: float
    kinds: str = "iuf"

    def holds(self, low: float, high: float, kind: str) -> bool:
        """Whether values of a type from `low` to `high` fit in."""
        beyond = OVERSHOOT * (high - low) + ROUNDING * (self.high - self.low) if kind == "f" else 0
        return kind in self.kinds and self.low - beyond <= low and high <= self.high + beyond

    def to_bytes(self, image: np.ndarray) -> np.ndarray:
        """Bring values to whole numbers from 0 to 255; what overshoots is cut off."""
        if image.dtype == np.uint8 and self.high == 255:
            return image
        levels = (image.astype(np.float64) - self.low) * (255 / (self.high - self.low))
        return np.clip(np.rint(levels), 0, 255).astype(np.uint8)

    def notes(self) -> list[str]:
        """What was done, in a sentence; nothing for bytes."""
        if (self.low, self.high) == (0, 255):
            return []
        if (self.low, self.high) == (0, 1):
            return ["Values from 0 to 1 were multiplied by 255."]
        if self.low < 0:
            return [f"Values from {self.low:g} to {self.high:g} were stretched to 0 to 255."]
        bits = int(self.high).bit_length()
        return [f"Values from 0 to {self.high:,} ({bits} bits) were divided by {self.high / 255:.4g}."]


RANGES = (  # the first one that holds all values is taken
    Range(0, 1, "biuf"),
    Range(-0.5, 0.5, "f"),
    Range(-1, 1),
    Range(0, 255),
    Range(-128, 127, "i"),
    *(Range(0, 2**bits - 1, "iu") for bits in (10, 12, 14, 16)),
)


def find_range(arrays: Sequence[np.ndarray]) -> Range | None:
    """Tell which range the values of images of one type have, from all of them.

    Args:
        arrays: one or more of the same type.

    Returns:
        The range; None if it is unusual, or there are values that are not finite.
    """
    low, high = extent(arrays)
    if not math.isfinite(high - low):
        return None
    return next((row for row in RANGES if row.holds(low, high, arrays[0].dtype.kind)), None)


def extent(arrays: Sequence[np.ndarray]) -> tuple[float, float]:
    """Least and greatest value of some arrays, NaN if there is one, piece by piece to bound memory."""
    low, high = math.inf, -math.inf
    for piece in _pieces(arrays):
        low, high = float(np.minimum(low, piece.min())), float(np.maximum(high, piece.max()))
        if piece.dtype == np.uint8 and high > 1:
            return 0, 255  # whatever follows, it is of these
    return low, high


def _pieces(arrays: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    return (array[start : start + PIECE] for array in arrays for start in range(0, len(array), PIECE))


def to_image(stored: np.ndarray, axes: Axes, values: Range) -> np.ndarray:
    """Make one image of its stored numbers.

    Args:
        stored: one image.
        axes: how it is laid out.
        values: the range of its values.

    Returns:
        uint8 array (h, w), (h, w, 1) or (h, w, 3).
    """
    image = values.to_bytes(axes.arrange(stored))
    if image.shape[2:] != (4,):
        return image
    picture = Image.fromarray(np.ascontiguousarray(image))
    return np.asarray(Image.alpha_composite(Image.new("RGBA", picture.size, WHITE), picture).convert("RGB"))
