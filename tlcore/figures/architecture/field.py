"""What one value of a layer sees: its receptive field over a photo."""

from __future__ import annotations

from PIL import Image, ImageDraw

from tlcore.zoo.layers.sight import Sight

_PIXELS = 480  # side of the picture; more would only make the page heavier
_YELLOW, _DARK = "#F0E442", "#111111"
_MOST_DOTS = 40  # along a side
_DIMMED = 0.4  # brightness of what the value does not see


def field_picture(photo: Image.Image, sight: Sight) -> Image.Image:
    """Draw the receptive field of the value in the middle of a layer's maps.

    A picture and no chart: it has nothing to point at, and the browser draws it at once.

    Args:
        photo: any RGB photo; its middle square is shown as the network's input.
        sight: what the layer's values can see.

    Returns:
        RGB, 480 × 480: outside the field the photo is dimmed, the values look at dots.
    """
    side = min(photo.size)
    left, top = (photo.width - side) // 2, (photo.height - side) // 2
    square = photo.crop((left, top, left + side, top + side)).resize((_PIXELS, _PIXELS))
    scale = _PIXELS / sight.side
    low, high = (round(scale * end) for end in sight.span)
    picture = square.point(lambda value: _DIMMED * value)
    picture.paste(square.crop((low, low, high, high)), (low, low))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((low, low, high - 1, high - 1), outline=_YELLOW, width=5)
    dots = [scale * place for place in _neighbors(sight)]
    for x in dots:
        for y in dots:
            draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=_YELLOW, outline=_DARK)
    return picture


def field_sentence(sight: Sight) -> str:
    """Say in words what the values of a layer see.

    Args:
        sight: what they can see.

    Returns:
        A sentence or two.
    """
    if sight.stride is None:
        return "Each value depends on the whole photo."
    step = "the same area, shifted by one pixel" if sight.stride <= 1 else f"an area {sight.stride:g} pixels away"
    if sight.by_pooling:
        return (
            "Each value can depend on the whole photo, by an average of whole maps in a layer before, such as a gate."
        )
    if sight.is_whole:
        return "Each value can depend on the whole photo, those at the corners too."
    if sight.middle >= sight.side:
        return (
            f"Values in the middle can depend on the whole photo; those at the corners see {sight.corner:,} × "
            f"{sight.corner:,} of the {sight.side:,} × {sight.side:,} pixels. "
            f"Neighbors are {sight.stride:g} pixels apart."
        )
    return (
        f"Each value sees {sight.middle:,} × {sight.middle:,} of the {sight.side:,} × {sight.side:,} pixels, "
        f"less at the edges; its neighbor looks at {step}."
    )


def _neighbors(sight: Sight) -> list[float]:
    """Centers of the neighboring values along a side, where they are few enough to be told apart."""
    return list(sight.centers) if len(sight.centers) <= _MOST_DOTS else []
