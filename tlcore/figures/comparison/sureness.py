"""How sure each run is against how often it is right, a row a run, in the manner of the board."""

from __future__ import annotations

import html
from collections.abc import Sequence

from tlcore.comparison.findings.sureness import Sureness
from tlcore.figures.comparison.board import STYLE, marks_of
from tlcore.figures.marks import Mark
from tlcore.text import percent_text

_STYLE = """<style>
.board.sure .row { grid-template-columns: minmax(11rem, 34%) 1fr 5rem 5.5rem; }
.board.sure .line { height: 2px; background: rgba(128, 128, 128, .9); }
.board.sure .ring { box-sizing: border-box; width: .95rem; height: .95rem; margin-left: -.475rem; border-radius: 50%;
  border: 3px solid currentColor; }
.board.sure .key { position: relative; display: inline-block; vertical-align: -.15em; margin: 0 .3em 0 .9em; }
@container (max-width: 640px) {
  .board.sure .row { grid-template-columns: 1fr 4.7rem 5.2rem; }
  .board.sure .track, .board.sure .scale { grid-column: 1; } .board.sure .value { grid-column: auto; }
  .board.sure .head .scale { grid-column: 1 / -1; }
}
</style>"""


def sureness_html(found: Sequence[Sureness]) -> str:
    """Draw how often each run is right, with its 95 % interval, and how sure it is.

    Args:
        found: of each run; at least one.

    Returns:
        HTML, with its style.
    """
    looks = marks_of([each.item for each in found])
    rows = "".join(_row(each, mark) for each, mark in zip(found, looks, strict=True))
    return f'{STYLE}{_STYLE}<div class="board sure" role="table">{_head()}{rows}</div>'


def _head() -> str:
    return (
        '<div class="row head" role="row"><span class="name" role="columnheader">Run</span>'
        '<span class="scale" role="columnheader"><span>0 %</span><span>'
        '<i class="key mark" style="background:gray"></i>right, 95 % interval'
        '<i class="key ring"></i>sure on average</span><span>100 %</span></span></div>'
    )


def _row(each: Sureness, mark: Mark) -> str:
    images = each.item.result.test.images
    sure, right, low, high = (100 * share for share in (each.sure, each.right, each.low, each.high))
    words = f"{sure:.1f} % sure, {right:.1f} % right ({low:.1f}–{high:.1f}) of {images:,} images"
    start, length = min(sure, right), abs(sure - right)
    return (
        '<div class="row" role="row"><span class="name" role="rowheader">'
        f'<span class="dot" style="background:{mark.color}"></span>{html.escape(each.item.title)}</span>'
        f'<div class="track" role="cell" title="{words}" aria-label="{words}">'
        f'<div class="line" style="left:{start:.2f}%;width:{length:.2f}%"></div>'
        f'<div class="interval" style="left:{low:.2f}%;width:{high - low:.2f}%;background:{mark.color}"></div>'
        f'<div class="mark" style="left:{right:.2f}%;background:{mark.color}"></div>'
        f'<div class="ring" style="left:{sure:.2f}%"></div></div>'
        f'<span class="value" role="cell">{percent_text(each.sure, 1)} <small>sure</small></span>'
        f'<span class="value" role="cell">{percent_text(each.right, images)} <small>right</small></span></div>'
    )
