"""What all charts have in common, so that they look like one family. Colors of text and grid are the theme's."""

from __future__ import annotations

from typing import Any

_FONT = {"family": '"Source Sans", "Source Sans Pro", sans-serif', "size": 14}

GUESSING = 70  # pixels that the name of a line of guessing takes beside the plot


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


def guessing_line(share: float) -> dict[str, Any]:
    """A line at the accuracy of guessing, named at its right end, beside the plot, where nothing lies over it.

    Args:
        share: of right answers, 0..1.

    Returns:
        Arguments of `Figure.add_hline`; the layout needs a margin of `GUESSING` pixels on the right.
    """
    words = {"text": "guessing", "font": {"color": "gray"}, "x": 1, "xanchor": "left", "xshift": 4}
    line = {"color": "gray", "dash": "dash", "width": 1}
    return {"y": share, "line": line, "annotation": {**words, "y": share, "yanchor": "middle"}}
