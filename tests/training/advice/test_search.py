"""The search for the best network: same images for all, chance is not taken for a difference, and time is kept."""

from __future__ import annotations

import numpy as np
import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.figures.search import search_figure, search_table
from tlcore.jobs import SILENT, Monitor, Stopped
from tlcore.training.advice import search as module
from tlcore.training.advice.search import Trial, candidates, choice, search, verdict


def trial(name: str, right: int, milliseconds: float, p: float) -> Trial:
    return Trial(name, 160, "top_activation", 200, right, milliseconds / 1000, p, is_default=False)


BEST = trial("EfficientNetLite2", 190, 18, 1.0)
NEAR = trial("EfficientNetLite1", 188, 13, 0.6)
QUICK = trial("EfficientNetLite0", 186, 8, 0.2)
WORSE = trial("MobileNet", 150, 3, 1e-6)


def test_the_fastest_of_those_that_chance_may_tell_apart_is_chosen():
    assert choice([BEST, NEAR, QUICK, WORSE]) == QUICK
    words = verdict([BEST, NEAR, QUICK, WORSE])
    assert "3 of 4 cannot be told apart on 200 images" in words and "EfficientNet-Lite0" in words
    assert choice([BEST, WORSE]) == BEST
    assert "is the best of 2" in verdict([BEST, WORSE])
    assert "There was only time for" in verdict([BEST])
    rows = search_table([BEST, NEAR, QUICK, WORSE])
    assert [row["choice"] for row in rows] == ["", "", "✓", ""]
    assert sum(len(trace.x) for trace in search_figure([BEST, NEAR, QUICK, WORSE]).data) == 4


def test_the_suggested_plan_comes_first_and_none_comes_twice(objects):
    plans = candidates(open_dataset(objects))
    assert len(set(plans)) == len(plans)
    assert plans[0].backbone == "EfficientNetLite0" and plans[0].weights == "package"
    assert all(plan.optimizer == "lbfgs" and plan.strategy == "frozen" for plan in plans)
    assert {plan.backbone for plan in plans} == {"EfficientNetLite0", "EfficientNetLite1", "EfficientNetLite2"}
    assert len({(plan.input_size, plan.cut) for plan in plans if plan.backbone == "EfficientNetLite0"}) > 3


def test_all_answer_for_the_same_images_and_never_for_the_test(objects, monkeypatch):
    dataset, seen = open_dataset(objects), []
    original = module.judge

    def judge(features, labels, *options):
        seen.append(labels)
        return original(features, labels, *options)

    monkeypatch.setattr(module, "judge", judge)
    monkeypatch.setattr(module, "candidates", lambda dataset: candidates(dataset)[:2])
    reports: list[dict] = []
    trials = search(dataset, 600, "job", Monitor(reports.append))
    parts = candidates(dataset)[0].split(dataset)
    assert [found.images for found in trials] == [len(parts.train) + len(parts.validation)] * 2
    assert np.array_equal(*seen)
    assert trials[0].p == 1.0 and trials[0].right >= trials[1].right
    assert sum(found.is_default for found in trials) == 1
    assert reports[-1]["what"] == "Trying backbones, sizes and cuts"
    # Without time left only the suggested plan is tried.
    [only] = search(dataset, 0.001, "job", SILENT)
    assert only.is_default
    with pytest.raises(Stopped):
        search(dataset, 600, "job", Monitor(should_stop=lambda: True))
