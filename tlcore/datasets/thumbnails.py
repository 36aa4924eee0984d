"""Small pictures of a dataset's photos, kept in memory: a dataset never changes, so everybody shares them."""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image, ImageOps

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.previews import small_jpeg
from tlcore.errors import StudioError

SIDE = 160
_KEPT = 6000  # tiles of some 5 kB
_POOL = ThreadPoolExecutor(4, thread_name_prefix="tiles")  # decoding and encoding leave Python's lock alone


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
    picture = Image.fromarray(dataset.preview(index, SIDE)).convert("RGBA")
    file = io.BytesIO()
    ImageOps.pad(picture, (SIDE, SIDE), color=(0, 0, 0, 0)).save(file, "WebP", quality=85)
    return file.getvalue()


def tiles(dataset: Dataset, indices: Sequence[int] | np.ndarray, side: int = SIDE) -> list[bytes]:
    """Make small pictures of many photos, in a third of the time that as many thumbnails take.

    Args:
        dataset: where they are.
        indices: their positions in the dataset.
        side: pixels of the longer side, at most.

    Returns:
        JPEG files, the whole photo in each; b"" for one that does not decode.
    """
    return list(_POOL.map(lambda index: _tile(dataset, index, side), map(int, indices)))


def prepare_tiles(dataset: Dataset, indices: Sequence[int] | np.ndarray) -> None:
    """Begin to make small pictures that somebody is likely to ask for next.

    Args:
        dataset: where they are.
        indices: their positions in the dataset.
    """
    for index in map(int, indices):
        _POOL.submit(_tile, dataset, index, SIDE)


@functools.lru_cache(maxsize=_KEPT)
def _tile(dataset: Dataset, index: int, side: int) -> bytes:
    try:
        return small_jpeg(dataset.preview(index, side), side, quality=80)
    except StudioError:
        return b""
