"""From untrusted bytes to a checked RGB array.

Nothing is decoded before the length, the first bytes and the header have been checked against the settings, so that a
file of a few bytes that claims billions of pixels costs nothing.
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from tlcore.errors import ImageError
from tlcore.guard import run
from tlcore.settings import settings

logger = logging.getLogger(__name__)

USABLE = "a JPEG, PNG, WebP, BMP, GIF or TIFF image"
_SIMPLE_FORMATS = ("JPEG", "MPO", "PNG", "WEBP")
_MOST_PIXELS_HERE = 13_000_000  # as many as most phones take; larger images are decoded in a child process
ORIENTATION = 0x0112
BEGINNING = 1024  # bytes by which kinds of files are told apart
WHITE = (255, 255, 255, 255)


@dataclass(frozen=True)
class Signature:
    """How a kind of file begins.

    Args:
        kind: what the file is, for a sentence.
        start: its first bytes.
        format: Pillow's decoder for it; empty if it is no usable photo.
        offset: where `start` stands.
    """

    kind: str
    start: bytes
    format: str = ""
    offset: int = 0


SIGNATURES = (
    Signature("JPEG", b"\xff\xd8\xff", "JPEG"),
    Signature("PNG", b"\x89PNG\r\n\x1a\n", "PNG"),
    Signature("WebP", b"WEBP", "WEBP", offset=8),
    Signature("BMP", b"BM", "BMP"),
    Signature("GIF", b"GIF87a", "GIF"),
    Signature("GIF", b"GIF89a", "GIF"),
    Signature("TIFF", b"II*\0", "TIFF"),
    Signature("TIFF", b"MM\0*", "TIFF"),
    Signature("TIFF", b"II+\0", "TIFF"),
    Signature("TIFF", b"MM\0+", "TIFF"),
    Signature("an HEIC or AVIF image", b"ftyp", offset=4),
    Signature("a PDF document", b"%PDF"),
    Signature("a Photoshop file", b"8BPS"),
    Signature("a zip archive", b"PK\x03\x04"),
    Signature("an icon", b"\0\0\1\0"),
    Signature("a NumPy array", b"\x93NUMPY"),
)
TEXT_SIGNATURES = (
    Signature("an SVG drawing", b"<svg"),
    Signature("a web page", b"<!doctype html"),
    Signature("a web page", b"<html"),
    Signature("an XML document", b"<?xml"),
)
ROTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode_image(data: bytes, name: str = "the file", target: int | None = None) -> np.ndarray:
    """Decode one photo to RGB, upright, first frame, transparency on white.

    Args:
        data: the bytes of a JPEG, PNG, WebP, BMP, GIF or TIFF file; not trusted.
        name: how to call the file in an error.
        target: the short side, in pixels, that is wanted in the end. A larger JPEG is then decoded at the smallest
            of 1/1, 1/2, 1/4, 1/8 of its size that keeps the short side at 2 x target or more, which is several
            times faster.

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
    image = _open(data, name)
    if image.format not in _SIMPLE_FORMATS or image.width * image.height > _MOST_PIXELS_HERE:
        return None
    return _decode(image, name, target)


def decode_here(data: bytes, name: str, target: int | None) -> np.ndarray:
    """Decode a photo in this process, which for large and unusual ones only a child of `tlcore.guard` may.

    Args:
        data: as `decode_image` takes it.
        name: likewise.
        target: likewise.

    Returns:
        uint8 array (height, width, 3).

    Raises:
        ImageError: as `decode_image`.
    """
    return _decode(_open(data, name), name, target)


def _decode(image: Image.Image, name: str, target: int | None) -> np.ndarray:
    try:
        if target and image.format in ("JPEG", "MPO"):
            scale = 2 * target / min(image.size)
            width, height = (max(1, round(side * scale)) for side in image.size)
            image.draft(None, (width, height))
        image.load()
        upright = _upright(image)
        return np.array(_to_rgb(upright))
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


def measure_image(data: bytes, name: str = "the file") -> tuple[int, int]:
    """Height and width of a photo as it will be decoded, from its header alone.

    Args:
        data: the bytes of the file; not trusted.
        name: how to call the file in an error.

    Returns:
        (height, width) in pixels, after EXIF orientation.

    Raises:
        ImageError: as `decode_image`, except for damage behind the header.
    """
    image = _open(data, name)
    width, height = image.size
    # Pillow itself turns TIFF files and reports their size after turning.
    turned = image.format != "TIFF" and _orientation(image) >= 5
    return (width, height) if turned else (height, width)


