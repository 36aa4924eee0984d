"""A picture of what the first example comes to: what each strategy trains, and how well that does."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from tlcore.training.plans.strategies import STRATEGIES

_RECORDED = json.loads((Path(__file__).parent / "outcome.json").read_text())
_TRAINED_LAYERS = {"frozen": 0, "fine_tune": 2, "scratch": 6}  # of the six layers that stand for a backbone
_LAYERS = 6
_WIDTH, _ROW, _TOP, _FOOT, _LEFT, _SCALE = 640, 84, 6, 10, 190, 390  # pixels; the scale is as long as 100 %


def outcome_picture() -> str:
    """Draw the recorded outcome of the first example: a row for each strategy.

    A picture in its own address needs neither a chart library nor Pillow, which would hold the first page up.

    Returns:
        HTML, with words in a gray that reads on light and on dark.
    """
    said = "; ".join(
        f"{STRATEGIES.find(row['strategy']).title}: {_percent(row)} of {row['images']} new pictures right"
        for row in _RECORDED["runs"]
    )
    picture = base64.b64encode(_svg().encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{picture}" style="width: 100%" alt="{said}.">'


def outcome_words() -> str:
    """Say what the picture shows and where its numbers come from."""
    frozen, tuned, scratch = (_of(strategy) for strategy in ("frozen", "fine_tune", "scratch"))
    fewer = (
        f"Frozen does about as well as fine-tuned with {tuned['trained'] / frozen['trained']:.0f} times fewer numbers. "
        if frozen["high"] >= tuned["low"]
        else ""
    )
    return (
        f"{fewer}From scratch has had {scratch['epochs']} epochs. Share of {scratch['images']} new pictures that each "
        f"names correctly, with its 95 % interval; hatched layers keep what they know. Recorded on "
        f"{_RECORDED['recorded']}."
    )


def _of(strategy: str) -> dict:
    return next(row for row in _RECORDED["runs"] if row["strategy"] == strategy)


def _svg() -> str:
    height = _TOP + _ROW * len(_RECORDED["runs"]) + _FOOT
    rows = "".join(_row(_TOP + _ROW * place, row) for place, row in enumerate(_RECORDED["runs"]))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'font-size="15" font-family="sans-serif" fill="#768294"><defs><pattern id="frozen-layer" width="6" height="6" '
        'patternUnits="userSpaceOnUse"><path d="M0 6 6 0" stroke="gray" stroke-width="1.2"/></pattern></defs>'
        f"{rows}{_guessing(height)}</svg>"
    )


def _guessing(height: int) -> str:
    """A line at the share that guessing among the classes gets right."""
    place = _LEFT + _SCALE / _RECORDED["classes"]
    bars = "".join(f"M{place:.0f} {_TOP + _ROW * row + 26}v40" for row in range(len(_RECORDED["runs"])))
    return (
        f'<path d="{bars}" stroke="#1E293B" stroke-width="1.5" stroke-dasharray="4 3"/>'
        f'<text x="{place:.0f}" y="{height - 4}" text-anchor="middle" font-size="13">guessing</text>'
    )


def _row(top: int, row: dict) -> str:
    strategy = STRATEGIES.find(row["strategy"])
    share = row["correct"] / row["images"]
    # The last layers of a backbone are trained first, and the head, the small one, always.
    fills = ["url(#frozen-layer)"] * (_LAYERS - _TRAINED_LAYERS[row["strategy"]])
    fills += [strategy.color] * _TRAINED_LAYERS[row["strategy"]]
    layers = "".join(_layer(25 * place, top + 26, 40, fill) for place, fill in enumerate(fills))
    low, high = (_LEFT + _SCALE * row[end] for end in ("low", "high"))
    middle = top + 46
    return (
        f'<text x="0" y="{top + 16}" font-weight="bold">{strategy.title}</text>'
        f'<text x="{_LEFT}" y="{top + 16}">{row["trained"]:,} numbers trained in {row["seconds"]} s</text>'
        f"{layers}{_layer(25 * _LAYERS, top + 36, 20, strategy.color)}"
        f'<rect x="{_LEFT}" y="{top + 26}" width="{_SCALE}" height="40" rx="4" fill="gray" opacity="0.15"/>'
        f'<rect x="{_LEFT}" y="{top + 26}" width="{_SCALE * share:.0f}" height="40" rx="4" fill="{strategy.color}"/>'
        f"{_whisker(low, high, middle, 'white', 5)}{_whisker(low, high, middle, '#1E293B', 2)}"
        f'<text x="{_LEFT + _SCALE + 8}" y="{middle + 6}" font-weight="bold" font-size="18">{_percent(row)}</text>'
    )


def _whisker(low: float, high: float, middle: int, color: str, width: int) -> str:
    return (
        f'<path d="M{low:.0f} {middle - 7}v14M{low:.0f} {middle}H{high:.0f}M{high:.0f} {middle - 7}v14" '
        f'stroke="{color}" stroke-width="{width}"/>'
    )


def _layer(left: int, top: int, height: int, fill: str) -> str:
    return (
        f'<rect x="{left}" y="{top}" width="20" height="{height}" rx="3" fill="{fill}" stroke="gray" '
        'stroke-width="0.5"/>'
    )


def _percent(row: dict) -> str:
    return f"{100 * row['correct'] / row['images']:.0f} %"
