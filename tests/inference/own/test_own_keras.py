"""Keras files of the user's: rebuilt from what they say, equal to what Keras makes of them, in every notation."""

import json

import keras
import numpy as np
import pytest
from PIL import Image

from tests.inference.own.tiny import (
    SIDE,
    batch,
    block,
    change_description,
    classifier,
    prepared_from,
    probabilities,
    randomized,
)
from tlcore.access.asker import asking
from tlcore.access.folders import uploads_folder
from tlcore.cli import main
from tlcore.errors import AccessError, InputError
from tlcore.images.preprocess import preprocess
from tlcore.inference.attention import class_activation, has_maps
from tlcore.inference.inside import layers_with_maps
from tlcore.inference.networks.choice import own_networks
from tlcore.inference.networks.prepared import load_prepared, prepared_cards
from tlcore.inference.own.kept import choose_preprocessing, delete_own, find_own, own_bytes_of


def assert_equal(prepared, model, mode="unit"):
    expected = np.asarray(model(preprocess(batch(), mode), training=False))
    np.testing.assert_allclose(probabilities(prepared, batch()), expected, atol=1e-5)


@pytest.mark.parametrize("frozen", [(), ("first",), ("first", "second")])
@pytest.mark.parametrize("ending", [".h5", ".keras"])
def test_nested_networks_of_equal_shapes_keep_their_own_weights(tmp_path, ending, frozen):
    first, second = block("first"), block("second")
    model = classifier(keras.Sequential([first, second], name="both"))
    for part in (first, second):
        part.trainable = part.name not in frozen
    model.save(tmp_path / f"mine{ending}")
    network = prepared_from(tmp_path / f"mine{ending}")
    assert_equal(network, model)
    assert network.card.classes == ("class 0", "class 1", "class 2")
    assert has_maps(network) and len(layers_with_maps(network)) >= 4
    assert class_activation(network, batch()[0], 1).shape == (SIDE, SIDE)


def test_half_frozen_normalizations_keep_the_order_of_the_file(tmp_path):
    part = block("part")
    part.layers[1].trainable = False
    model = classifier(part, block("other"))
    model.save(tmp_path / "mine.h5")
    assert_equal(prepared_from(tmp_path / "mine.h5"), model)


def test_notations_of_keras_2_are_understood(tmp_path):
    model = classifier(*block("part").layers)
    model.save(tmp_path / "old.h5")

    def age(described):
        rows = [row for row in described["config"]["layers"] if row["class_name"] != "InputLayer"]
        rows[0]["config"] |= {"batch_input_shape": [None, SIDE, SIDE, 3], "groups": 1}
        rows[1]["config"]["axis"] = [3]
        rows[-1]["config"]["kernel_initializer"] = {"class_name": "VarianceScaling", "config": {"seed": None}}
        return {"class_name": "Sequential", "config": rows}

    change_description(tmp_path / "old.h5", age)
    assert_equal(prepared_from(tmp_path / "old.h5"), model)


@pytest.mark.parametrize("family", ["mobilenet_v2", "vgg16"])
@pytest.mark.parametrize("ending", [".h5", ".keras"])
def test_preprocessing_within_the_network_stays_part_of_it(tmp_path, ending, family):
    picture = keras.Input((SIDE, SIDE, 3))
    scaled = getattr(keras.applications, family).preprocess_input(keras.layers.RandomFlip()(picture))
    maps = block("part")(scaled)
    output = keras.layers.Dense(2, "softmax")(keras.layers.GlobalMaxPooling2D()(maps))
    model = randomized(keras.Model(picture, output))
    model.save(tmp_path / f"mine{ending}")
    network = prepared_from(tmp_path / f"mine{ending}")
    assert network.card.preprocessing == "identity"
    assert_equal(network, model, "identity")


def test_operations_of_tensorflow_in_keras_2_are_understood(tmp_path):
    picture = keras.Input((SIDE, SIDE, 3), name="picture")
    scaled = keras.layers.Rescaling(1 / 127.5, -1, name="scaled")(picture)
    maps = keras.layers.Conv2D(4, 3, name="conv")(scaled)
    output = keras.layers.Dense(2, "softmax", name="out")(keras.layers.Flatten(name="flat")(maps))
    model = randomized(keras.Model(picture, output))
    model.save(tmp_path / "mine.h5")

    def operation(name, function, source, value):
        nodes = [[source, 0, 0, {"y": value, "name": None}]]
        config = {"name": name, "trainable": True, "function": function}
        return {"class_name": "TFOpLambda", "config": config, "name": name, "inbound_nodes": nodes}

    def node(source):
        return [[[source, 0, 0, {}]]]

    def age(described):
        start, _, conv, flat, out = described["config"]["layers"]
        for layer, source in ((conv, "minus"), (flat, "conv"), (out, "flat")):
            layer["inbound_nodes"] = node(source)
        divide = operation("divide", "math.truediv", "picture", 127.5)
        described["config"]["layers"] = [
            start,
            divide,
            operation("minus", "math.subtract", "divide", 1.0),
            conv,
            flat,
            out,
        ]
        return described

    change_description(tmp_path / "mine.h5", age)
    assert_equal(prepared_from(tmp_path / "mine.h5"), model, "identity")