def read_bytes(path: str | Path) -> bytes:
    """Read an image file, never more than the settings allow.

    Args:
        path: where the file is.

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
        return path.read_bytes()
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


def _check_pixels(width: int, height: int, name: str) -> None:
    limit = settings().max_image_pixels
    if width * height > limit:
        raise ImageError(
            f"an image of at most {limit / 1e6:.0f} megapixels",
            f"{name}, which claims {width} x {height} pixels",
            "Make it smaller, or raise TLCORE_MAX_IMAGE_PIXELS.",
        )


def _open(data: bytes, name: str) -> Image.Image:
    """Open without decoding, after all checks that need no decoding."""
    _check_length(len(data), name)
    signature = check_beginning(data, name)
    try:
        image = Image.open(io.BytesIO(data), formats=(signature.format,))
    except Image.DecompressionBombError as error:
        raise ImageError(
            f"an image of at most {settings().max_image_pixels / 1e6:.0f} megapixels",
            f"{name}, which claims far more",
            "Make it smaller.",
        ) from error
    except Exception as error:
        raise ImageError(
            USABLE,
            f"{name}, which begins like a {signature.kind} file but has no valid header",
            "The file is damaged: get a fresh copy.",
        ) from error
    _check_pixels(*image.size, name)
    return image


def check_beginning(data: bytes, name: str) -> Signature:
    """Tell a photo from other files by how it begins.

    Args:
        data: the file, or its first `BEGINNING` bytes; not trusted.
        name: how to call the file in an error.

    Returns:
        The kind of photo.

    Raises:
        ImageError: if it is none; it says what it is instead, where that is known.
    """
    signature = next((row for row in SIGNATURES if data.startswith(row.start, row.offset)), None)
    if signature is None or not signature.format:
        head = data[:BEGINNING].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        text = [row for row in TEXT_SIGNATURES if row.start in head]
        kind = signature or next(iter(text), None)
        raise ImageError(
            USABLE,
            f"{name}, which is {kind.kind}" if kind else f"{name}, which is some other kind of file",
            "Choose an image, or save this one as JPEG or PNG first.",
        )
    return signature


def _orientation(image: Image.Image) -> int:
    """EXIF orientation 1 to 8; 1 where there is none or the EXIF block is damaged."""
    try:
        value = image.getexif().get(ORIENTATION, 1)
    except Exception as error:
        logger.debug("EXIF block ignored: %r", error)
        return 1
    return value if value in ROTATIONS else 1


def _upright(image: Image.Image) -> Image.Image:
    rotation = None if image.format == "TIFF" else ROTATIONS.get(_orientation(image))
    return image if rotation is None else image.transpose(rotation)


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode in ("F", "I") or image.mode.startswith("I;16"):
        return Image.fromarray(_to_eight_bits(np.asarray(image))).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, WHITE), image).convert("RGB")
    if image.mode in ("CMYK", "LAB"):
        return _from_profile(image)
    return image.convert("RGB")


def _to_eight_bits(values: np.ndarray) -> np.ndarray:
    """Gray levels of 16 or 32 bits or floating point to 8 bits.

    16-bit values use the whole range of their type, as the PNG specification says. 32-bit and floating-point values
    have no agreed range: 0 to 1 and 0 to 255 are taken as such, all else is stretched from least to greatest.
    """
    if values.dtype.itemsize == 2:
        return (values.astype(np.float32) / 257 + 0.5).astype(np.uint8)
    levels = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = levels.min(), levels.max()
    if low >= 0 and high <= 1 and values.dtype.kind == "f":
        levels = levels * 255
    elif low < 0 or high > 255:
        levels = (levels - low) * (255 / (high - low))
    return (levels + 0.5).astype(np.uint8)


def _from_profile(image: Image.Image) -> Image.Image:
    """Convert print colors by the photo's own color profile where it has a usable one."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), image.mode, "RGB")
        return transform.apply(image)
    except (KeyError, OSError, ValueError, ImageCms.PyCMSError) as error:
        logger.debug("Color profile ignored: %r", error)
        return image.convert("RGB")
