"""Estimates after a first run: what this machine took, whatever its rate of matrix products."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.settings import settings
from tlcore.training import estimate as estimates
from tlcore.training.costs import Costs
from tlcore.training.estimate import estimate, expect
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.fields import EXACT
from tlcore.training.plans.plan import plan_from_json
from tlcore.training.speeds import known_speeds, note_speeds


def plan_of(objects: str, strategy: str, **fields):
    return plan_from_json(suggest_plan(open_dataset(objects), strategy, "EfficientNetLite0", fields))


@pytest.mark.parametrize("strategy", ["frozen", "fine_tune"])
def test_what_a_run_took_is_expected_of_the_next_and_scales_with_images_and_epochs(objects, monkeypatch, strategy):
    plan = plan_of(objects, strategy)
    took = Costs(preparing=1.0, features=8.0, training=30.0, evaluation=2.0, saving=1.5)
    note_speeds(plan, expect(plan, 250), took)
    for rate in (1e9, 1e12):  # measured while others are at work, or alone: it does not matter any more
        monkeypatch.setattr(estimates, "machine_rate", lambda rate=rate: rate)
        assert estimate(plan, 250, 5).seconds == pytest.approx(took.total)
    more = estimate(plan, 500, 5).seconds
    assert more == pytest.approx(took.total + 38)
    assert known_speeds(plan_of(objects, "scratch")) is None


def test_a_head_alone_is_expected_to_take_as_much_longer_as_it_has_more_epochs_or_copies(objects):
    adam = plan_of(objects, "frozen", optimizer="adam", epochs=5, early_stopping=0)
    note_speeds(adam, expect(adam, 250), Costs(1.0, 8.0, 2.0, 0, 0))
    assert estimate(replace(adam, epochs=50), 250, 5).seconds == pytest.approx(1 + 8 + 20)
    copied = replace(adam, optimizer=EXACT, epochs=1, augmentation="light", augmented_views=3)
    assert expect(copied, 250).training == pytest.approx(4 * expect(replace(copied, augmentation="none"), 250).training)


def test_one_slow_run_among_several_counts_little_and_damage_costs_nothing(objects):
    plan = plan_of(objects, "fine_tune")
    for training in (30.0, 300.0, 33.0, 31.0):
        note_speeds(plan, expect(plan, 250), Costs(0, 1, training, 0, 0))
    assert estimate(plan, 250, 5).seconds == pytest.approx(33.0)
    (settings().home / "speeds.json").write_text("{", "utf-8")
    assert estimate(plan, 250, 5).seconds > 0
    note_speeds(plan, expect(plan, 250), Costs(0, 1, 40, 0, 0))
    assert estimate(plan, 250, 5).seconds == pytest.approx(41.0)


SOUND = {"fixed": 1.0, "features": 1.0, "training": 1.0}


@pytest.mark.parametrize(
    "rows",
    [
        *("abc", None, SOUND, [[1, 2, 3]], [{"fixed": 1.0}], [{**SOUND, "fixed": "1"}], [{**SOUND, "training": None}]),
        *([{**SOUND, "fixed": value}] for value in (-5, 1e308, 10**400, float("nan"), float("inf"))),
    ],
)
def test_a_row_that_is_no_measurement_is_as_good_as_none(objects, rows):
    plan = plan_of(objects, "frozen")
    unknown = estimate(plan, 250, 5).seconds
    note_speeds(plan, expect(plan, 250), Costs(1, 2, 3, 1, 1))
    file = settings().home / "speeds.json"
    file.write_text(json.dumps(dict.fromkeys(json.loads(file.read_text("utf-8")), rows)), "utf-8")
    assert known_speeds(plan) is None and estimate(plan, 250, 5).seconds == pytest.approx(unknown, rel=0.5)
    note_speeds(plan, expect(plan, 250), Costs(1, 2, 3, 1, 1))
    assert known_speeds(plan) is not None


@pytest.mark.parametrize("text", ["[]", "null", "3", "[" * 100_000])
def test_a_file_that_holds_something_else_costs_nothing(objects, text):
    plan = plan_of(objects, "frozen")
    (settings().home / "speeds.json").write_text(text, "utf-8")
    assert estimate(plan, 250, 5).seconds > 0
    note_speeds(plan, expect(plan, 250), Costs(1, 2, 3, 1, 1))
    assert known_speeds(plan) is not None


def test_a_run_is_done_also_where_its_speeds_cannot_be_written(objects):
    plan = plan_of(objects, "frozen")
    (settings().home / "speeds.json").mkdir()  # as with a full disk, writing raises an error of the system
    note_speeds(plan, expect(plan, 250), Costs(1, 2, 3, 1, 1))
    assert known_speeds(plan) is None


def test_a_run_that_may_have_ended_early_says_nothing(objects):
    plan = plan_of(objects, "fine_tune", early_stopping=2)
    note_speeds(plan, expect(plan, 250), Costs(0, 1, 3, 0, 0))
    assert known_speeds(plan) is None
