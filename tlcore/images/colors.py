"""Pixels of any kind to RGB, the way a careful person would convert them."""

from __future__ import annotations

import io
import logging

from PIL import Image, ImageCms

from tlcore.images.levels import gray_levels, is_deep

WHITE = (255, 255, 255)

logger = logging.getLogger(__name__)


def to_rgb(image: Image.Image) -> Image.Image:
    """Convert an image to RGB of 8 bits.

    Args:
        image: any, loaded.

    Returns:
        An image of mode RGB: transparency on white, print colors by the image's own color profile.
    """
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if is_deep(image):
        return Image.fromarray(gray_levels(image)).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, WHITE)
        paper.paste(image, mask=image)
        return paper
    if image.mode in ("CMYK", "LAB"):
        return _from_profile(image)
    return image.convert("RGB")


def _from_profile(image: Image.Image) -> Image.Image:
    """Convert print colors by the photo's own color profile where it has a usable one."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        transform = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), image.mode, "RGB")
        return transform.apply(image)
    except (KeyError, OSError, ValueError, ImageCms.PyCMSError) as error:
        logger.debug("Color profile ignored: %r", error)
        return image.convert("RGB")
