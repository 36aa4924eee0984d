"""Recipes: each comes to the figures that its course gives, worked out from layer tables alone."""

from __future__ import annotations

import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.errors import NotFoundError, PlanError
from tlcore.training.boundary import used_rows
from tlcore.training.estimate import estimate, head_inputs
from tlcore.training.map_sizes import output_shape_at
from tlcore.training.needs import missing_weights, needs_top
from tlcore.training.plan import TrainingPlan, plan_from_json
from tlcore.training.recipes import RECIPES, find_recipe, recipe_values
from tlcore.zoo.catalog import find


def test_every_recipe_comes_to_its_figures(objects):
    dataset = open_dataset(objects)
    for recipe in RECIPES:
        plan = plan_from_json(recipe_values(recipe, dataset))
        expected = estimate(plan, images=1000, classes=recipe.classes)
        assert (expected.trainable, expected.frozen) == (recipe.trainable, recipe.frozen), recipe.name
        assert not recipe.flatten or head_inputs(plan) == recipe.flatten
        assert all(getattr(plan, name) == value for name, value in recipe.values.items())
        # Nothing is downloaded in tests: what starts from ImageNet weights says which file it lacks.
        assert (missing_weights(plan) is not None) == (plan.weights == "imagenet")


def test_the_parts_of_inception_up_to_mixed7():
    rows = used_rows(find("InceptionV3"), "mixed7")
    assert output_shape_at(rows, 150) == (7, 7, 768)
    assert sum(row.parameters for row in rows) == 8_975_264
    recipe = find_recipe("inception-mixed7")
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
        find_recipe("mobilenet2-frozen")
