"""Preparing networks: what comes out equals Keras, wrong files are refused, downloads go on where they ended."""

from pathlib import Path

import keras
import numpy as np
import pytest

from tests.inference.stand_in import NAME, photo, write_weights
from tlcore.errors import InputError
from tlcore.images.preprocess import preprocess
from tlcore.inference.classifier import classify, see
from tlcore.inference.jobs import prepare, prepare_model
from tlcore.inference.networks.choice import HERE, MISSING, READY, imagenet_networks
from tlcore.inference.networks.feature_source import FeatureSource
from tlcore.inference.networks.prepared import imagenet_card, load_prepared, prepared_folder, run_card, run_request
from tlcore.inference.networks.read_head import split_at_maps
from tlcore.jobs import SILENT, Monitor, Stopped
from tlcore.settings import settings
from tlcore.zoo import catalog
from tlcore.zoo.build import build


def prepared_states():
    return {network.key: network.state for network in imagenet_networks()}


def test_the_prepared_network_says_what_keras_says(network):
    model = build(catalog.find(NAME), weights="imagenet")
    for seed in range(3):
        result = classify(network, [photo(seed)], top=3)[0]
        batch = preprocess(result.square[None], network.card.preprocessing)
        expected = np.asarray(model(batch, training=False)).ravel()
        assert [guess.index for guess in result.guesses] == list(np.argsort(-expected)[:3])
        for guess in result.guesses:
            assert guess.probability == pytest.approx(expected[guess.index], abs=1e-5)
    assert network.card.difference < 1e-4


@pytest.mark.parametrize("row", catalog.CLASSIFIERS, ids=lambda row: row.name)
def test_every_network_sees_photos_as_its_evaluation_did(row):
    card = imagenet_card(row, "imagenet")
    square = see(card, photo(0))
    assert square.shape == (row.input_size, row.input_size, row.input_shape[2])
    cut = row.evaluation.crop if row.evaluation else None
    assert (card.resize == "stretch") == (row.evaluation is not None and cut is None)


def test_states_follow_what_is_on_the_machine(weights_here):
    assert prepared_states()[NAME] == HERE
    assert prepared_states()["VGG16"] == MISSING
    prepare({"architecture": NAME, "weights": "imagenet"}, weights_here, SILENT)
    assert prepared_states()[NAME] == READY


def test_the_first_run_finds_what_it_trains_a_head_on(weights_here, monkeypatch):
    monkeypatch.setattr(catalog, "training_size", lambda row: row.input_size)  # of which there are weights here
    row = catalog.find(NAME)
    source = FeatureSource(NAME, "imagenet", row.input_size, row.last_feature_layer)
    assert not source.is_here
    prepare({"architecture": NAME, "weights": "imagenet"}, weights_here, SILENT)
    assert source.is_here


def test_weights_of_another_network_are_refused_with_what_differs(tmp_path):
    path = settings().home / "uploads" / "one" / "mine.h5"
    write_weights(path, NAME)
    with pytest.raises(InputError, match="instead of"):
        prepare({"architecture": "MobileNet", "weights": str(path)}, tmp_path, SILENT)
    assert not path.exists(), "an upload that cannot be used must not stay"
    assert not (settings().home / "prepared").exists()


def test_a_weights_file_of_the_user_becomes_a_network_of_its_own(tmp_path):
    path = tmp_path / "mine.h5"
    write_weights(path)
    result = prepare({"architecture": NAME, "weights": str(path)}, tmp_path, SILENT)
    own = imagenet_networks()[0]
    assert (own.state, own.title) == (READY, f"{catalog.find(NAME).title} (mine.h5)")
    assert str(own.folder) == result["folder"] == str(prepared_folder(NAME, str(path)))
    assert path.exists()


def test_a_stop_leaves_nothing_half_done(weights_here):
    answers = iter([False, False, True])
    with pytest.raises(Stopped):
        prepare({"architecture": NAME}, weights_here, Monitor(should_stop=lambda: next(answers)))
    assert list((settings().home / "prepared").iterdir()) == []


@pytest.mark.parametrize("classes", [["cat", "dog"], ["a", "b", "c"]])
def test_a_trained_network_is_prepared_from_its_file(tmp_path, classes):
    backbone = build(catalog.find("LeNet5"), include_top=False)
    values = keras.layers.Flatten()(backbone.get_layer("S4").output)
    values = keras.layers.Dense(9, activation="relu")(values)
    values = keras.layers.Dropout(0.5)(values)
    binary = len(classes) == 2
    output = keras.layers.Dense(1 if binary else 3, activation="sigmoid" if binary else "softmax")(values)
    model = keras.Model(backbone.input, output)
    model.save(tmp_path / "model.keras")
    plan = {"backbone": "LeNet5", "input_size": 32, "cut_layer": "S4", "resize": "stretch"}
    request = run_request(tmp_path, plan, classes, "Mine")
    result = prepare(request, tmp_path, SILENT)
    # Asked for twice, as by two pages at once, it is prepared again.
    assert prepare(request, tmp_path, SILENT)["folder"] == result["folder"]
    trained = load_prepared(Path(result["folder"]))
    assert trained.folder == tmp_path / "prepared.2"
    square = see(trained.card, photo(1))
    assert square.shape == (32, 32, 1)
    expected = np.asarray(model(preprocess(square[None], trained.card.preprocessing), training=False)).ravel()
    expected = np.array([1 - expected[0], expected[0]]) if binary else expected
    guesses = classify(trained, [photo(1)])[0].guesses
    assert {guess.name: pytest.approx(guess.probability, abs=1e-5) for guess in guesses} == dict(
        zip(classes, expected, strict=True)
    )


def test_a_cut_above_the_maps_is_moved_down_to_them(tmp_path):
    model = build(catalog.find("LeNet5"))
    card = run_card({"backbone": "LeNet5", "input_size": 32, "cut_layer": "F6", "resize": "crop"}, "0123456789", "L")
    card = prepare_model(model, "F6", tmp_path / "made", card)
    assert card.cut_layer == "S4"
    layers = load_prepared(tmp_path / "made").head.layers
    assert [str(layer.activation) for layer in layers] == ["tanh", "tanh", "softmax"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["MobileNetV3Small", "ConvNeXtTiny", "EfficientNetB0", "ResNet50V2", "VGG16"])
def test_heads_of_all_families_are_read_exactly(name):
    """One network of each kind of head: convolutions, layer normalization, plain, and flatten with hidden layers."""
    row = catalog.find(name)
    model = build(row)
    layer, head = split_at_maps(model, row.last_feature_layer)
    features = keras.Model(model.input, model.get_layer(layer).output)
    batch = np.random.default_rng(0).uniform(-1, 1, (1, *row.input_shape)).astype(np.float32)
    expected = np.asarray(model(batch, training=False)).reshape(1, -1)
    np.testing.assert_allclose(head.probabilities(np.asarray(features(batch, training=False))), expected, atol=1e-5)
    assert layer == row.last_feature_layer