def test_a_head_that_is_no_chain_of_dense_layers_runs_as_a_whole(tmp_path):
    picture = keras.Input((SIDE, SIDE, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(block("part")(picture))
    hidden = keras.layers.Dense(5, "elu")(keras.layers.BatchNormalization()(pooled))
    both = keras.layers.Concatenate()([hidden, pooled])
    model = randomized(keras.Model(picture, keras.layers.Dense(3, "softmax")(both)))
    model.save(tmp_path / "mine.keras")
    network = prepared_from(tmp_path / "mine.keras")
    assert_equal(network, model)
    assert not has_maps(network) and layers_with_maps(network)


@pytest.mark.parametrize("classes", [1, 3])
def test_scores_become_probabilities_only_where_that_is_said(tmp_path, classes):
    model = classifier(block("part"), classes=classes, activation="linear")
    model.save(tmp_path / "mine.keras")
    with pytest.raises(InputError, match="from_logits"):
        prepared_from(tmp_path / "mine.keras")
    scores = np.asarray(model(preprocess(batch(), "unit"), training=False))
    network = prepared_from(tmp_path / "mine.keras", is_scores=True)
    if classes == 1:
        second = 1 / (1 + np.exp(-scores))
        expected = np.concatenate([1 - second, second], axis=1)
    else:
        expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities(network, batch()), expected, atol=1e-5)
    assert len(network.names) == expected.shape[1]


def test_networks_are_kept_by_content_and_whose_they_are(tmp_path):
    for seed, folder in enumerate(("one", "two")):
        (tmp_path / folder).mkdir()
        randomized(classifier(block("part")), seed).save(tmp_path / folder / "mine.h5")
    first, second = (prepared_from(tmp_path / folder / "mine.h5") for folder in ("one", "two"))
    assert first.folder.name.split(".")[0] != second.folder.name.split(".")[0]
    assert np.abs(probabilities(first, batch()) - probabilities(second, batch())).max() > 0.01
    again = prepared_from(tmp_path / "one" / "mine.h5")
    named = prepared_from(tmp_path / "one" / "mine.h5", classes=["a", "b", "c"])
    assert len(own_networks()) == 3 and again.card.weights == first.card.weights == named.card.weights
    with asking("anna"):
        with pytest.raises(AccessError):
            delete_own(find_own(own_networks()[0].key))
        with pytest.raises(AccessError):
            choose_preprocessing(find_own(own_networks()[0].key), "tf")


def test_a_visitor_prepares_uploads_only_and_owns_what_comes_of_them(tmp_path):
    classifier(block("part")).save(tmp_path / "mine.h5")
    with asking("anna"):
        with pytest.raises(AccessError):
            prepared_from(tmp_path / "mine.h5")
        upload = uploads_folder() / "one" / "mine.h5"
        upload.parent.mkdir(parents=True)
        upload.write_bytes((tmp_path / "mine.h5").read_bytes())
        assert prepared_from(upload).card.made_by == "anna"
        assert not upload.exists()
    [network] = own_networks()
    with asking("bert"), pytest.raises(AccessError):
        delete_own(network.folder)
    with asking("anna"):
        assert own_bytes_of("anna") and not own_bytes_of("bert")
        delete_own(network.folder)
    assert not own_networks()


def test_the_command_line_classifies_lists_and_deletes(tmp_path, capsys):
    classifier(block("part")).save(tmp_path / "mine.h5")
    prepared_from(tmp_path / "mine.h5", classes=["cat", "dog", "bird"])
    Image.fromarray(batch()[0]).save(tmp_path / "photo.png")
    [network] = own_networks()
    assert main(["own", "list"]) == 0 and network.key in capsys.readouterr().out
    assert main(["classify", str(tmp_path / "photo.png"), "--model", network.key, "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert {guess["name"] for guess in row["guesses"]} == {"cat", "dog", "bird"}
    assert main(["own", "delete", network.key]) == 0 and not own_networks()
    assert main(["classify", str(tmp_path / "photo.png"), "--model", network.key]) == 2
    assert "network of your own" in capsys.readouterr().err


def test_another_preprocessing_changes_the_answer_and_goes_back_to_the_same_key(tmp_path):
    model = classifier(block("part"))
    model.save(tmp_path / "mine.h5")
    prepared_from(tmp_path / "mine.h5")
    [network] = own_networks()
    changed = choose_preprocessing(network.folder, "tf")
    assert [row.folder for row in own_networks()] == [changed] != [network.folder]
    assert_equal(load_prepared(changed), model, "tf")
    assert choose_preprocessing(changed, "unit") == network.folder
    delete_own(network.folder)
    assert not prepared_cards()
