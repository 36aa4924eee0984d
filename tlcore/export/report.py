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
from tlcore.comparison.comparison import ComparedRun, incomparable
from tlcore.comparison.differences import plan_table
from tlcore.comparison.findings.conclusions import conclusions
from tlcore.comparison.findings.lesson import lesson
from tlcore.comparison.findings.pairs import compare_pairs
from tlcore.comparison.mistakes import hardest
from tlcore.comparison.tables import pair_table, part_table, result_table, titled
from tlcore.datasets.dataset import Dataset, open_dataset, short_name
from tlcore.datasets.parts import PART_TITLES
from tlcore.datasets.thumbnails import thumbnail
from tlcore.errors import InputError, NotFoundError
from tlcore.export.code.program import plan_code
from tlcore.figures.comparison.board import board_html
from tlcore.figures.comparison.calibration import calibration_figure
from tlcore.figures.comparison.changes import layer_figure
from tlcore.figures.comparison.experiment import experiment_figure
from tlcore.figures.comparison.tradeoff import differing_costs, tradeoff_figure
from tlcore.figures.confusion import confusion_figure
from tlcore.figures.curves import METRICS, curves_figure
from tlcore.training.plans.plan import plan_from_json

_WIDTH = 670  # pixels: an A4 page between its margins
_PHOTOS = 8
_LARGE = 10
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1e293b; background: #fff; max-width: 700px; margin: 0 auto;
       padding: 2rem 1rem; }
