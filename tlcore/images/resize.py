"""Ways to bring a photo to the input size of a network."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from tlcore.catalog import Catalog

GRAY = (128, 128, 128)


@dataclass(frozen=True)
class ResizeMode:
    """One way to bring a photo to the input size.

    Args:
        name: as plans and the command line write it.
        title: as forms write it.
        help: what it does, one sentence.
        zoom: from the photo's two lengths in units of the wanted size, (height, width), and the crop ratio, the
            share of the photo's height and width that fills the network's input.
        whole: from the photo and the wanted (width, height) to the result, for a mode that another program defines.
        for_training: plans may choose it.
    """

    name: str
    title: str
    help: str
    zoom: Callable[[float, float, float], tuple[float, float]]
    whole: Callable[[Image.Image, tuple[int, int]], Image.Image] | None = None
    for_training: bool = True


def _centered(scale: float, high: float, wide: float) -> tuple[float, float]:
    return scale / high, scale / wide


RESIZE_MODES = Catalog(
    "resize mode",
    (
        ResizeMode(
            "crop",
            "Center crop",
            "Cuts out the middle without distorting it: the standard way to evaluate ImageNet networks.",
            lambda high, wide, ratio: _centered(ratio * min(high, wide), high, wide),
        ),
        ResizeMode(
            "stretch",
            "Stretch",
            "Shows the whole image, squeezed to the network's shape.",
            lambda high, wide, ratio: (1.0, 1.0),
        ),
        ResizeMode(
            "pad",
            "Fit with border",
            "Shows the whole image undistorted, with a gray border where it does not fill the input.",
            lambda high, wide, ratio: _centered(max(high, wide), high, wide),
        ),
        ResizeMode(
            "cover",
            "Center square, as in Teachable Machine",
            "Cuts out the largest square in the middle and makes it smaller with a sharp filter, pixel by pixel as the "
            "program that Teachable Machine exports.",
            lambda high, wide, ratio: _centered(min(high, wide), high, wide),
            whole=lambda photo, size: ImageOps.fit(photo, size, Image.Resampling.LANCZOS),
            for_training=False,
        ),
    ),
)


def _grid(photo_height: int, photo_width: int, height: int, width: int, mode: str, ratio: float) -> tuple[int, int]:
    """Height and width of the whole photo in pixels of the network's input."""
    share_high, share_wide = RESIZE_MODES.find(mode).zoom(photo_height / height, photo_width / width, ratio)
    return max(1, round(height / share_high)), max(1, round(width / share_wide))


def resize(image: np.ndarray, height: int, width: int, mode: str, *, ratio: float = 0.875) -> np.ndarray:
    """Bring a photo to the input size, with Pillow's antialiased bilinear filter.

    "crop" at 224 is the ImageNet evaluation standard: short side to 256, then the middle 224 x 224, done in one step
    that never holds much more than the result, whatever the photo's shape.

    Args:
        image: uint8 array (h, w, 3).
        height: wanted height in pixels.
        width: wanted width in pixels.
        mode: name of a resize mode.
        ratio: share of the short side that a crop keeps.

    Returns:
        uint8 array (height, width, 3).

    Raises:
        NotFoundError: if there is no such mode.
    """
    whole = RESIZE_MODES.find(mode).whole
    if whole:
        return np.array(whole(Image.fromarray(image), (width, height)))
    photo_height, photo_width = image.shape[:2]
    rows, columns = _grid(photo_height, photo_width, height, width, mode, ratio)
    top, left = (rows - height) // 2, (columns - width) // 2
    y = _span(top, height, rows, photo_height)
    x = _span(left, width, columns, photo_width)
    high, wide = photo_height / rows, photo_width / columns
    photo = Image.fromarray(image).resize(
        (x.outer_end - x.outer_start, y.outer_end - y.outer_start),
        Image.Resampling.BILINEAR,
        box=(
            x.outer_start * wide,
            y.outer_start * high,
            min(photo_width, x.outer_end * wide),
            min(photo_height, y.outer_end * high),
        ),
    )
    photo = photo.crop(
        (
            x.start - x.outer_start,
            y.start - y.outer_start,
            x.end - x.outer_start,
            y.end - y.outer_start,
        )
    )
    if photo.size != (width, height):
        canvas = Image.new("RGB", (width, height), GRAY)
        canvas.paste(photo, (max(0, -left), max(0, -top)))
        photo = canvas
    return np.array(photo)


def shape_seen(image: np.ndarray, mode: str) -> float:
    """Tell the shape of what a square shows of a photo, so that it can be shown undistorted.

    Args:
        image: uint8 array (h, w, 3).
        mode: name of a resize mode.

    Returns:
        Width ÷ height: 1, unless the mode distorts.

    Raises:
        NotFoundError: if there is no such mode.
    """
    photo_height, photo_width = image.shape[:2]
    share_high, share_wide = RESIZE_MODES.find(mode).zoom(photo_height, photo_width, 1.0)
    return (share_wide * photo_width) / (share_high * photo_height)


@dataclass(frozen=True)
class _Span:
    """Along one side of the resized photo: what is shown, and that with a margin for the filter to look into."""

    start: int
    end: int
    outer_start: int
    outer_end: int


def _span(offset: int, wanted: int, whole: int, pixels: int) -> _Span:
    start, end = max(0, offset), min(whole, offset + wanted)
    margin = math.ceil(max(1, whole / pixels)) + 1
    return _Span(start, end, max(0, start - margin), min(whole, end + margin))
