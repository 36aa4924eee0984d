"""What one value of a layer sees: its receptive field over a photo."""

from __future__ import annotations

from PIL import Image, ImageDraw

_PIXELS = 480  # side of the picture; more would only make the page heavier
_YELLOW, _DARK = "#F0E442", "#111111"
_DIMMED = 0.4  # brightness of what the value does not see


def field_picture(
    photo: Image.Image, input_side: int, receptive_field: int | None, stride: float | None
) -> Image.Image:
    """Draw the receptive field of the value in the middle of a layer's maps.

    A picture and no chart: it has nothing to point at, and the browser draws it at once.

    Args:
        photo: any RGB photo; its middle square is shown as the network's input.
        input_side: side of the network's input in pixels.
        receptive_field: side of what one value sees, in input pixels; None for all of it.
        stride: input pixels between neighboring values; None where the output is no map.

    Returns:
        RGB, 480 × 480: outside the field the photo is dimmed, neighboring values are dots.
    """
    side = min(photo.size)
    left, top = (photo.width - side) // 2, (photo.height - side) // 2
    square = photo.crop((left, top, left + side, top + side)).resize((_PIXELS, _PIXELS))
    scale = _PIXELS / input_side
    low, high = (round(scale * edge) for edge in field_edges(input_side, receptive_field))
    picture = square.point(lambda value: _DIMMED * value)
    picture.paste(square.crop((low, low, high, high)), (low, low))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((low, low, high - 1, high - 1), outline=_YELLOW, width=5)
    dots = [scale * place for place in _neighbors(input_side, stride)]
    for x in dots:
        for y in dots:
            draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=_YELLOW, outline=_DARK)
    return picture


def field_edges(input_side: int, receptive_field: int | None) -> tuple[float, float]:
    """Where the field of the middle value begins and ends.

    Args:
        input_side: side of the network's input in pixels.
        receptive_field: side of what one value sees, in input pixels; None for all of it.

    Returns:
        (first, last) place along a side of the input, in pixels.
    """
    seen = input_side if receptive_field is None else min(receptive_field, input_side)
    return (input_side - seen) / 2, (input_side + seen) / 2


def field_sentence(input_side: int, receptive_field: int | None, stride: float | None) -> str:
    """Say in words what one value of a layer sees.

    Args:
        input_side: side of the network's input in pixels.
        receptive_field: side of what one value sees, in input pixels; None for all of it.
        stride: input pixels between neighboring values; None where the output is no map.

    Returns:
        A sentence or two.
    """
    if receptive_field is None or stride is None:
        return "Each value depends on the whole image."
    step = "the same area, shifted by one pixel" if stride <= 1 else f"an area {stride:g} pixels away"
    if receptive_field >= input_side:
        seen = f"its receptive field is {receptive_field:,} pixels wide"
        return f"Each value can depend on the whole image ({seen}); its neighbor looks at {step}."
    return (
        f"Each value sees {receptive_field:,} × {receptive_field:,} of the {input_side:,} × {input_side:,} pixels; "
        f"its neighbor looks at {step}."
    )


def _neighbors(input_side: int, stride: float | None) -> list[float]:
    """Centers of the neighboring values along a side, where they are few enough to be told apart."""
    if stride is None or input_side / stride > 40:
        return []
    count = int(input_side / stride)
    return [input_side / 2 + (position - (count - 1) / 2) * stride for position in range(count)]
