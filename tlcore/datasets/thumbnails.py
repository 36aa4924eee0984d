"""Small pictures of a dataset's photos."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from tlcore.datasets.dataset import Dataset

SIDE = 160


def thumbnail(dataset: Dataset, index: int) -> bytes:
    """Make a small picture of a photo.

    Args:
        dataset: where it is.
        index: its position in the dataset.

    Returns:
        A WebP file of 160 by 160 pixels: the whole photo, with transparent bars where it is no square.

    Raises:
        ImageError: if the photo does not decode.
    """
    picture = Image.fromarray(dataset.image(index, target=SIDE)).convert("RGBA")
    file = io.BytesIO()
    ImageOps.pad(picture, (SIDE, SIDE), color=(0, 0, 0, 0)).save(file, "WebP", quality=85)
    return file.getvalue()
