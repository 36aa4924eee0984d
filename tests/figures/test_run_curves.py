"""The curves of one run: each phase has a stretch of its own."""

from __future__ import annotations

from tlcore.comparison.curves.curve import Curve
from tlcore.figures.curves import live_figure
from tlcore.figures.run_curves import run_figure
from tlcore.training.plans.plan import WARM_UP


def epochs(phase: str, first: int, count: int, rate: float | None) -> list[dict]:
    values = {f"{part}_{metric}": 0.5 for part in ("train", "validation") for metric in ("loss", "accuracy")}
    numbers = range(first, first + count)
    return [{"epoch": number, "phase": phase, "learning_rate": rate, "seconds": 1.0, **values} for number in numbers]


def test_many_passes_of_a_head_do_not_squeeze_the_epochs_after_it():
    curve = Curve("run", "fine_tune", epochs(WARM_UP, 1, 28, None) + epochs("Fine-tuning", 29, 2, 1e-4))
    figure = run_figure(curve, "loss", {WARM_UP: 0, "Fine-tuning": 7})
    head, main = figure.layout.xaxis, figure.layout.xaxis2
    assert (head.range, main.range) == ((0.5, 28.5), (0.5, 7.5)) and head.domain[1] < main.domain[0]
    assert "pass" in head.title.text and "epoch" in main.title.text
    assert [(trace.xaxis, list(trace.x)[-1]) for trace in figure.data] == [("x", 28)] * 2 + [("x2", 2)] * 2
    assert [trace.showlegend for trace in figure.data] == [True, True, False, False]


def test_a_live_chart_begins_where_every_new_head_does():
    epochs = [{"epoch": 1, "phase": WARM_UP, "seconds": 1.0, "validation_accuracy": 0.8}]
    series = [Curve("Fine-tuned", "fine_tune", epochs), Curve("Waiting", "scratch", [])]
    figure = live_figure(series, [[0.5], []], 0.25, 0.2)
    way, begin, *_ = figure.data
    assert (list(way.x), list(way.y)) == ([0, 0.5], [0.2, 0.8]) and list(begin.y) == [0.2]
    assert any("new head alone" in (line.text or [""])[0] for line in figure.data if line.name == "Fine-tuned")
