"""Photos of more than 8 bits to 8 bits, by the range that they use.

Cameras of microscopes, telescopes and hospitals give 10, 12 or 14 bits, which are kept in files of 16 bits, mostly as
they are: divided by 256 they would be all but black. Few files say so. Unless a file does, the values decide: its range
is that of the fewest of 8, 10, 12, 14 or 16 bits which hold the greatest of them. A photo that truly uses the lowest
quarter of its 16 bits or less is thereby brightened, by a power of two.

The `sBIT` chunk of a PNG file does not count: it says how precise values are, which by its specification have been
scaled to the whole range. Where that was done the greatest value shows it, and where not, too.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageFile

_DEPTHS = (8, 10, 12, 14, 16)
_WHOLE = 65_535
_SCALED = ("PPM", "HEIF")  # Pillow has scaled these by the range that the file states
_BITS_PER_SAMPLE, _PHOTOMETRIC, _MAX_SAMPLE_VALUE = 258, 262, 281  # tags of TIFF
_WHITE_IS_ZERO = 0
_DARK = 64  # a color of 16 bits below this share of 256 may be one of 14 bits or fewer
_OTHER_BYTE = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}


def is_deep(image: Image.Image) -> bool:
    """Whether an image holds gray levels of more than 8 bits.

    Args:
        image: any.

    Returns:
        True for gray levels of 16 or 32 bits or floating point.
    """
    return image.mode in ("F", "I") or image.mode.startswith("I;16")


def gray_levels(image: Image.Image) -> np.ndarray:
    """Gray levels of more than 8 bits to 8 bits.

    Those of 16 bits are divided by their range. Integers of 32 bits and floating-point values have no agreed range:
    0 to 1 (floating point) and 0 to 255 are taken as such, all else is stretched from least to greatest.

    Args:
        image: one that `is_deep`, loaded.

    Returns:
        uint8 array (height, width).
    """
    values, tags = np.asarray(image), getattr(image, "tag_v2", {})
    if image.mode.startswith("I;16") or (image.format == "PPM" and image.mode == "I"):
        most = _WHOLE if image.format in _SCALED else max(int(values.max()), *_stated(tags))
        levels = _table(most)[values]
    else:
        levels = _stretched(values.astype(np.float64))
    return 255 - levels if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO else levels


def _stated(tags: Mapping[int, object]) -> tuple[int, int]:
    """Greatest values that a TIFF file says it may hold, 0 where it says nothing."""
    bits, most = _greatest(tags.get(_BITS_PER_SAMPLE)), _greatest(tags.get(_MAX_SAMPLE_VALUE))
    # The whole range is what the tag means where it is missing, and what programs write that know nothing better.
    return (1 << bits) - 1 if bits < 16 else 0, most if most < _WHOLE else 0


def _greatest(tag: object) -> int:
    """The greatest number of a tag, which may be damaged; 0 if it has none."""
    return max((number for number in (tag if isinstance(tag, tuple) else (tag,)) if isinstance(number, int)), default=0)


def _table(most: int) -> np.ndarray:
    """The gray level of 8 bits of each value of 16 bits, by the range that holds the greatest value."""
    top = next((1 << depth) - 1 for depth in _DEPTHS if most < 1 << depth or depth == 16)
    return np.minimum(np.arange(_WHOLE + 1) * (255 / top) + 0.5, 255).astype(np.uint8)


def _stretched(levels: np.ndarray) -> np.ndarray:
    levels, whole = np.nan_to_num(levels, nan=0.0, posinf=0.0, neginf=0.0), not (levels % 1).any()
    low, high = levels.min(), levels.max()
    if low >= 0 and high <= 1 and not whole:
        levels = levels * 255
    elif low < 0 or high > 255:
        levels = (levels - low) * (255 / (high - low))
    return (levels + 0.5).astype(np.uint8)


def load(image: ImageFile.ImageFile) -> Image.Image:
    """Decode an open image; one with colors of 16 bits that hold fewer is scaled by their range.

    Pillow keeps the high byte of each such color, which says nothing if the low one holds most of it.

    Args:
        image: not decoded yet.

    Returns:
        The image, or another one in its place.
    """
    file, layout = image.fp, _layout(image)
    image.load()
    if file is None or not layout.startswith("RGB;16"):
        return image
    high = np.asarray(image)
    if high.max() >= _DARK:
        return image
    low = Image.open(file, formats=(str(image.format),))
    low.tile = [tile._replace(args=_other_bytes(tile.args)) for tile in low.tile]
    values = high.astype(np.uint16) * 256 + np.asarray(low)
    return Image.fromarray(_table(int(values.max()))[values])


def _layout(image: ImageFile.ImageFile) -> str:
    """How pixels lie in the file, in Pillow's words; "" where they do not lie there as they are."""
    arguments = image.tile[0].args if image.tile else ""
    found = arguments[0] if isinstance(arguments, tuple) and arguments else arguments
    return found if isinstance(found, str) else ""


def _other_bytes(arguments: tuple | str | None) -> tuple | str:
    """A decoder's arguments with the layout in which each high byte changes places with the low one."""
    if isinstance(arguments, tuple):
        return _other_bytes(arguments[0]), *arguments[1:]
    layout = str(arguments)
    return layout[:-1] + _OTHER_BYTE[layout[-1]]
