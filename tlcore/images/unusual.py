"""What a child of `tlcore.guard` does with large and unusual photos; no other process may import this module."""

from __future__ import annotations

import numpy as np
import pillow_heif
from PIL import Image

from tlcore.images.decode import draft, open_image, pixels, upright_size

Image.init()  # all decoders are loaded before the memory is bounded
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def decode_unusual(data: bytes, name: str, target: int | None) -> np.ndarray:
    """Decode a photo of any kind.

    Args:
        data: as `tlcore.images.decode.decode_image` takes it.
        name: likewise.
        target: likewise.

    Returns:
        uint8 array (height, width, 3).

    Raises:
        ImageError: as `tlcore.images.decode.decode_image`.
    """
    image = open_image(data, name)
    draft(image, target)
    whole = pixels(image, name)
    parts = min(whole.shape[:2]) // (2 * target) if target else 1
    return whole if parts < 2 else np.array(Image.fromarray(whole).reduce(parts))


def measure_unusual(data: bytes, name: str) -> tuple[int, int]:
    """Height and width of a photo of any kind, from its header alone.

    Args:
        data: as `tlcore.images.decode.measure_image` takes it.
        name: likewise.

    Returns:
        (height, width) in pixels, upright.

    Raises:
        ImageError: as `tlcore.images.decode.measure_image`.
    """
    return upright_size(open_image(data, name))