h1 { line-height: 1.2; } h2 { margin-top: 2.2rem; border-bottom: 1px solid #cbd5e1; break-after: avoid; }
h3 { break-after: avoid; } table { border-collapse: collapse; font-size: 12px; }
th, td { padding: .25rem .5rem; border-bottom: 1px solid #e2e8f0; text-align: left; vertical-align: top; }
td.number { text-align: right; white-space: nowrap; } .wide { overflow-x: auto; margin: .9rem 0; }
figure { margin: 1rem 0; break-inside: avoid; overflow-x: auto; } tr, .photo, .matrices > div { break-inside: avoid; }
.matrices { display: flex; flex-wrap: wrap; } .matrices figure { margin: 0; }
.photos { display: flex; flex-wrap: wrap; gap: .6rem; } .photo { width: 160px; font-size: 12px; }
.photo img { width: 160px; height: 160px; display: block; } .warning { background: #fef3c7; padding: .6rem .8rem; }
pre { background: #f1f5f9; padding: .8rem; overflow-x: auto; font-size: 12px; white-space: pre-wrap; }
details { margin: .6rem 0; } summary { cursor: pointer; }
@page { margin: 15mm; }
@media print {
  body { padding: 0; } .modebar { display: none; } pre { font-size: 9px; } table { font-size: 10px; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
"""
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
        _data,
        _curves,
        _costs,
        _confusions,
        _classes,
        _calibration,
        _changes,
        _photos,
        _plans,
        _again,
    )
    body = "".join(chapter(compared) for chapter in chapters)
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_text(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<script>{get_plotlyjs()}</script></head><body><h1>{_text(title)}</h1>"
        f"<p>{len(compared)} runs compared with Transfer Learning Studio, {moment}.</p>{body}</body></html>"
    )


def _findings(compared: Sequence[ComparedRun]) -> str:
    warnings = "".join(f'<p class="warning">{_text(sentence)}</p>' for sentence in incomparable(compared))
    pairs = compare_pairs(compared)
    sentences = "".join(f"<li>{_text(sentence)}</li>" for sentence in conclusions(compared, pairs))
    tests = _table(pair_table(pairs.all))
    note = (
        "<p>The 95 % confidence interval (Wilson) is for this number of test images. Below, every pair of runs is "
        "compared: the p-value is how often two equally good networks would differ this much or more (McNemar's exact "
        "test, adjusted for the number of pairs by Holm's method). It applies to these trained networks; another seed "
        "or other training images may change the outcome (Dietterich, 1998).</p>"
    )
    results = _table(result_table(compared)) + _table(part_table(compared))
    taught, figure = lesson(compared, pairs), experiment_figure(compared)
    first = f'<p class="lesson">{_text(taught.sentence)}</p>' if taught.sentence else ""
    first += _figure(figure) if figure is not None else ""
    first += board_html(compared) + "".join(f"<p>{_text(finding)}</p>" for finding in taught.findings)
    return f"<h2>What the comparison shows</h2>{warnings}{first}<ul>{sentences}</ul>{results}{note}{tests}"


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
    return "<h2>Learning curves</h2>" + "".join(_figure(curves_figure(series, name)) for name in reversed(METRICS))


def _costs(compared: Sequence[ComparedRun]) -> str:
    figures = [_figure(tradeoff_figure(compared, cost)) for cost in differing_costs(compared)]
    return f"<h2>Accuracy vs. cost</h2>{''.join(figures)}" if figures else ""


def _confusions(compared: Sequence[ComparedRun]) -> str:
    parts = []
    for item in compared:
        # Narrow enough for two matrices of few classes side by side.
        width = min(_WIDTH, 190 + 80 * len(item.classes))
        figure = _figure(confusion_figure(item.result.confusion, item.classes), width)
        parts.append(f"<div><h3>{_text(item.title)}</h3>{figure}</div>")
    return f"<h2>Confusion matrices</h2><div class='matrices'>{''.join(parts)}</div>"


def _classes(compared: Sequence[ComparedRun]) -> str:
    rows = [{"run": item.title, **row} for item in compared for row in class_scores(item.predictions(), item.classes)]
    return f"<h2>Classes</h2>{_table(titled(rows))}"


def _calibration(compared: Sequence[ComparedRun]) -> str:
    words = "<p>On the dashed line, a network is right as often as it claims; below the line, it is overconfident.</p>"
    return f"<h2>Calibration</h2>{words}{_figure(calibration_figure(compared))}"


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
    for item in compared:
        dataset = _open(item.run.plan["dataset"])
        if dataset is not None:
            chosen = hardest(item.predictions())[:_PHOTOS]
            pictures = "".join(_hard_photo(item, dataset, position) for position in chosen)
            parts.append(f'<h3>{_text(item.title)}</h3><div class="photos">{pictures}</div>')
    return f"<h2>Test images with the highest loss</h2>{''.join(parts)}" if parts else ""


def _hard_photo(item: ComparedRun, dataset: Dataset, position: int) -> str:
    predictions = item.predictions()
    answer = predictions.predicted[position]
    picture = base64.b64encode(thumbnail(dataset, int(predictions.indices[position]))).decode()
    words = (
        f"{item.classes[predictions.labels[position]]}, classified as {item.classes[answer]} "
        f"({100 * predictions.probabilities[position, answer]:.1f} %)"
    )
    return f'<div class="photo"><img alt="{_text(words)}" src="data:image/webp;base64,{picture}">{_text(words)}</div>'


def _plans(compared: Sequence[ComparedRun]) -> str:
    differing, equal = plan_table(compared)
    return f"<h2>Plans</h2>{_table(differing)}<h3>Settings that are the same in all runs</h3>{_table(equal)}"


def _again(compared: Sequence[ComparedRun]) -> str:
    parts = [
        f"<h3>{_text(item.title)}</h3><pre>python -m tlcore train --wait --plan plan.json\n\n"
        f"plan.json:\n{_text(json.dumps(item.run.plan, indent=1))}</pre>{_code(item)}"
        for item in compared
    ]
    return f"<h2>Repeat these runs</h2>{''.join(parts)}"


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
    return f'<div class="wide"><table><thead><tr>{header}</tr></thead><tbody>{lines}</tbody></table></div>'


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        # Percentages and seconds take one decimal throughout; losses and shares are small and take more.
        form = "," if isinstance(value, int) else ".1f" if value >= _LARGE else ".4g"
        return f'<td class="number">{value:{form}}</td>'
    return f"<td>{_text(value)}</td>"


def _text(value: object) -> str:
    return html.escape(str(value))
