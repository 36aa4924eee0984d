"""The browser tab's icon, drawn here: named icons would be fetched from the network."""

from __future__ import annotations

import functools

from PIL import Image, ImageDraw

from tlcore.training.strategies import find_strategy


@functools.cache
def favicon() -> Image.Image:
    """Draw a frozen trunk with a new head.

    Returns:
        A picture of 64 by 64 pixels.
    """
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    for top in (28, 46):
        draw.rounded_rectangle((10, top, 54, top + 14), 4, fill=find_strategy("frozen").colour)
    draw.rounded_rectangle((20, 6, 44, 24), 4, fill=find_strategy("fine_tune").colour)
    return picture
