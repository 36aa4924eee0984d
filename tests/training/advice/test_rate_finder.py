"""The learning-rate finder: what it reads off a sweep, and a real sweep of a small head."""

from __future__ import annotations

import numpy as np
import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.figures.learning_rates import sweep_figure, sweep_table
from tlcore.jobs import Monitor
from tlcore.training.advice.rate_finder import has_diverged, read_sweep, sweep_from_json, sweep_rates
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import plan_from_json


def falling_then_rising(rates):
    """A loss that falls fastest at 1e-3, is lowest at 1e-2 and explodes above."""
    position = np.log10(rates)
    return 1 - 0.8 / (1 + np.exp(-4 * (position + 3))) + np.exp(4 * (position + 1.5))


def test_the_suggestion_is_where_the_loss_falls_and_well_below_its_lowest_point():
    rates = sweep_rates(400)
    sweep = read_sweep(rates, falling_then_rising(rates))
    assert 2e-4 < sweep.steepest < 5e-3
    assert 5e-3 < sweep.lowest < 3e-2
    assert sweep.suggestion == pytest.approx(min(sweep.steepest, sweep.lowest / 10), rel=0.05)
    assert sweep_from_json(sweep.to_json()) == sweep


def test_chance_in_the_first_steps_and_a_long_flat_bottom_do_not_mislead():
    rates = sweep_rates(120)
    losses = np.where(rates < 1e-4, 1.1, np.where(rates < 1e-2, 1.1 - 0.5 * (np.log10(rates) + 4), 0.1))
    losses += np.random.default_rng(0).normal(0, 0.05, 120)
    losses[0] = 3.0
    sweep = read_sweep(rates, losses)
    assert 1e-4 < sweep.suggestion < 1e-2


def test_a_sweep_ends_where_the_loss_explodes():
    assert not has_diverged([1.0, 0.9, 0.8])
    assert has_diverged([1.0, 0.9, *[50.0] * 10])
    assert has_diverged([1.0, float("nan")])
    sweep = read_sweep([1e-4, 1e-3, 1e-2, 1e-1], [1.0, 0.5, 0.4, float("nan")])
    assert len(sweep.rates) == len(sweep_table(sweep)) == 3


def test_the_picture_names_the_suggestion():
    rates = sweep_rates(100)
    sweep = read_sweep(rates, falling_then_rising(rates))
    figure = sweep_figure(sweep)
    assert any(f"{sweep.suggestion:g}" in note.text for note in figure.layout.annotations)


@pytest.mark.slow
def test_a_real_sweep_finds_a_rate_between_too_small_and_too_large(objects, tmp_path):
    from tlcore.training.jobs import find_rate

    values = suggest_plan(open_dataset(objects), "scratch", "LeNet5")
    plan = plan_from_json({**values, "input_size": 32})
    events: list[dict] = []
    found = find_rate(plan.to_json(), tmp_path, Monitor(events.append))
    assert 1e-6 < found["suggestion"] < 0.1
    assert events[-1]["what"] == "Raising the learning rate"
