"""What all charts have in common, so that they look like one family. Colors of text and grid are the theme's."""

from __future__ import annotations

from typing import Any

_FONT = {"family": '"Source Sans", "Source Sans Pro", sans-serif', "size": 14}


def studio_layout(height: float, top: int = 20, edge: int = 10) -> dict[str, Any]:
    """The layout that every chart begins with.

    Args:
        height: of the whole figure, pixels.
        top: pixels above the plot; more where a title or a label stands there.
        edge: pixels on the other sides, beside what the axes take for themselves.

    Returns:
        Properties of a Plotly layout, for `Figure.update_layout`.
    """
    return {
        "height": height,
        "margin": {"l": edge, "r": edge, "t": top, "b": edge},
        "font": _FONT,
        "hoverlabel": {"font": _FONT, "align": "left"},
    }
