"""From untrusted bytes to a checked RGB array.

Nothing is decoded before the length, the first bytes and the header have been checked against the settings, so that a
file of a few bytes that claims billions of pixels costs nothing.
"""

from __future__ import annotations

import io
import logging
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile

from tlcore.errors import ImageError
from tlcore.guard import run
from tlcore.images.colors import to_rgb
from tlcore.images.kinds import USABLE, Kind, check_beginning
from tlcore.images.levels import load
from tlcore.settings import settings

logger = logging.getLogger(__name__)

Image.MAX_IMAGE_PIXELS = None  # the limit in the settings holds, at the size at which a photo is decoded

_MOST_PIXELS_HERE = 13_000_000  # as many as most phones take; larger images are decoded in a child process
_JPEG_SCALES = (1, 2, 4, 8)  # by which a JPEG can be made smaller while it is decoded
_JPEG = ("JPEG", "MPO")
ORIENTATION = 0x0112
_UPRIGHT = ("TIFF", "HEIF")  # Pillow turns TIFF files itself, and libheif its own
ROTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = [ROTATIONS[orientation] for orientation in (5, 6, 7, 8)]


def decode_image(data: bytes, name: str = "the file", target: int | None = None) -> np.ndarray:
    """Decode one photo to RGB, upright, first frame, transparency on white.

    Args:
        data: the bytes of a photo of `tlcore.images.kinds`; not trusted.
        name: how to call the file in an error.
        target: the short side, in pixels, that is wanted in the end. A larger photo may then come at a fraction of its
            size that keeps the short side at 2 x target or more: a JPEG at 1/2, 1/4 or 1/8, which is several times
            faster, others that a child process decodes at any 1/n. Without it photos keep their size, but for a JPEG
            beyond the limit of pixels in the settings: it comes at the largest of these sizes that is within.

    Returns:
        uint8 array (height, width, 3).

    Raises:
        ImageError: if the bytes are no usable photo or exceed the limits in the settings; it names the file.
    """
    simple = decode_simple(data, name, target)
    return run("image", data, name, target=target) if simple is None else simple


def decode_simple(data: bytes, name: str = "the file", target: int | None = None) -> np.ndarray | None:
    """Decode a photo like most, which this process can do without harm and without delay for anybody.

    Args:
        data: as `decode_image` takes it.
        name: likewise.
        target: likewise.

    Returns:
        uint8 array (height, width, 3); None for a large or unusual photo, which is left to a child process.

    Raises:
        ImageError: as `decode_image`.
    """
    image = _open_simple(data, name)
    if image is None:
        return None
    draft(image, target)
    return pixels(image, name)


def measure_image(data: bytes, name: str = "the file") -> tuple[int, int]:
    """Height and width of a photo, from its header alone.

    Args:
        data: the bytes of the file; not trusted.
        name: how to call the file in an error.

    Returns:
        (height, width) in pixels, upright, before it is made smaller for any reason.

    Raises:
        ImageError: as `decode_image`, except for damage behind the header.
    """
    image = _open_simple(data, name)
    height, width = run("image size", data, name) if image is None else upright_size(image)
    return height, width


def _kind(data: bytes, name: str) -> Kind:
    """The kind of a photo, after all checks for which its header is not read."""
    _check_length(len(data), name)
    return check_beginning(data, name)


def _open_simple(data: bytes, name: str) -> ImageFile.ImageFile | None:
    """Open a photo that this process may decode; None for one that it may not."""
    if not _kind(data, name).common:
        return None
    image = open_image(data, name)
    return None if image.width * image.height > _MOST_PIXELS_HERE else image


def open_image(data: bytes, name: str) -> ImageFile.ImageFile:
    """Open a photo without decoding it.

    Args:
        data: the bytes of the file; unless they are of a common kind, this process must be a child of `tlcore.guard`.
        name: how to call the file in an error.

    Returns:
        The image, of which nothing but the header has been read.

    Raises:
        ImageError: as `decode_image`, except for damage behind the header.
    """
    kind = _kind(data, name)
    try:
        image = Image.open(io.BytesIO(data), formats=kind.decoders)
    except Exception as error:
        raise ImageError(
            USABLE,
            f"{name}, which begins like {kind.title} but has no header that can be read",
            "Get a fresh copy, or open it in an image editor and save it as JPEG or PNG.",
        ) from error
    _check_pixels(image, name)
    return image


