"""Guesses of a network as bars, the first one large."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from pathlib import Path

from tlcore.inference.classifier import Guess
from tlcore.text import probability_text

STYLE = (Path(__file__).parent / "browser" / "guesses.css").read_text("utf-8")
_BAR = (
    '<div class="guess" role="listitem" title="{hover}">'
    '<div><span>{name}</span><span class="share">{share}</span></div>'
    '<div class="track"><div class="bar" style="width:{width:.2f}%{color}"></div></div></div>'
)


def guesses_html(guesses: Sequence[Guess], color: str = "", hover: Callable[[Guess], str] = lambda guess: "") -> str:
    """Draw a bar for each guess, as long as it is probable.

    Args:
        guesses: most probable first.
        color: of the bars; "" for the usual one.
        hover: says more of a guess, for who points at its bar.

    Returns:
        HTML with a style of its own, for `st.html`.
    """
    rows = "".join(
        _BAR.format(
            hover=html.escape(hover(guess)),
            name=html.escape(guess.name),
            share=probability_text(guess.probability),
            width=100 * guess.probability,
            color=f";background:{color}" if color else "",
        )
        for guess in guesses
    )
    return f'<style>{STYLE}</style><div class="guesses" role="list">{rows}</div>'
