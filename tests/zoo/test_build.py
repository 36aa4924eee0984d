"""Every network is built from its row, and must be what the row and its saved layer table say."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from tlcore.errors import InputError
from tlcore.jobs import SILENT
from tlcore.zoo.build import build
from tlcore.zoo.builders.alexnet import alexnet
from tlcore.zoo.builders.googlenet import googlenet
from tlcore.zoo.builders.residual_net import residual_net
from tlcore.zoo.catalog import ARCHITECTURES, find
from tlcore.zoo.jobs import compute_table
from tlcore.zoo.layers.compute import compute_architecture
from tlcore.zoo.layers.tables import LayerTable, layer_table, snapshot_path

QUICK = ("LeNet5", "MobileNet025", "GoogLeNet", "residual_net", "residual_net_projection", "UNet", "EfficientNetLite0")


@pytest.fixture
def weights_of_zero(monkeypatch):
    """Random weights take half of the time that building does, and no table depends on their values."""
    for kind in (keras.initializers.VarianceScaling, keras.initializers.TruncatedNormal):
        monkeypatch.setattr(kind, "__call__", lambda self, shape, dtype=None: keras.ops.zeros(shape, dtype))


@pytest.mark.parametrize(
    "name",
    [pytest.param(row.name, marks=() if row.name in QUICK else pytest.mark.slow) for row in ARCHITECTURES],
)
def test_the_saved_table_is_that_of_the_built_network(weights_of_zero, name):
    keras.backend.clear_session()
    row = find(name)
    table = compute_architecture(row)
    assert table.parameters == row.parameters
    assert table == layer_table(name), f"run `python -m tlcore.zoo.layers.compute {name}`"


def test_variants_of_the_own_builders_have_the_published_counts():
    assert alexnet(towers=2).count_params() == 60_965_224
    assert googlenet(auxiliary_heads=True).count_params() == 13_378_280


def test_a_skip_connection_without_projection_needs_matching_channels():
    assert residual_net((16, 16, 32)).output_shape == (None, 10)
    with pytest.raises(InputError, match="1×1 projection"):
        residual_net((16, 16, 3))


def test_unet_explains_sizes_that_cannot_be_halved():
    assert build(find("UNet"), input_size=188).output_shape == (None, 4, 4, 2)
    with pytest.raises(InputError, match="572 plus or minus a multiple of 16"):
        build(find("UNet"), input_size=200)


def test_another_size_number_of_classes_and_no_top():
    request = {"architecture": "MobileNet025", "input_size": 96, "classes": 7, "include_top": True}
    table = LayerTable.from_json(json.loads(json.dumps(compute_table(request, Path(), SILENT))))
    assert table.rows[0].output_shape == (96, 96, 3)
    assert table.rows[-1].output_shape == (7,)
    assert table.multiply_adds < layer_table("MobileNet025").multiply_adds
    headless = compute_architecture(find("MobileNet025"), include_top=False)
    assert headless.rows[-1].name == find("MobileNet025").last_feature_layer


def test_an_impossible_size_says_why():
    request = {"architecture": "InceptionV3", "input_size": 48, "classes": None, "include_top": True}
    with pytest.raises(InputError, match="at least 75"):
        compute_table(request, Path(), SILENT)


def test_every_snapshot_belongs_to_a_row():
    saved = {path.stem for path in snapshot_path("x").parent.glob("*.json")}
    assert saved == {row.name for row in ARCHITECTURES}


@pytest.mark.slow
def test_convnext_with_named_sums_takes_the_weights_of_the_original_in_order():
    original = keras.applications.ConvNeXtTiny(weights=None, input_shape=(64, 64, 3), classes=5)
    named = build(find("ConvNeXtTiny"), input_size=64, classes=5)
    with_weights = [[layer for layer in model.layers if layer.weights] for model in (original, named)]
    assert [layer.name for layer in with_weights[0]] == [layer.name for layer in with_weights[1]]
    named.set_weights(original.get_weights())
    photo = np.random.default_rng(0).uniform(0, 255, (1, 64, 64, 3)).astype("float32")
    np.testing.assert_allclose(named(photo), original(photo), atol=1e-6)
