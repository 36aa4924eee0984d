"""What all charts have in common, so that they look like one family. Colors of text and grid are the theme's."""

from __future__ import annotations

from typing import Any

from tlcore.text import percent_text

_FONT = {"family": '"Source Sans", "Source Sans Pro", sans-serif', "size": 14}

GUESSING = 78  # pixels that the words at a line of guessing take beside the plot


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
    """A line at the accuracy of guessing, explained at its right end, beside the plot, where nothing lies over it.

    Args:
        share: of right answers, 0..1.

    Returns:
        Arguments of `Figure.add_hline`; the layout needs a margin of `GUESSING` pixels on the right.
    """
    # The largest class, named for every image: whoever looks at the line reads what guessing means here.
    text = f"guessing:<br>always one<br>class, {percent_text(share, 1)}"
    where = {"x": 1, "y": share, "xanchor": "left", "yanchor": "middle", "xshift": 4}
    words: dict[str, Any] = {"text": text, "font": {"color": "gray", "size": 12}, "align": "left", **where}
    line = {"color": "gray", "dash": "dash", "width": 1}
    return {"y": share, "line": line, "annotation": words}
