"""The picture of what a plan trains: each block once, the head among them."""

from __future__ import annotations

from tlcore.figures.trained_layers import trained_figure, trained_table
from tlcore.training.estimate import count_parameters, head_layers
from tlcore.training.features.boundary import used_rows
from tlcore.training.plans.plan import plan_from_json


def test_the_head_is_drawn_as_trained_and_the_parameters_add_up():
    plan = plan_from_json({"dataset": "x", "backbone": "MobileNetV2", "hidden_units": [64]})
    rows, head = used_rows(plan.architecture, plan.cut), head_layers(plan, 5)
    assert head == {"dense 1": 1281 * 64, "output": 65 * 5}
    figure = trained_figure(rows, head, "", plan.strategy)
    frozen, trained = figure.data[:2]
    assert [kind for kind, *_ in trained.customdata] == ["head", "head"]
    assert min(trained.x) > max(frozen.x), "the head follows the backbone"
    assert trained.y == (1281 * 64, 65 * 5) and figure.layout.yaxis.type is None, "heights compare as the numbers do"
    table, counts = trained_table(rows, head, ""), count_parameters(plan, 5)
    assert sum(row["parameters"] for row in table if row["trained"]) == counts["trainable"]
    assert sum(row["parameters"] for row in table) == counts["trainable"] + counts["frozen"]
