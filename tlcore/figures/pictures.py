"""Pictures of what goes on inside a network: heat over a photo, and feature maps."""

from __future__ import annotations

import functools

import numpy as np
from PIL import Image
from plotly.colors import sample_colorscale, unlabel_rgb

_HEAT = "Turbo"
_MAPS = "Viridis"


@functools.cache
def _colors(scale: str) -> np.ndarray:
    """uint8 (256, 3): a color for each of 256 levels."""
    colors = sample_colorscale(scale, list(np.linspace(0, 1, 256)))
    return np.array([unlabel_rgb(color) for color in colors]).round().astype(np.uint8)


def _colored(values: np.ndarray, scale: str) -> np.ndarray:
    return _colors(scale)[(255 * values.clip(0, 1)).round().astype(np.uint8)]


def map_colors(levels: np.ndarray) -> np.ndarray:
    """Color values as feature maps are colored.

    Args:
        levels: float (height, width), 0..1.

    Returns:
        uint8 (height, width, 3).
    """
    return _colored(levels, _MAPS)


def heat_over_photo(square: np.ndarray, heat: np.ndarray, opacity: float) -> np.ndarray:
    """Lay a colored map over a photo.

    Args:
        square: uint8 (size, size, 3 or 1).
        heat: float (size, size), 0..1.
        opacity: of the colors, 0..1.

    Returns:
        uint8 (size, size, 3).
    """
    mixed = (1 - opacity) * square.astype(np.float32) + opacity * _colored(heat, _HEAT)
    return mixed.round().astype(np.uint8)


def heat_colors(heat: np.ndarray) -> list[list[str]]:
    """Give the colors of a map, for a browser that draws it.

    Args:
        heat: float (height, width), 0..1.

    Returns:
        In rows, such as "#23ab41".
    """
    return [[f"#{bytes(color).hex()}" for color in row] for row in _colored(heat, _HEAT)]


def map_picture(values: np.ndarray, side: int) -> np.ndarray:
    """Draw one feature map, each of its values a square of one color, from its least to its greatest value.

    Args:
        values: float (height, width).
        side: of the picture in pixels; at least that many.

    Returns:
        uint8 (h, w, 3).
    """
    low, high = float(values.min()), float(values.max())
    picture = Image.fromarray(_colored((values - low) / ((high - low) or 1), _MAPS))
    factor = max(1, -(-side // max(values.shape)))
    return np.asarray(picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST))
