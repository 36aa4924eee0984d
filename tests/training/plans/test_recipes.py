"""Recipes: each comes to the figures that its course gives, worked out from layer tables alone."""

from __future__ import annotations

import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.errors import NotFoundError, PlanError
from tlcore.training.estimate import estimate, head_inputs
from tlcore.training.features.boundary import used_rows
from tlcore.training.map_sizes import output_shape_at
from tlcore.training.plans.needs import missing_weights
from tlcore.training.plans.plan import TrainingPlan, plan_from_json
from tlcore.training.plans.recipes import RECIPES, recipe_values
from tlcore.zoo.catalog import find
from tlcore.zoo.needs import needs_top


def test_every_recipe_comes_to_its_figures(objects):
    dataset = open_dataset(objects)
    for recipe in RECIPES:
        plan = plan_from_json(recipe_values(recipe, dataset))
        expected = estimate(plan, images=1000, classes=recipe.classes)
        assert (expected.trainable, expected.frozen) == (recipe.trainable, recipe.frozen), recipe.name
        assert not recipe.flatten or head_inputs(plan) == recipe.flatten
        assert all(getattr(plan, name) == value for name, value in recipe.values.items())
        # A dataset with fewer images than the recipe's takes part as a whole.
        assert (plan.subset, plan.fraction) == (1.0, 1.0)
        # Nothing is downloaded in tests: what starts from ImageNet weights says which file it lacks.
        assert (missing_weights(plan) is not None) == (plan.weights == "imagenet")


def test_so_many_images_of_a_larger_dataset_take_part_before_it_is_split(objects, monkeypatch):
    dataset = open_dataset(objects)
    plans = {}
    for images in (4_651, 4_652, 4_653, 23_262):
        monkeypatch.setattr(type(dataset), "__len__", lambda dataset, images=images: images)
        plans[images] = plan_from_json(recipe_values(RECIPES.find("mobilenetv2-frozen"), dataset))
    assert {images: plan.subset for images, plan in plans.items()} == {4_651: 1, 4_652: 1, 4_653: 4_652, 23_262: 4_652}
    assert {plan.fraction for plan in plans.values()} == {1.0}


def test_mobilenet_from_scratch_comes_with_both_statistics_and_the_figures_belong_to_the_slow_ones(objects):
    dataset = open_dataset(objects)
    usual, slow = RECIPES.find("mobilenetv2-scratch"), RECIPES.find("mobilenetv2-scratch-slow-statistics")
    plans = [plan_from_json(recipe_values(recipe, dataset)).to_json() for recipe in (usual, slow)]
    assert {name for name, value in plans[0].items() if value != plans[1][name]} == {"statistics_momentum"}
    assert (plans[0]["statistics_momentum"], plans[1]["statistics_momentum"]) == (0.9, 0.999)
    assert not usual.reported
    assert slow.reported == {"train": 0.8306, "validation": 0.4815, "test": 0.4952}
    assert "near their random start" in slow.sentence and "most likely" in slow.sentence


def test_the_parts_of_inception_up_to_mixed7():
    rows = used_rows(find("InceptionV3"), "mixed7")
    assert output_shape_at(rows, 150) == (7, 7, 768)
    assert sum(row.parameters for row in rows) == 8_975_264
    recipe = RECIPES.find("inception-mixed7")
    assert (recipe.frozen, recipe.trainable) == (8_975_264, 38_536_192 + 1_025)


@pytest.mark.parametrize(
    ("name", "size", "shape"),
    [
        ("MobileNetV2", 160, (5, 5, 1280)),
        ("MobileNetV2", 150, (5, 5, 1280)),
        ("VGG16", 150, (4, 4, 512)),
        ("ResNet50", 150, (5, 5, 2048)),
        ("Xception", 150, (5, 5, 2048)),
        ("NASNetMobile", 150, (5, 5, 1056)),
        ("ConvNeXtTiny", 150, (4, 4, 768)),
    ],
)
def test_maps_at_other_sizes_than_the_originals(name, size, shape):
    assert output_shape_at(used_rows(find(name)), size) == shape


def test_a_cut_in_the_classifier_needs_the_whole_network_at_its_own_size():
    vgg = find("VGG16")
    assert needs_top(vgg, "fc2") and not needs_top(vgg, "block5_pool")
    plan = TrainingPlan(dataset="a-1", backbone="VGG16", cut_layer="fc2", input_size=224)
    assert missing_weights(plan).name == "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
    with pytest.raises(PlanError, match="224"):
        TrainingPlan(dataset="a-1", backbone="VGG16", cut_layer="fc2", input_size=160)


def test_an_unknown_recipe_suggests_a_known_one():
    with pytest.raises(NotFoundError, match="mobilenetv2-frozen"):
        RECIPES.find("mobilenet2-frozen")
