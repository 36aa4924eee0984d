"""Plans: every problem at once, a JSON round trip, phases, boundaries and counts without TensorFlow."""

from __future__ import annotations

import json

import pytest

from tlcore.errors import InputError, PlanError
from tlcore.inference.networks.prepared import run_card
from tlcore.training.estimate import estimate
from tlcore.training.features.boundary import find_boundary, used_rows
from tlcore.training.networks.layer_rates import rate_factors
from tlcore.training.plans.defaults import suggest_first_trainable
from tlcore.training.plans.plan import TrainingPlan, parse_field, plan_from_json
from tlcore.training.plans.schedules import SCHEDULES
from tlcore.zoo.catalog import ARCHITECTURES, find
from tlcore.zoo.layers.tables import layer_table

FINE_TUNED = {"strategy": "fine_tune", "first_trainable": "block_11_expand_BN"}
SCRATCH = {"strategy": "scratch", "weights": "none"}


def test_all_problems_are_named_at_once():
    with pytest.raises(PlanError) as caught:
        plan_from_json({"dataset": "", "epochs": 0, "backbone": "MobilNetV2", "cut": "x", "dropout": 2.0})
    fields = {problem.field for problem in caught.value.problems}
    assert {"dataset", "epochs", "backbone", "cut", "dropout"} <= fields
    backbone = next(problem for problem in caught.value.problems if problem.field == "backbone")
    assert "MobileNetV2" in backbone.mend


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"epochs": "ten"}, "epochs"),
        ({"epochs": True}, "epochs"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"shares": [0.5, 0.5]}, "shares"),
        ({"shares": [0.7, 0.3, 0.1]}, "shares"),
        ({"strategy": "frozen", "weights": "none"}, "weights"),
        ({"strategy": "scratch"}, "weights"),
        ({"strategy": "fine_tune"}, "first_trainable"),
        ({**FINE_TUNED, "warmup_epochs": 10}, "warmup_epochs"),
        ({**FINE_TUNED, "first_trainable": "block_99"}, "first_trainable"),
        ({**FINE_TUNED, "cut_layer": "block_1_expand"}, "first_trainable"),
        ({"first_trainable": "block_1_expand"}, "first_trainable"),
        ({"cut_layer": "input_layer"}, "cut_layer"),
        ({"backbone": "UNet"}, "backbone"),
        ({"input_size": 20}, "input_size"),
        ({"weights": "no/such/file.h5"}, "weights"),
        ({"hidden_units": [256, 0]}, "hidden_units"),
        ({"preprocessing": "caffee"}, "preprocessing"),
        ({"learn_statistics": True}, "learn_statistics"),
        ({"schedule": "sawtooth"}, "schedule"),
        ({"layer_decay": 2.0}, "layer_decay"),
        ({"augmentation": "huge"}, "augmentation"),
        ({"augmentation": "flip=much"}, "augmentation"),
        ({"augmentation": "rotate=500"}, "augmentation"),
        ({"augmented_views": -1}, "augmented_views"),
    ],
)
def test_each_mistake_names_its_field(values, field):
    with pytest.raises(PlanError) as caught:
        plan_from_json({"dataset": "a-1", **values})
    assert field in {problem.field for problem in caught.value.problems}


