"""The report: one HTML file that works without network, with figures that answer the mouse, and that prints well."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from tlcore.comparison.changes import load_changes, neighbor_share
from tlcore.comparison.class_scores import class_scores
from tlcore.comparison.comparison import ComparedRun, groups, incomparable
from tlcore.comparison.differences import plan_table
from tlcore.comparison.findings.conclusions import conclusions, told_apart
from tlcore.comparison.findings.lesson import lesson
from tlcore.comparison.findings.pairs import compare_pairs
from tlcore.comparison.mistakes import judges, still_wrong, why_wrong
from tlcore.comparison.tables import pair_table, part_table, result_table, titled
from tlcore.datasets.dataset import Dataset, open_dataset, short_name
from tlcore.datasets.parts import PART_TITLES
from tlcore.datasets.thumbnails import thumbnail
from tlcore.errors import InputError, NotFoundError
from tlcore.export.code.program import plan_code
from tlcore.export.report_style import STYLE
from tlcore.figures.comparison.board import board_html, legend_html
from tlcore.figures.comparison.calibration import FEWEST, calibration_figure
from tlcore.figures.comparison.changes import layer_figure
from tlcore.figures.comparison.experiment import experiment_figure
from tlcore.figures.comparison.tradeoff import differing_costs, tradeoff_figure
from tlcore.figures.confusion import confusion_figure
from tlcore.figures.curves import METRICS, curves_figure
from tlcore.training.plans.plan import plan_from_json

_WIDTH = 664  # pixels: an A4 page between its margins
_HALF, _LOW = 326, 250  # of two figures side by side: width, and height
_CELL = 36  # pixels of a confusion matrix, so that two of a few classes stand side by side
_PHOTOS = 12
_LARGE = 10
_SHORT = 14  # rows of a table that is not divided between two sheets
# The browser itself forbids the file every way into the network.
_POLICY = "default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data: blob:"


def report_html(compared: Sequence[ComparedRun]) -> str:
    """Write the report of a comparison.

    Args:
        compared: at least one run.

    Returns:
        A whole HTML document.

    Raises:
        MissingError: if a run's predictions are gone.
    """
    title = " and ".join(dict.fromkeys(short_name(item.run.plan["dataset"]) for item in compared))
    title = f"Transfer learning on {title}"
    chapters = (
        _findings,
        _photos,
        _curves,
        _costs,
        _confusions,
        _calibration,
        _changes,
        _statistics,
        _data,
        _plans,
        _again,
    )
    body = "".join(chapter(compared) for chapter in chapters)
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_text(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>'
        f"<script>{get_plotlyjs()}</script></head><body><h1>{_text(title)}</h1>"
        f"<p>{len(compared)} runs compared with Transfer Learning Studio, {moment}.</p>{body}</body></html>"
    )


def _findings(compared: Sequence[ComparedRun]) -> str:
    """The lesson, the chart that shows it, and what is said of each run."""
    pairs = compare_pairs(compared)
    taught, figure = lesson(compared, pairs), experiment_figure(compared)
    warnings = "".join(f'<p class="warning">{_text(sentence)}</p>' for sentence in incomparable(compared))
    first = f'<p class="lesson">{_text(taught.sentence)}</p>' if taught.sentence else ""
    chart = (_figure(figure) if figure is not None else "") + board_html(compared)
    sentences = "".join(f"<li>{_text(said)}</li>" for said in [*taught.findings, *conclusions(compared, pairs)])
    return f"{warnings}{first}{chart}<ul>{sentences}</ul>"


def _statistics(compared: Sequence[ComparedRun]) -> str:
    note = (
        "<p>The 95 % confidence interval (Wilson) is for this number of test images. Every pair of runs is "
        "compared: the p-value is how often two equally good networks would differ this much or more (McNemar's exact "
        "test, adjusted for the number of pairs by Holm's method). It applies to these trained networks; another seed "
        "or other training images may change the outcome (Dietterich, 1998).</p>"
    )
    classes = [
        {"run": item.title, **row} for item in compared for row in class_scores(item.predictions(), item.classes)
    ]
    tables = (result_table(compared), part_table(compared), pair_table(compare_pairs(compared).all), titled(classes))
    return f"<h2>Numbers</h2>{note}{''.join(map(_table, tables))}"


def _data(compared: Sequence[ComparedRun]) -> str:
    parts = []
    for id in dict.fromkeys(item.run.plan["dataset"] for item in compared):
        dataset = _open(id)
        if dataset is None:
            parts.append(f"<p>{_text(id)} is no longer on this machine.</p>")
            continue
        counts = ", ".join(f"{name} {count}" for name, count in dataset.counts().items())
        result = next(item for item in compared if item.run.plan["dataset"] == id).result
        split = ", ".join(f"{score.images:,} for {PART_TITLES[part].lower()}" for part, score in result.scores.items())
        parts.append(
            f"<p><strong>{_text(dataset.name)}</strong>: {len(dataset):,} images ({_text(counts)}), of which {split}. "
            f"{_text(result.split_words)} Content digest: <code>{dataset.digest[:16]}</code>.</p>"
        )
    return f"<h2>Data</h2>{''.join(parts)}"


def _curves(compared: Sequence[ComparedRun]) -> str:
    series = [item.curve for item in compared]
    in_front = told_apart(compared)
    titles = [item.title for item in in_front]
    figures = [curves_figure(series, name, in_front=titles) for name in reversed(METRICS)]
    return _with_legend("Learning curves", compared, figures, legend_html(compared, len(compared) > 1, in_front))


def _costs(compared: Sequence[ComparedRun]) -> str:
    figures = [tradeoff_figure(compared, cost) for cost in differing_costs(compared)]
    return _with_legend("Accuracy against cost", compared, figures, legend_html(compared)) if figures else ""


def _with_legend(title: str, compared: Sequence[ComparedRun], figures: Sequence[go.Figure], legend: str) -> str:
    """Two figures side by side under one legend."""
    for figure in figures:
        figure.update_layout(showlegend=len(compared) == 1, height=_LOW, font_size=11, yaxis_title_font_size=11)
        figure.update_xaxes(title_font_size=11)
    drawn = "".join(f"<div>{_figure(figure, _HALF)}</div>" for figure in figures)
    return f'<div class="whole"><h2>{title}</h2>{legend}<div class="pair">{drawn}</div></div>'


def _confusions(compared: Sequence[ComparedRun]) -> str:
    parts = []
    for item in compared:
        figure = confusion_figure(item.result.confusion, item.classes, _CELL)
        width = _HALF if figure.layout.height < _HALF else _WIDTH
        parts.append(f"<div><h3>{_text(item.title)}</h3>{_figure(figure, width)}</div>")
    return f'<h2>What was taken for what</h2><div class="pair">{"".join(parts)}</div>'


def _calibration(compared: Sequence[ComparedRun]) -> str:
    words = (
        "<p>On the dashed line, a network is right as often as it is sure; below the line, it is too sure. Points of "
        f"fewer than {FEWEST} images are not drawn.</p>"
    )
    figure = calibration_figure(compared).update_layout(height=_LOW + 70)
    return f'<div class="whole"><h2>Confidence</h2>{words}{legend_html(compared)}{_figure(figure)}</div>'


def _changes(compared: Sequence[ComparedRun]) -> str:
    parts = []
    for item in compared:
        changes = load_changes(item.run)
        if changes is not None:
            before, after = (neighbor_share(rows, changes.labels) for rows in (changes.before, changes.after))
            words = (
                f"The test image with the most similar features has the same class for {100 * before:.1f} % of the "
                f"images at the start, and for {100 * after:.1f} % after training."
            )
            figure = _figure(layer_figure(changes.layer_rows(), item.strategy.color))
            parts.append(f"<h3>{_text(item.title)}</h3><p>{words}</p>{figure}")
    return f"<h2>How far training moved each layer</h2>{''.join(parts)}" if parts else ""


def _photos(compared: Sequence[ComparedRun]) -> str:
    parts = []
    for group in groups(compared):
        dataset, runs = _open(group[0].run.plan["dataset"]), judges(group)
        positions = still_wrong(runs[0].predictions())
        if dataset is not None and len(positions):
            pictures = [_wrong_photo(runs, dataset, int(position)) for position in positions[:_PHOTOS]]
            parts.append(f'<div class="photos">{"".join(pictures)}</div>')
    return f"<h2>Images that are still wrong</h2>{''.join(parts)}" if parts else ""


def _wrong_photo(runs: Sequence[ComparedRun], dataset: Dataset, position: int) -> str:
    best, answers = runs[0], [item.predictions() for item in runs]
    said, wrong = answers[0], sum(not record.right[position] for record in answers)
    picture = base64.b64encode(thumbnail(dataset, int(said.indices[position]))).decode()
    answer = said.predicted[position]
    words = (
        f"{best.classes[said.labels[position]]}: {best.title} says {best.classes[answer]} "
        f"({100 * said.probabilities[position, answer]:.0f} %)"
    )
    count = f" Wrong in {wrong} of {len(runs)} runs." if len(runs) > 1 else ""
    why = why_wrong(answers, position, best.classes)
    return (
        f'<div class="photo"><img alt="{_text(words)}" src="data:image/webp;base64,{picture}">'
        f"<strong>{_text(words)}.</strong>{count} {_text(why)}</div>"
    )


def _plans(compared: Sequence[ComparedRun]) -> str:
    differing, equal = plan_table(compared)
    same = "Settings that are the same in all runs" if len(compared) > 1 else "Settings"
    on_paper = '<p class="on-paper">As files and Keras programs, the plans unfold in the HTML file of this report.</p>'
    return f'<h2>Plans</h2>{on_paper}{_table(differing)}<h3>{same}</h3><div class="same">{_table(equal)}</div>'


def _again(compared: Sequence[ComparedRun]) -> str:
    parts = [
        f"<h3>{_text(item.title)}</h3><pre>python -m tlcore train --wait --plan plan.json</pre>"
        f"<details><summary>plan.json</summary><pre>{_text(json.dumps(item.run.plan, indent=1))}</pre></details>"
        f"{_code(item)}"
        for item in compared
    ]
    return f'<section class="on-screen"><h2>Repeat these runs</h2>{"".join(parts)}</section>'


def _code(item: ComparedRun) -> str:
    """The run as a Keras program, folded away."""
    try:
        program = plan_code(plan_from_json(item.run.plan), item.classes, item.run.name)
    except InputError:
        return ""  # a file that the plan names is gone: such a program would not work
    return f"<details><summary>The same run as a Keras program</summary><pre>{_text(program)}</pre></details>"


def _open(id: str) -> Dataset | None:
    try:
        return open_dataset(id)
    except NotFoundError:
        return None


def _figure(figure: go.Figure, width: int = _WIDTH) -> str:
    figure.update_layout(template="plotly_white", width=width)
    return f"<figure>{figure.to_html(full_html=False, include_plotlyjs=False, config={'displaylogo': False})}</figure>"


def _table(rows: Sequence[dict]) -> str:
    if not rows:
        return ""
    header = "".join(f"<th>{_text(name)}</th>" for name in rows[0])
    lines = "".join(f"<tr>{''.join(map(_cell, row.values()))}</tr>" for row in rows)
    short = " short" if len(rows) <= _SHORT else ""
    return f'<div class="wide{short}"><table><thead><tr>{header}</tr></thead><tbody>{lines}</tbody></table></div>'


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        # Percentages and seconds take one decimal throughout; losses and shares are small and take more.
        form = "," if isinstance(value, int) else ".1f" if value >= _LARGE else ".4g"
        return f'<td class="number">{value:{form}}</td>'
    return f"<td>{_text(value)}</td>"


def _text(value: object) -> str:
    return html.escape(str(value))