def draft(image: Image.Image, target: int | None) -> None:
    """Choose the size at which a JPEG is decoded; others are left as they are.

    Args:
        image: from `open_image`.
        target: as `decode_image` takes it.
    """
    if image.format not in _JPEG:
        return
    width, height = image.size
    enough = max(scale for scale in _JPEG_SCALES if scale == 1 or (target and min(image.size) >= 2 * target * scale))
    # A JPEG holds its size rounded up at each scale.
    fits = [scale for scale in _JPEG_SCALES if -(-width // scale) * -(-height // scale) <= settings().max_image_pixels]
    scale = max(enough, fits[0])
    image.draft(None, (max(1, width // scale), max(1, height // scale)))


def pixels(image: ImageFile.ImageFile, name: str) -> np.ndarray:
    """Decode an open photo.

    Args:
        image: from `open_image`.
        name: how to call the file in an error.

    Returns:
        uint8 array (height, width, 3), upright, transparency on white.

    Raises:
        ImageError: if it is damaged or does not fit the memory.
    """
    try:
        rgb = to_rgb(load(image))
        rotation = _rotation(image)  # once it is loaded: a PNG may keep it behind its pixels
        return np.array(rgb if rotation is None else rgb.transpose(rotation))
    except MemoryError as error:
        raise ImageError(
            "an image that the memory for one photo holds",
            f"{name}, which does not fit or is damaged",
            "Make it smaller in an image editor, or save it again as JPEG.",
        ) from error
    # A decoder fed with hostile bytes raises whatever its parsing stumbles over; the user needs one sentence.
    except Exception as error:
        logger.debug("%s does not decode: %r", name, error)
        raise ImageError(
            "a complete image",
            f"{name}, which is damaged, incomplete or stored in an unusual way",
            "Open it in an image editor and save it again as JPEG or PNG.",
        ) from error


def upright_size(image: Image.Image) -> tuple[int, int]:
    """Height and width of an open photo once it is turned upright.

    Args:
        image: from `open_image`.

    Returns:
        (height, width) in pixels.
    """
    width, height = image.size
    return (width, height) if _rotation(image) in _SIDEWAYS else (height, width)


def read_bytes(path: str | Path, most: int = -1) -> bytes:
    """Read an image file, never more than the settings allow.

    Args:
        path: where the file is.
        most: how many bytes to read from its beginning; all by default.

    Returns:
        Its bytes, not checked any further.

    Raises:
        ImageError: if it is no ordinary readable file, or too large.
    """
    path = Path(path)
    if not path.is_file():
        what = "which is a folder" if path.is_dir() else "which does not exist"
        raise ImageError("an image file", f"{path}, {what}", "Check the path.")
    try:
        _check_length(path.stat().st_size, path.name)
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise ImageError("a readable image file", f"{path}: {error.strerror}", "Check its permissions.") from error


def _check_length(length: int, name: str) -> None:
    limit = settings().max_image_bytes
    if length == 0:
        raise ImageError(USABLE, f"{name}, which is empty", "Choose another file.")
    if length > limit:
        raise ImageError(
            f"an image file of at most {limit / 1e6:.0f} MB",
            f"{name} with {length / 1e6:.0f} MB",
            "Make it smaller, or raise TLCORE_MAX_IMAGE_BYTES.",
        )


def _check_pixels(image: Image.Image, name: str) -> None:
    limit = settings().max_image_pixels
    if image.format in _JPEG:  # it shrinks while it is decoded; by more than this would take too long
        limit *= _JPEG_SCALES[-1]
    if image.width * image.height > limit:
        raise ImageError(
            f"an image of at most {limit / 1e6:,.4g} megapixels",
            f"{name}, which claims {image.width} x {image.height} pixels",
            "Make it smaller, or raise TLCORE_MAX_IMAGE_PIXELS.",
        )


def _rotation(image: Image.Image) -> Image.Transpose | None:
    """What turns a photo upright, None where it is so or its EXIF block is damaged."""
    if image.format in _UPRIGHT:
        return None
    try:
        return ROTATIONS.get(image.getexif().get(ORIENTATION, 1))
    except Exception as error:
        logger.debug("EXIF block ignored: %r", error)
        return None
