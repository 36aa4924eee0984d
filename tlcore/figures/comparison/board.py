"""The chart that a comparison opens with: accuracy with its interval and what it cost, a row a run.

It is made of HTML: it is there at once, fits a phone and a sheet of paper, and takes the colors of text around it.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Sequence

from tlcore.comparison.comparison import ComparedRun, by_strategy, comparison_rows
from tlcore.comparison.findings.strategies import guessing
from tlcore.figures.marks import Mark, marks
from tlcore.text import names_together, number_text, percent_text

_BORDERS = {"solid": "solid", "dot": "dotted", "dash": "dashed", "longdash": "dashed"}  # Plotly's lines → those of CSS
_WHOLE = 10  # seconds from which tenths tell nothing
_MOST_NAMED = 6  # runs in a legend that has an entry for each
STYLE = """<style>
.board { container-type: inline-size; font-size: .9rem; line-height: 1.35; }
.board .row { display: grid; grid-template-columns: minmax(11rem, 26%) 1fr 7.2rem minmax(6rem, 15%) minmax(6rem, 13%);
  gap: .15rem 1rem; align-items: center; padding: .32rem 0; border-top: 1px solid rgba(128, 128, 128, .22); }
.board .head { border-top: 0; font-size: .8rem; opacity: .75; align-items: end; }
.board .name { overflow-wrap: anywhere; }
.board .name small { opacity: .75; white-space: nowrap; }
.board .dot { display: inline-block; width: .7em; height: .7em; border-radius: 50%; margin-right: .5em; }
.board .track { position: relative; height: 1.3rem; background: rgba(128, 128, 128, .12); border-radius: .3rem; }
.board .track > * { position: absolute; top: 50%; transform: translateY(-50%); }
.board .interval { height: .55rem; border-radius: .3rem; opacity: .45; }
.board .mark { width: .8rem; height: .8rem; border-radius: 50%; margin-left: -.4rem; }
.board .guess { height: 100%; border-left: 2px dashed rgba(128, 128, 128, .9); }
.board .scale { display: flex; flex-wrap: wrap; justify-content: space-between; }
.board .scale .what { order: -1; flex-basis: 100%; }
.board .value { font-weight: 600; white-space: nowrap; } .board .value small { font-weight: 400; opacity: .75; }
.board .bar { height: .55rem; border-radius: .2rem; min-width: 2px; }
.board .cost { white-space: nowrap; font-size: .85rem; } .board .cost small { display: none; opacity: .75; }
@container (max-width: 640px) {
  .board .row { grid-template-columns: 1fr 1fr 7.2rem; }
  .board .name { grid-column: 1 / -1; } .board .track, .board .scale { grid-column: 1 / 3; }
  .board .value { grid-column: 3; } .board .head .cost, .board .head .value { display: none; }
  .board .cost small { display: inline; }
  .board .head .name { display: none; }
}
</style>"""
_LEGEND_STYLE = """<style>
.runs-legend { display: flex; flex-wrap: wrap; gap: .2rem 1.3rem; font-size: .88rem; }
.runs-legend i { display: inline-block; width: 1.8em; vertical-align: middle; margin-right: .5em;
}
.runs-legend i + i { margin-left: -.25em; }
</style>"""


def board_html(compared: Sequence[ComparedRun]) -> str:
    """Draw accuracy with its 95 % interval, trained parameters and seconds, a row a run.

    Args:
        compared: at least one run.

    Returns:
        HTML, with its style.
    """
    rows = comparison_rows(compared)
    most = {cost: max(row[cost] for row in rows) for cost in ("trainable parameters", "seconds")}
    lines = [_row(*line, most) for line in zip(compared, rows, marks_of(compared), strict=True)]
    return f'{STYLE}<div class="board" role="table">{_head(compared)}{"".join(lines)}</div>'


def _head(compared: Sequence[ComparedRun]) -> str:
    images = {item.result.test.images for item in compared}
    what = f"of {images.pop():,} new images" if len(images) == 1 else "of new images"
    return (
        '<div class="row head" role="row"><span class="name" role="columnheader">Run</span>'
        '<span class="scale" role="columnheader"><span>0&nbsp;%</span>'
        '<span class="what">right, 95&nbsp;% interval<br>┊ guessing: always one class</span>'
        f'<span>100&nbsp;%</span></span><span class="value" role="columnheader">{what}</span>'
        '<span class="cost" role="columnheader">Trained numbers</span>'
        '<span class="cost" role="columnheader">Seconds it takes</span></div>'
    )


def _row(item: ComparedRun, row: dict, mark: Mark, most: dict[str, float]) -> str:
    accuracy, low, high = (100 * row[name] for name in ("test accuracy", "test low", "test high"))
    guess = 100 * guessing(item)
    words = f"{accuracy:.1f} % ({low:.1f}–{high:.1f}) of {row['test photos']:,} images; guessing: {guess:.0f} %"
    costs = {
        "trainable parameters": f"{number_text(row['trainable parameters'])} <small>trained numbers</small>",
        "seconds": f"{row['seconds']:,.{0 if row['seconds'] >= _WHOLE else 1}f} s",
    }
    bars = "".join(
        f'<span class="cost" role="cell">{text}<div class="bar" '
        f'style="width:{100 * row[cost] / (most[cost] or 1):.2f}%;background:{mark.color}"></div></span>'
        for cost, text in costs.items()
    )
    return (
        '<div class="row" role="row"><span class="name" role="rowheader">'
        f'<span class="dot" style="background:{mark.color}"></span>{html.escape(item.title)} '
        f"<small>{item.result.effort}</small></span>"
        f'<div class="track" role="cell" title="{words}" aria-label="{words}">'
        f'<div class="guess" style="left:{guess:.2f}%"></div>'
        f'<div class="interval" style="left:{low:.2f}%;width:{high - low:.2f}%;background:{mark.color}"></div>'
        f'<div class="mark" style="left:{accuracy:.2f}%;background:{mark.color}"></div></div>'
        f'<span class="value" role="cell">{percent_text(row["test accuracy"], row["test photos"])} '
        f"<small>{low:.0f}–{high:.0f}</small></span>{bars}</div>"
    )


def marks_of(compared: Sequence[ComparedRun]) -> list[Mark]:
    """The looks of runs, the same in all figures of a comparison."""
    return marks([item.strategy.name for item in compared])


def legend_html(
    compared: Sequence[ComparedRun], tells_parts: bool = False, in_front: Collection[ComparedRun] | None = None
) -> str:
    """Say which line is which run, once for all figures near it.

    Args:
        compared: at least one run.
        tells_parts: whether thick lines are of validation images, and thin ones of training images.
        in_front: those that are named, where the others stand pale behind them; None for all.

    Returns:
        HTML, with its style: whole names, as many in a line as there is room for; of many runs, a line a strategy.
    """
    marked = zip(compared, marks_of(compared), strict=True)
    looks = [look for look in marked if in_front is None or look[0] in in_front]
    if len(looks) > _MOST_NAMED:
        mark_of = dict(looks)
        together = by_strategy([item for item, _ in looks])
        entries = [
            ([(item, mark_of[item]) for item in runs], names_together([item.title for item in runs]))
            for runs in together
        ]
    else:
        entries = [([look], look[0].title) for look in looks]
    names = "".join(
        f"<span>{''.join(_swatch(mark.dash, mark.color) for _, mark in found)}{html.escape(name)}</span>"
        for found, name in entries
    )
    if tells_parts:
        names += "".join(
            f"<span>{_swatch('solid', 'gray', width)}{part}</span>"
            for width, part in ((4, "validation"), (1, "training"))
        )
    if len(looks) < len(compared):
        names += f"<span>{_swatch('solid', 'rgba(128, 128, 128, .5)', 1)}the other runs</span>"
    return f'{_LEGEND_STYLE}<div class="runs-legend">{names}</div>'


def _swatch(dash: str, color: str, width: int = 3) -> str:
    return f'<i style="border-top:{width}px {_BORDERS[dash]} {color}"></i>'
