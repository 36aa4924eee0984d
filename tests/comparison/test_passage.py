"""How far through its training a run was at each epoch, and what a network that names one class comes to."""

import numpy as np

from tlcore.comparison.curves.passage import shown_steps, through_training
from tlcore.training.plans.plan import WARM_UP, plan_from_json
from tlcore.training.results.evaluation import Predictions

FIELDS = {"dataset": "x-00000000", "backbone": "MobileNetV2"}


def reported(warm_up, main, title="Training every layer"):
    return [{"phase": phase} for phase in [WARM_UP] * warm_up + [title] * main]


def test_a_head_that_is_solved_in_a_moment_spans_the_whole_width_when_it_is_done():
    plan = plan_from_json({**FIELDS, "strategy": "frozen", "optimizer": "lbfgs", "epochs": 3})
    going, done = (through_training(plan, reported(0, 32, "Training the head"), ended) for ended in (False, True))
    assert going[-1] < 1 and done[-1] == 1
    assert np.allclose(np.diff(done), 1 / 32)


def test_a_head_that_is_solved_before_fine_tuning_is_one_step():
    plan = plan_from_json(
        {**FIELDS, "strategy": "full", "optimizer": "lbfgs", "epochs": 5, "warmup_epochs": 2, "normalize": True}
    )
    going = [{**epoch, "number": number} for number, epoch in enumerate(reported(50, 1))]
    steps = shown_steps(plan, going)
    assert [step["number"] for step in steps] == [49, 50]
    assert through_training(plan, steps, False) == [0.25, 0.5]  # the head, and 3 epochs
    assert through_training(plan, steps, True)[-1] == 1  # it stopped early
    assert len(shown_steps(plan, reported(7, 0))) == 1 and shown_steps(plan, []) == []
    stepwise = plan_from_json({**FIELDS, "strategy": "full", "epochs": 5, "warmup_epochs": 2})
    assert through_training(stepwise, shown_steps(stepwise, reported(2, 1)), False) == [0.2, 0.4, 0.6]


def test_a_class_that_swallows_the_others_is_found():
    def said(answers, labels):
        return Predictions(np.arange(len(labels)), np.array(labels), np.eye(5)[answers]).swallowing_class()

    balanced = [0, 1, 2, 3, 4] * 8
    assert said([4] * 40, balanced) == {"class": 4, "share": 1.0}
    assert said([4] * 39 + [1], balanced)["share"] < 1
    assert said([4] * 30 + [1] * 10, balanced) is None
    assert said([4] * 40, [4] * 36 + [0] * 4) is None  # most images are of that class
