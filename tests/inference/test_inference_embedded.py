"""The network that comes with this project: ready at once without TensorFlow, and the same as Keras' own."""

import subprocess
import sys

import numpy as np
import pytest

from tests.inference.stand_in import photo
from tlcore.embedded.weights import read_card
from tlcore.inference.attention import class_activation
from tlcore.inference.classifier import classify
from tlcore.inference.embedded import prepare_embedded
from tlcore.inference.inside import feature_maps, layers_with_maps
from tlcore.inference.networks import READY, embedded_network, first_choice, imagenet_networks
from tlcore.inference.prepared import load_prepared
from tlcore.zoo import catalog
from tlcore.zoo.build import build
from tlcore.zoo.catalog import EMBEDDED as NAME


@pytest.fixture
def shipped(home):
    return load_prepared(embedded_network().folder)


def test_it_says_what_keras_says(shipped):
    model = build(catalog.find(NAME), input_size=shipped.card.input_size, weights="embedded")
    for result in classify(shipped, [photo(seed) for seed in range(3)], top=3):
        expected = np.asarray(model(result.square[None].astype(np.float32), training=False)).ravel()
        assert [guess.index for guess in result.guesses] == list(np.argsort(-expected)[:3])
        for guess in result.guesses:
            assert guess.probability == pytest.approx(expected[guess.index], abs=1e-5)
            assert guess.name == read_card().names[guess.index]


def test_its_maps_and_where_it_looked(shipped):
    layers = {layer.name: layer for layer in layers_with_maps(shipped)}
    assert {"stem_relu", "stage1_out", "stage2_out", "stage3_out"} <= set(layers)
    square = classify(shipped, [photo(1)])[0].square
    maps = feature_maps(shipped, square, layers["stage3_out"])
    assert maps.shape == shipped.engine.output_shape
    heat = class_activation(shipped, square, 3)
    assert heat.shape == maps.shape[:2]


def test_it_is_the_first_choice_where_nothing_else_is_here_and_prepared_once(shipped):
    network = embedded_network()
    assert network.state == READY
    assert first_choice() == network.key == NAME
    assert NAME not in {other.key for other in imagenet_networks()}
    before = (network.folder / "card.json").stat().st_mtime_ns
    assert prepare_embedded() == network.folder == shipped.folder
    assert (network.folder / "card.json").stat().st_mtime_ns == before
    assert shipped.wordnet_ids == read_card().wnids


def test_preparing_and_classifying_import_no_tensorflow(home):
    code = (
        "import sys, numpy as np\n"
        "from tlcore.inference.classifier import classify\n"
        "from tlcore.inference.embedded import prepare_embedded\n"
        "from tlcore.inference.prepared import load_prepared\n"
        "classify(load_prepared(prepare_embedded()), [np.zeros((80, 90, 3), np.uint8)])\n"
        "assert not {'tensorflow', 'keras', 'streamlit'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
