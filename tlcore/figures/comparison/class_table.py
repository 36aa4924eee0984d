"""How well each run does on each class: a table of colored cells, a row for whatever there is more of.

It is made of HTML: it takes the colors of text around it, and is wider than a phone only where classes are many.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from tlcore.comparison.class_scores import MEAN
from tlcore.figures.confusion import LEAP

_STYLE = """<style>
.classes-table { container-type: inline-size; overflow-x: auto; }
.classes-table table { border-collapse: separate; border-spacing: 2px; font-size: .88rem; line-height: 1.25; }
.classes-table th { font-weight: 400; text-align: left; padding: .25rem .75rem .25rem 0; overflow-wrap: anywhere;
  min-width: 6rem; max-width: 16rem; }
.classes-table thead th { text-align: center; vertical-align: bottom; padding: .25rem; min-width: 3.2rem;
  max-width: 8rem; opacity: .8; }
.classes-table td { text-align: center; padding: .35rem .25rem; border-radius: .2rem; white-space: nowrap; }
.classes-table .across tr > :last-child { border-left: 2px solid rgba(128, 128, 128, .6); }
.classes-table .down tbody tr:last-child > * { border-top: 2px solid rgba(128, 128, 128, .6); }
.classes-table small { opacity: .75; }
@container (max-width: 480px) {
  .classes-table table { font-size: .8rem; }
  .classes-table th { min-width: 4.5rem; padding-right: .25rem; }
  .classes-table thead th { min-width: 2.5rem; padding: .25rem 0; } .classes-table td { padding: .35rem 0; }
}
</style>"""
_MOST_ACROSS = 8  # classes that a table is wide; more go down


def class_table_html(scores: Mapping[str, Sequence[dict]], measure: str) -> str:
    """Draw one measure of each class for each run.

    Args:
        scores: titles of runs → rows of `tlcore.comparison.class_scores.class_scores`, of the same classes.
        measure: "precision", "recall" or "F1".

    Returns:
        HTML, with its style: runs down and classes across, or classes down where they are many.
    """
    titles = list(scores)
    rows = next(iter(scores.values()))
    names = [_class_name(row) for row in rows]
    values = [[row[measure] for row in scores[title]] for title in titles]
    down, across, classes = [html.escape(title) for title in titles], names, "across"
    if len(rows) - 1 > _MOST_ACROSS:
        down, across, classes = across, down, "down"
        values = [list(column) for column in zip(*values, strict=True)]
    head = "".join(f'<th scope="col">{name}</th>' for name in across)
    body = "".join(
        f'<tr><th scope="row">{name}</th>{"".join(map(_cell, line))}</tr>'
        for name, line in zip(down, values, strict=True)
    )
    table = f'<table class="{classes}"><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'{_STYLE}<div class="classes-table">{table}</div>'


def _class_name(row: dict) -> str:
    name = html.escape(row["class"])
    return name if row["class"] == MEAN else f"{name}<br><small>{row['photos']:,} images</small>"


def _cell(share: float) -> str:
    # As in the confusion matrix: the color leaps where the text on it turns white, so that both can be read.
    strength, color = (0.8 + (share - LEAP) / (1 - LEAP) * 0.2, ";color:#fff") if share >= LEAP else (share / 1.2, "")
    return f'<td style="background:rgba(0,90,143,{strength:.2f}){color}">{100 * share:.0f}&nbsp;%</td>'
