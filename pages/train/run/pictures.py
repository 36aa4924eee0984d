"""Pictures of what a network saw, and of what spoke for its answer."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from tlcore.figures.pictures import heat_over_photo
from tlcore.inference.attention import class_activation, enlarge
from tlcore.inference.networks.prepared import Prepared

_SIDE = 230  # pixels of the longer side of each picture
_OPACITY = 0.5


def looked_at(network: Prepared, square: np.ndarray, answer: int) -> np.ndarray:
    """Lay what spoke for an answer over what a network saw.

    Args:
        network: whose features are maps.
        square: uint8 (size, size, channels).
        answer: number of the class.

    Returns:
        uint8 (size, size, 3).
    """
    return heat_over_photo(square, enlarge(class_activation(network, square, answer), len(square)), _OPACITY)


def side_by_side(*squares: np.ndarray, shape: float = 1.0) -> bytes:
    """Put pictures of one size into one.

    Args:
        squares: uint8 (size, size, 3 or 1) each.
        shape: width ÷ height in which each is shown: that of the photo, where a network sees it distorted.

    Returns:
        A WebP file.
    """
    row = np.concatenate([np.broadcast_to(square, (*square.shape[:2], 3)) for square in squares], axis=1)
    width, height = round(_SIDE * min(1.0, shape)), round(_SIDE / max(1.0, shape))
    file = io.BytesIO()
    Image.fromarray(row).resize((len(squares) * width, height)).save(file, "WebP", quality=85)
    return file.getvalue()
