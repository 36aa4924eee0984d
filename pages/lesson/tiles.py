"""The wall as HTML: a tile for each pupil, with name, state, curve and figure."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from html import escape

from tlcore.lessons.wall import Tile
from tlcore.runs import run as states
from tlcore.text import percent_text
from tlcore.training.plans.strategies import STRATEGIES

_WORDS = {
    "": "Not started",
    states.QUEUED: "Waiting",
    **dict.fromkeys(states.ACTIVE, "Training"),
    states.FINISHED: "Done",
    states.FAILED: "Failed",
    states.STOPPED: "Stopped",
    states.INTERRUPTED: "Interrupted",
}
_WIDTH, _HEIGHT = 120, 44
_DASHES = {"solid": "none", "dash": "5 4", "dot": "1.5 3", "longdash": "9 4"}


def wall_html(tiles: Sequence[Tile]) -> str:
    """Lay the wall out.

    Args:
        tiles: of all pupils.

    Returns:
        HTML; on a wide screen there are about as many tiles in a column as fill it.
    """
    columns = max(3, math.ceil(math.sqrt(1.2 * len(tiles))))
    return f'<div class="wall" style="--columns: {columns}">{"".join(map(_tile_html, tiles))}</div>'


def _tile_html(tile: Tile) -> str:
    figure = percent_text(tile.score.accuracy, tile.score.images) if tile.score else _last(tile)
    return (
        f'<div><div class="name">{escape(tile.name)}</div>{_curve(tile)}'
        f'<div class="bar"><div style="width: {100 * tile.share:.0f}%"></div></div>'
        f'<div class="state"><span>{_WORDS[tile.state]}</span><b>{figure}</b></div></div>'
    )


def _last(tile: Tile) -> str:
    return percent_text(tile.curve[-1], 0) if tile.curve else ""


def _curve(tile: Tile) -> str:
    """Validation accuracy epoch by epoch, from 0 at the bottom to 100 % at the top."""
    frame = f'<path d="M0 .5H{_WIDTH}M0 {_HEIGHT - 0.5}H{_WIDTH}" stroke="gray" stroke-opacity=".35"/>'
    line = ""
    if tile.curve:
        strategy = STRATEGIES.find(tile.strategy)
        step = _WIDTH / max(1, len(tile.curve) - 1)
        points = [f"{place * step:.1f} {(1 - value) * (_HEIGHT - 4) + 2:.1f}" for place, value in enumerate(tile.curve)]
        path = f"M{'L'.join(points)}" if len(points) > 1 else f"M0 {points[0].split()[1]}h4"
        line = (
            f'<path d="{path}" stroke="{strategy.color}" stroke-width="2" stroke-linejoin="round" '
            f'stroke-dasharray="{_DASHES[strategy.dash]}" vector-effect="non-scaling-stroke"/>'
        )
    # As an image of its own: Streamlit takes drawings out of HTML.
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" fill="none" '
        f'preserveAspectRatio="none">{frame}{line}</svg>'
    )
    address = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    return f'<img src="{address}" alt="Validation accuracy, epoch by epoch">'
