"""Previews of large images, kept beside them: pages show these in a fifth of the time.

Two files in the folder of a dataset that has large images: `previews.bin`, JPEG files one after another, and
`previews.npz`, where each begins and its check sum. Without them, or where one is damaged, the image itself serves.
"""

from __future__ import annotations

import io
import logging
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from tlcore.errors import MissingError
from tlcore.storage.arrays import read_arrays, write_arrays
from tlcore.storage.folders import is_as_written

SIDE = 1024  # pixels of the longer side, at most
TARGET = 378  # as `decode_image` has it: 12 megapixels, 4,032 × 3,024, are decoded at a quarter
_LARGE_PIXELS = 2_000_000
_MOST_RATIO = 4  # of the sides: of a longer strip a preview would keep too little of the short side
_QUALITY = 85
FILES = _PICTURES, _INDEX = "previews.bin", "previews.npz"

logger = logging.getLogger(__name__)


def is_large(height: int, width: int) -> bool:
    """Whether a preview of an image is kept.

    Args:
        height: of the image in pixels.
        width: likewise.
    """
    return height * width > _LARGE_PIXELS and max(height, width) <= _MOST_RATIO * min(height, width)


def make_preview(image: np.ndarray) -> bytes:
    """Make the preview of a large image.

    Args:
        image: uint8 (h, w, 3), decoded with `TARGET`.

    Returns:
        A JPEG file.
    """
    return small_jpeg(image, SIDE, _QUALITY)


def small_jpeg(image: np.ndarray, side: int, quality: int) -> bytes:
    """Make a picture smaller, if it is too large, and encode it.

    Args:
        image: uint8 (h, w, 3).
        side: pixels of the longer side, at most.
        quality: as JPEG has it, 1 to 95.

    Returns:
        A JPEG file.
    """
    picture, file = Image.fromarray(image), io.BytesIO()
    picture.thumbnail((side, side))
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


class PreviewWriter:
    """Keeps the previews of a dataset, image by image; without any, no file.

    Args:
        folder: of the dataset, not yet visible.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._offsets: list[int] = [0]
        self._sums: list[int] = []
        self._file = (folder / _PICTURES).open("wb")

    def add(self, preview: bytes) -> None:
        """Take the preview of the next image.

        Args:
            preview: a JPEG file, b"" where there is none.
        """
        self._file.write(preview)
        self._offsets.append(self._offsets[-1] + len(preview))
        self._sums.append(zlib.crc32(preview))

    def close(self) -> None:
        """Write where each is."""
        self._file.close()
        if self._offsets[-1]:
            offsets, sums = np.array(self._offsets, np.int64), np.array(self._sums, np.uint32)
            write_arrays(self._folder / _INDEX, {"offsets": offsets, "sums": sums})
        else:
            for name in FILES:  # of an earlier pass over more images there may be an index, too
                (self._folder / name).unlink(missing_ok=True)


class Previews:
    """The previews of a dataset.

    Args:
        folder: of the dataset.
    """

    def __init__(self, folder: Path):
        self._file = folder / _PICTURES
        self._arrays: dict[str, np.ndarray] = {}
        if (folder / _INDEX).is_file() and is_as_written(folder / _INDEX):  # else it may be of other images
            try:
                self._arrays = read_arrays(folder / _INDEX, "previews", "Nothing: the images themselves are shown.")
            except MissingError as error:
                logger.warning("%s", error)

    def read(self, index: int) -> bytes:
        """Read one.

        Args:
            index: of the image, 0 to n - 1.

        Returns:
            A JPEG file; b"" where there is none, or it is damaged.
        """
        if not self._arrays:
            return b""
        begin, end = self._arrays["offsets"][index : index + 2].tolist()
        try:
            with self._file.open("rb") as file:
                file.seek(begin)
                preview = file.read(end - begin)
        except OSError as error:
            logger.warning("no previews: %s", error)
            return b""
        return preview if zlib.crc32(preview) == self._arrays["sums"][index] else b""
