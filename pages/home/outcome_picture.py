"""A picture of what the first example comes to: what each strategy trains, and how well that does."""

from __future__ import annotations

import json
from pathlib import Path

from tlcore.training.plans.strategies import STRATEGIES

_RECORDED = json.loads((Path(__file__).parent / "outcome.json").read_text())
_TRAINED_LAYERS = {"frozen": 0, "fine_tune": 2, "scratch": 6}  # of the six layers that stand for a backbone
_LAYERS = 6
NON_BREAKING_HYPHEN = "\N{NON-BREAKING HYPHEN}"
_STYLE = """<style>
.outcome { container-type: inline-size; font-size: .95rem; line-height: 1.3; }
.outcome .row { display: grid; grid-template-columns: 10.5rem 1fr 3.2rem; gap: .15rem .9rem; align-items: center;
  margin-bottom: .9rem; }
.outcome .words { grid-column: 2 / -1; }
.outcome .layers { display: flex; align-items: center; gap: .25rem; }
.outcome .layers i { flex: 1; height: 2.4rem; border-radius: .2rem; border: 1px solid rgba(128, 128, 128, .6); }
.outcome .layers i:last-child { height: 1.2rem; }
.outcome .kept { background: repeating-linear-gradient(135deg, rgba(128, 128, 128, .45) 0 1px, transparent 1px 5px); }
.outcome .track { position: relative; height: 2.4rem; border-radius: .25rem; background: rgba(128, 128, 128, .18); }
.outcome .track > * { position: absolute; }
.outcome .bar { height: 100%; border-radius: .25rem; }
.outcome .guess { height: 100%; border-left: 2px dashed currentColor; margin-left: -1px; }
.outcome .interval { top: calc(50% - 1px); height: 2px; background: currentColor; }
.outcome .interval::before, .outcome .interval::after { content: ""; position: absolute; top: -.4rem; height: .9rem;
  width: 2px; background: currentColor; }
.outcome .interval::after { right: 0; }
.outcome b.share { font-size: 1.15rem; white-space: nowrap; }
.outcome .foot { margin: -.75rem 0 0; height: 1.3rem; } .outcome .foot span { position: relative; height: 100%; }
.outcome .foot em { position: absolute; transform: translateX(-50%); font-style: normal; }
@container (max-width: 430px) { .outcome .row { grid-template-columns: 6.5rem 1fr 3rem; gap: .15rem .6rem; } }
</style>"""


def outcome_picture() -> str:
    """Draw the recorded outcome of the first example: a row for each strategy.

    Made of HTML it needs neither a chart library nor Pillow, which would hold the first page up, and its words are of
    the size and color of those around it, however narrow it is.

    Returns:
        HTML, with its style.
    """
    said = "; ".join(
        f"{STRATEGIES.find(row['strategy']).title}: {_percent(row)} of {row['images']} new pictures right"
        for row in _RECORDED["runs"]
    )
    rows = "".join(map(_row, _RECORDED["runs"]))
    return f'{_STYLE}<div class="outcome" role="img" aria-label="{said}.">{rows}{_foot()}</div>'


def outcome_lesson() -> str:
    """Say what the picture teaches; "" if the recorded runs do not show it."""
    frozen, tuned = _of("frozen"), _of("fine_tune")
    if frozen["high"] < tuned["low"]:
        return ""
    times = tuned["trained"] / frozen["trained"]
    return (
        f"**Frozen trains {times:.0f} times fewer numbers than fine-tuned, "
        "and no difference shows in how many pictures they get right.**"
    )


def outcome_words() -> str:
    """Say how the picture is read and where its numbers come from."""
    scratch = _of("scratch")
    return (
        f"Share of {scratch['images']} new pictures that each names correctly, with its 95 % interval. Hatched layers "
        f"keep what they know. From scratch has had {scratch['epochs']} epochs. Recorded on "
        f"{_RECORDED['recorded'].replace('-', NON_BREAKING_HYPHEN)}."
    )


def _of(strategy: str) -> dict:
    return next(row for row in _RECORDED["runs"] if row["strategy"] == strategy)


def _row(row: dict) -> str:
    strategy = STRATEGIES.find(row["strategy"])
    # The last layers of a backbone are trained first, and the head, the small one, always.
    trained = _TRAINED_LAYERS[row["strategy"]]
    fill = f'<i style="background: {strategy.color}"></i>'
    layers = '<i class="kept"></i>' * (_LAYERS - trained) + fill * (trained + 1)
    low, high, share = (100 * value for value in (row["low"], row["high"], row["correct"] / row["images"]))
    return (
        f'<div class="row"><b>{strategy.title}</b>'
        f'<span class="words">{row["trained"]:,} numbers trained in {row["seconds"]} s</span>'
        f'<span class="layers">{layers}</span><span class="track">'
        f'<span class="bar" style="width: {share:.0f}%; background: {strategy.color}"></span>'
        f'<span class="guess" style="left: {_guessing():.0f}%"></span>'
        f'<span class="interval" style="left: {low:.1f}%; width: {high - low:.1f}%"></span></span>'
        f'<b class="share">{_percent(row)}</b></div>'
    )


def _foot() -> str:
    """What the dashed line is, beneath it."""
    return f'<div class="row foot"><span></span><span><em style="left: {_guessing():.0f}%">guessing</em></span></div>'


def _guessing() -> float:
    """The share that guessing among the classes gets right, in percent."""
    return 100 / _RECORDED["classes"]


def _percent(row: dict) -> str:
    return f"{100 * row['correct'] / row['images']:.0f} %"