def test_a_weights_file_of_another_program_is_called_what_it_is(tmp_path):
    (tmp_path / "net.h5").write_bytes(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.")
    with pytest.raises(PlanError, match="This is a PyTorch file"):
        plan_from_json({"dataset": "a-1", "weights": str(tmp_path / "net.h5")})


def test_a_plan_survives_json():
    plan = TrainingPlan(dataset="a-1", hidden_units=(256, 64), **FINE_TUNED)
    assert plan_from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_pixels_are_scaled_as_the_backbone_expects_unless_a_plan_breaks_it():
    assert TrainingPlan(dataset="a-1").pixel_mode == "tf"
    broken = TrainingPlan(dataset="a-1", preprocessing="caffe")
    assert broken.pixel_mode == "caffe"
    assert run_card(broken.to_json(), ("a", "b"), "broken").preprocessing == "caffe"
    before_the_field = {name: value for name, value in broken.to_json().items() if name != "preprocessing"}
    assert run_card(before_the_field, ("a", "b"), "old").preprocessing == "tf"


@pytest.mark.parametrize("row", SCHEDULES, ids=lambda row: row.name)
def test_schedules_never_pass_the_rate_or_reach_nothing(row):
    factors = [row.factor(step / 100) for step in range(100)]
    assert min(factors) > 0 and max(factors) <= 1
    assert factors[25] == pytest.approx(1, abs=0.2)


def test_the_lower_the_stage_the_smaller_its_steps():
    assert rate_factors(TrainingPlan(dataset="a-1", **FINE_TUNED)) == {}
    factors = rate_factors(TrainingPlan(dataset="a-1", layer_decay=0.5, **FINE_TUNED))
    assert factors["out_relu"] == 0.5
    assert factors["block_11_expand_BN"] < factors["block_16_project"]
    assert factors["Conv1"] == 0.5**5  # five resolutions
    assert "predictions" not in factors


def test_changed_copies_cost_time():
    plain, copies, stream = (
        estimate(TrainingPlan(dataset="a-1", augmentation=name, augmented_views=views), 1000, 2).seconds
        for name, views in (("none", 4), ("light", 4), ("light", 0))
    )
    assert plain < copies < stream


def test_a_plan_of_a_newer_version_is_refused():
    with pytest.raises(InputError, match="Update"):
        plan_from_json({"schema": 99, "dataset": "a-1"})


def test_fields_are_read_as_people_write_them():
    assert parse_field("epochs", "7") == 7
    assert parse_field("hidden_units", "256,64") == (256, 64)
    assert parse_field("shares", "0.6, 0.2, 0.2") == (0.6, 0.2, 0.2)
    assert parse_field("shares", "as given") == parse_field("shares", "") == ()
    assert parse_field("class_weights", "yes") is True
    assert parse_field("epochs", "many") == "many"


def test_fine_tuning_warms_the_head_up_first():
    plan = TrainingPlan(dataset="a-1", warmup_epochs=3, epochs=10, **FINE_TUNED)
    warmup, main = plan.phases()
    assert (warmup.epochs, warmup.first_trainable, warmup.learning_rate) == (3, "", plan.learning_rate)
    assert (main.epochs, main.first_trainable) == (7, "block_11_expand_BN")
    assert main.learning_rate == plan.fine_tune_learning_rate


def test_the_boundary_lies_where_nothing_flows_around_it():
    inputs = {row.name: row.connected_to for row in layer_table("MobileNetV2").rows}
    # Block 11 adds its input to its output, so the convolution below the first trained layer will not do.
    assert find_boundary("out_relu", inputs, "block_11_expand_BN") == "block_10_project_BN"
    assert find_boundary("out_relu", inputs, "") == "out_relu"
    first = next(iter(inputs))
    assert find_boundary("out_relu", inputs, first) == first


@pytest.mark.parametrize(
    ("values", "trainable"),
    [({}, 1_281), (SCRATCH, 2_223_872 + 1_281), (FINE_TUNED, 1_862_592 + 1_281)],
)
def test_counts_of_mobilenet_v2_before_the_click(values, trainable):
    plan = TrainingPlan(dataset="a-1", **values)
    expected = estimate(plan, images=1000, classes=2)
    assert expected.trainable == trainable
    assert expected.trainable + expected.frozen == 2_257_984 + 1_281
    assert expected.seconds > 0


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=lambda row: row.name)
def test_fine_tuning_begins_by_default_with_a_block_in_the_upper_half(architecture):
    rows = used_rows(architecture)
    names, blocks = [row.name for row in rows], [row.block for row in rows]
    first = names.index(suggest_first_trainable(architecture))
    assert first == blocks.index(blocks[first])
    assert len(rows) / 2 <= first <= 4 / 5 * len(rows)


def test_the_default_follows_the_cut():
    assert suggest_first_trainable(find("MobileNetV2")) == "block_11_expand"
    assert suggest_first_trainable(find("MobileNetV2"), "block_5_add") == "block_4_expand"
