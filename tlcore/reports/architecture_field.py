"""What one value of a layer sees: its receptive field over a photo."""

from __future__ import annotations

import plotly.graph_objects as go
from PIL import Image

PHOTO_PIXELS = 320  # the photo is a backdrop; more would only make the page heavier


def field_figure(photo: Image.Image, input_side: int, receptive_field: int | None, stride: float | None) -> go.Figure:
    """Draw the receptive field of the value in the middle of a layer's maps.

    Args:
        photo: any photo; its middle square is shown as the network's input.
        input_side: side of the network's input in pixels.
        receptive_field: side of what one value sees, in input pixels; None for all of it.
        stride: input pixels between neighbouring values; None where the output is no map.

    Returns:
        The figure: outside the field the photo is dimmed, neighbouring values are dots.
    """
    side = min(photo.size)
    left, top = (photo.width - side) // 2, (photo.height - side) // 2
    square = photo.crop((left, top, left + side, top + side)).resize((PHOTO_PIXELS, PHOTO_PIXELS))
    seen = input_side if receptive_field is None else min(receptive_field, input_side)
    low, high = (input_side - seen) / 2, (input_side + seen) / 2
    dimmed = [
        {
            "type": "rect",
            "x0": x0,
            "y0": y0,
            "x1": x1,
            "y1": y1,
            "line": {"width": 0},
            "fillcolor": "#000000",
            "opacity": 0.6,
        }
        for x0, y0, x1, y1 in (
            (0, 0, input_side, low),
            (0, high, input_side, input_side),
            (0, low, low, high),
            (high, low, input_side, high),
        )
    ]
    frame = {"type": "rect", "x0": low, "y0": low, "x1": high, "y1": high, "line": {"color": "#F0E442", "width": 4}}
    backdrop = {
        "source": square,
        "x": 0,
        "y": 0,
        "xref": "x",
        "yref": "y",
        "sizex": input_side,
        "sizey": input_side,
        "sizing": "stretch",
        "layer": "below",
    }
    figure = go.Figure(layout={"shapes": [*dimmed, frame], "images": [backdrop]})
    dots = _neighbours(input_side, stride)
    figure.add_trace(
        go.Scatter(
            x=[x for x in dots for _ in dots],
            y=[y for _ in dots for y in dots],
            mode="markers",
            marker={"size": 4, "color": "#F0E442", "line": {"width": 1, "color": "#111111"}},
            hoverinfo="skip",
        )
    )
    figure.update_layout(height=300, margin={"l": 0, "r": 0, "t": 0, "b": 0}, showlegend=False)
    figure.update_xaxes(visible=False, range=[0, input_side], fixedrange=True, constrain="domain")
    figure.update_yaxes(visible=False, range=[input_side, 0], fixedrange=True, scaleanchor="x", constrain="domain")
    return figure


def field_sentence(input_side: int, receptive_field: int | None, stride: float | None) -> str:
    """Say in words what one value of a layer sees.

    Args:
        input_side: side of the network's input in pixels.
        receptive_field: side of what one value sees, in input pixels; None for all of it.
        stride: input pixels between neighbouring values; None where the output is no map.

    Returns:
        A sentence or two.
    """
    if receptive_field is None or stride is None:
        return "Each value depends on the whole photo."
    step = "the same place, one pixel on" if stride <= 1 else f"a place {stride:g} pixels further"
    if receptive_field >= input_side:
        seen = f"its field is {receptive_field:,} pixels wide"
        return f"Each value can depend on the whole photo ({seen}); its neighbour looks at {step}."
    return (
        f"Each value sees {receptive_field:,} × {receptive_field:,} of the {input_side:,} × {input_side:,} pixels; "
        f"its neighbour looks at {step}."
    )


def _neighbours(input_side: int, stride: float | None) -> list[float]:
    """Centres of the neighbouring values along a side, where they are few enough to be told apart."""
    if stride is None or input_side / stride > 40:
        return []
    count = int(input_side / stride)
    return [input_side / 2 + (position - (count - 1) / 2) * stride for position in range(count)]
