"""What Home says before and after something was trained."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pages.home import outcome_picture
from tests.pages.test_train import open_page
from tlcore.comparison.statistics import wilson_interval
from tlcore.datasets.importer import import_dataset
from tlcore.runs import example

OUTCOME = json.loads((Path(outcome_picture.__file__).parent / "outcome.json").read_text())


def test_the_recorded_outcome_is_that_of_the_example_as_it_is_now(home):
    dataset = import_dataset("rendered", example.DRAWN, example.NAME)
    plans = list(example.example_plans(dataset).values())
    foreseen = example.example_plans(example._as_it_will_be()).values()
    assert [replace(plan, dataset=dataset.id) for plan in foreseen] == plans, "its time is estimated for what is run"
    assert [row["strategy"] for row in OUTCOME["runs"]] == [plan.strategy for plan in plans]
    assert {row["images"] for row in OUTCOME["runs"]} == {len(plan.split(dataset).test) for plan in plans}
    assert len(dataset.classes) == OUTCOME["classes"]
    frozen = next(row for row in OUTCOME["runs"] if row["strategy"] == "frozen")
    assert frozen["trained"] == (1280 + 1) * len(dataset.classes), "the head on 1,280 features"
    for row in OUTCOME["runs"]:
        assert (row["low"], row["high"]) == pytest.approx(wilson_interval(row["correct"], row["images"]), abs=1e-4)


def test_home_shows_what_was_trained_lately(home, two_classes, finished_run):
    finished_run(two_classes, "frozen", wrong=[3], name="My <b>first</b> run")
    app = open_page()
    assert "Recent" in [element.value for element in app.subheader]
    drawn = [element.proto.body for element in app.get("html")]
    assert any("Validation accuracy, epoch by epoch" in body for body in drawn)
    assert any("Frozen 94 %</b>" in body for body in drawn)


def test_home_says_where_the_picture_comes_from(home):
    app = open_page()
    assert outcome_picture.outcome_words() in [caption.value for caption in app.caption]
