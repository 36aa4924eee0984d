"""A network's own classifier: built as the original's, with other outputs, and counted before it is built."""

from __future__ import annotations

import numpy as np
import pytest

from tlcore.training.estimate import estimate
from tlcore.training.plans.plan import TrainingPlan

pytestmark = pytest.mark.slow


def scratch(backbone: str, size: int, **values) -> TrainingPlan:
    return TrainingPlan(dataset="a-1", strategy="scratch", weights="none", backbone=backbone, input_size=size, **values)


@pytest.mark.parametrize(
    ("backbone", "size", "classes", "parameters"),
    [
        ("LeNet5", 32, 10, 61_706),
        ("LeNet5", 64, 2, 867_426),  # C5 no longer covers its whole input there
        ("residual_net", 28, 10, 411_690),
        ("SkipNet", 28, 10, 411_690),  # as plans of earlier versions call it
        ("VGG11", 32, 3, 28_115_331),
        ("MobileNetV3Small", 64, 4, None),  # its classifier is made of convolutions
    ],
)
def test_it_has_as_many_parameters_as_was_said_before(backbone, size, classes, parameters):
    from tlcore.training.networks.assembly import assemble

    plan = scratch(backbone, size, head="own")
    model, said = assemble(plan, classes), estimate(plan, 100, classes)
    assert model.count_params() == said.trainable + said.frozen
    assert parameters is None or model.count_params() == parameters
    assert model.output_shape == (None, classes)


def test_it_is_the_default_where_nothing_is_pretrained_and_only_there():
    assert scratch("LeNet5", 32).has_own_head
    assert not scratch("LeNet5", 32, head="new").has_own_head
    assert not scratch("MobileNetV2", 96).has_own_head
    assert estimate(scratch("LeNet5", 32, head="new"), 100, 10).trainable == 2_742


def test_its_features_keep_their_pretrained_weights_and_only_it_is_trained(tmp_path):
    from tlcore.training.networks.assembly import assemble, set_trainable, split_network
    from tlcore.zoo.build import build
    from tlcore.zoo.catalog import find

    weights = tmp_path / "vgg.weights.h5"
    source = build(find("VGG11"), input_size=32, include_top=False)
    source.save_weights(weights)
    plan = TrainingPlan(dataset="a-1", backbone="VGG11", weights=str(weights), input_size=32, head="own")
    model = assemble(plan, 3)
    for layer in source.layers:
        for before, after in zip(layer.get_weights(), model.get_layer(layer.name).get_weights(), strict=True):
            assert np.array_equal(before, after)
    phase = plan.phases()[-1]
    set_trainable(model, plan, phase)
    trained = [layer.name for layer in model.layers if layer.trainable and layer.weights]
    assert trained == ["fc1", "fc2", "predictions"]
    # What is computed once ends where the head's first weights begin, and dropout stays in the trained part.
    assert split_network(model, plan, phase).head.input_shape[1:] == model.get_layer(plan.cut).output.shape[1:]
