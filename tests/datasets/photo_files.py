"""Small photos made on the spot."""

import io

import numpy as np
from PIL import Image


def photo_bytes(seed, size=(48, 64), format="JPEG", **options):
    """An encoded picture that looks unlike those of other seeds."""
    cells = np.random.default_rng(seed).integers(0, 256, (6, 8, 3)).astype(np.uint8)
    image = Image.fromarray(cells).resize((size[1], size[0]), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()
