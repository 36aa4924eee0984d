"""What was trained lately: each experiment, or run on its own, as a card with its curves."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import streamlit as st

from pages.ui.launcher import experiment_title
from pages.ui.text import plain
from tlcore.runs.client import curve
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.text import ago_text, count_text, percent_text
from tlcore.training.plans.strategies import STRATEGIES, Strategy
from tlcore.training.results.evaluation import Score

_SHOWN = 3
# Plotly's names of dashes → SVG's: where curves meet, the solid one shows in the gaps of those drawn over it.
_DASHES = {"solid": "none", "dash": "9 9", "longdash": "16 9", "dot": "3 5"}
_MOST_DOTS = 12  # on a curve; more would hide it
_WIDTH, _HEIGHT = 300, 80  # pixels
_LEFT = 40  # pixels for the ends of the scale


def show_recent() -> None:
    """Draw the newest experiments and runs, if there are any."""
    try:
        groups = open_store().latest(_SHOWN)
    except Exception:
        return  # the line about this machine says why
    if not groups:
        return
    st.subheader("Recent")
    cards = st.grid(_SHOWN, min_column_width=250)
    for group in groups:
        with cards, st.container(border=True, height="stretch"):
            _show_card(group)


def _show_card(runs: Sequence[Run]) -> None:
    first = runs[0]
    if first.experiment:
        page, query, title = "compare", {"experiment": first.experiment}, experiment_title(first)
    else:
        page, query, title = "train", {"run": first.id}, first.name
    st.page_link(f"{page}/page.py", label=f"**{plain(title)}**", query_params=query)
    shown = _telling(runs)
    curves = [(run.plan["strategy"], _curve(run.id, run.ended or run.heartbeat)) for run in shown]
    if any(points for _, points in curves):
        st.html(_picture(curves))
        st.caption("Lines: validation accuracy by epoch")
    st.html(f"<small>{_outcome(shown, sum(not run.has_ended for run in runs))}</small>")
    st.caption(ago_text(first.created))


def _telling(runs: Sequence[Run]) -> Sequence[Run]:
    """Of each strategy the most accurate run, or the last where none has finished: curve and figure are of one run."""
    best = {run.plan["strategy"]: run for run in sorted(runs, key=_test_accuracy)}
    return [best[row.name] for row in STRATEGIES if row.name in best]


def _test_score(run: Run) -> Score | None:
    return Score.from_json(run.result["scores"]["test"]) if run.state == FINISHED else None


def _test_accuracy(run: Run) -> float:
    score = _test_score(run)
    return score.accuracy if score else -1.0


@st.cache_data(max_entries=200, show_spinner=False)
def _curve(run_id: str, last_change: str) -> list[float]:
    """Validation accuracy by epoch; read anew when the run may have gone on."""
    return [epoch["validation_accuracy"] for epoch in curve(open_store().events(run_id))]


def _outcome(shown: Sequence[Run], going: int) -> str:
    """The accuracy of each run in its color, and how many of all are to go."""
    scores = {run.plan["strategy"]: score for run in shown if (score := _test_score(run))}
    said = [
        # Mixed with the color of text, so that it can be read on light and on dark.
        f'<b style="color: color-mix(in srgb, {STRATEGIES.find(name).color} 75%, currentColor); white-space: nowrap">'
        f"{STRATEGIES.find(name).title} {percent_text(score.accuracy, score.images)}</b>"
        for name, score in scores.items()
    ]
    words = [f"In the test: {' · '.join(said)}"] if said else []
    return " · ".join([*words, *([f"{count_text(going, 'run')} to go"] if going else [])]) or shown[0].state


def _picture(curves: Sequence[tuple[str, list[float]]]) -> str:
    """Validation accuracy, from 0 at the bottom to 100 % at the top, as an image of its own."""
    lines = "".join(
        _line(STRATEGIES.find(strategy), points)
        for strategy, points in sorted(curves, key=lambda each: STRATEGIES.find(each[0]).dash != "solid")
    )
    scale = "".join(
        f'<text x="{_LEFT - 6}" y="{y}" text-anchor="end" font-family="sans-serif" font-size="11" '
        f'fill="gray">{end}</text>'
        for end, y in (("100 %", 10), ("0 %", _HEIGHT - 1))
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" fill="none">'
        f'<path d="M{_LEFT} 1H{_WIDTH}M{_LEFT} {_HEIGHT - 1}H{_WIDTH}" stroke="gray" stroke-opacity="0.4"/>'
        f"{scale}{lines}</svg>"
    )
    address = base64.b64encode(svg.encode()).decode()
    alt = "Validation accuracy, epoch by epoch, from 0 to 100 percent"
    return f'<img src="data:image/svg+xml;base64,{address}" style="width: 100%" alt="{alt}">'


def _line(strategy: Strategy, points: list[float]) -> str:
    step = (_WIDTH - _LEFT - 10) / max(1, len(points) - 1)
    places = [(_LEFT + 5 + step * place, 3 + (_HEIGHT - 6) * (1 - share)) for place, share in enumerate(points)]
    marked = places if len(places) <= _MOST_DOTS else places[-1:]
    dots = "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{strategy.color}"/>' for x, y in marked)
    line = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
    dashes = _DASHES[strategy.dash]
    return f'<polyline points="{line}" stroke="{strategy.color}" stroke-width="3" stroke-dasharray="{dashes}"/>{dots}'
