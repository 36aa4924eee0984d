"""Where a network looked and what it sees inside, checked against TensorFlow."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.inference.stand_in import NAME, photo
from tlcore.images.preprocess import preprocess
from tlcore.inference.attention import class_activation, enlarge, occlusion
from tlcore.inference.classifier import classify, see
from tlcore.inference.inside import feature_maps, layers_with_maps, telling_channels, telling_layer
from tlcore.inference.latent import nearest, plane
from tlcore.inference.networks.head import ACTIVATIONS, DenseLayer, Head, Normalization, UnitLength, load_head
from tlcore.inference.networks.read_head import read_head
from tlcore.zoo import catalog
from tlcore.zoo.build import build


def keras_head(pooling, classes):
    maps = keras.Input((4, 5, 6))
    values = {
        "average": keras.layers.GlobalAveragePooling2D,
        "max": keras.layers.GlobalMaxPooling2D,
        "flatten": keras.layers.Flatten,
    }[pooling]()(maps)
    values = keras.layers.LayerNormalization()(values) if pooling == "average" else values
    values = keras.layers.UnitNormalization()(values) if pooling == "max" else values
    values = keras.layers.Dense(8, activation="hard_silu" if pooling == "max" else "relu")(values)
    values = keras.layers.Dropout(0.3)(values)
    score = keras.layers.Dense(classes)(values)
    output = keras.layers.Activation("sigmoid" if classes == 1 else "softmax")(score)
    return keras.Model(maps, output), keras.Model(maps, score)


@pytest.mark.parametrize("pooling", ["average", "max", "flatten"])
@pytest.mark.parametrize("classes", [1, 3])
def test_gradients_of_the_head_equal_those_of_tensorflow(pooling, classes):
    keras.utils.set_random_seed(3)
    model, scores = keras_head(pooling, classes)
    for weight in model.weights:
        weight.assign(np.random.default_rng(7).normal(0.3, 1, weight.shape))
    head = read_head(model, model.layers[0].name)
    # Zeros as after a ReLU: the maximum of a map is then shared by several places.
    maps = np.maximum(np.random.default_rng(5).normal(-0.5, 1, (2, 4, 5, 6)), 0).astype(np.float32)
    whole = np.asarray(model(maps))
    np.testing.assert_allclose(head.probabilities(maps)[:, -classes:], whole, atol=1e-6)
    for index in range(max(2, classes)):
        with tf.GradientTape() as tape:
            inputs = tf.constant(maps)
            tape.watch(inputs)
            score = scores(inputs)
            target = score[:, index] if classes > 1 else score[:, 0] * (1 if index else -1)
        expected = tape.gradient(target, inputs)
        np.testing.assert_allclose(head.score_gradient(maps, index), expected, atol=1e-5)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_of_every_activation_equal_those_of_tensorflow(activation):
    # Also of softmax: it lies in the middle where a head stands on the answers of another classifier.
    random = np.random.default_rng(2)
    kernel, values, gradient = (random.normal(0, 2, shape).astype(np.float32) for shape in ((4, 5), (3, 4), (3, 5)))
    with tf.GradientTape() as tape:
        inputs = tf.constant(values)
        tape.watch(inputs)
        target = tf.reduce_sum(keras.activations.get(activation)(inputs @ kernel) * gradient)
    found = DenseLayer(kernel, np.zeros(5, np.float32), activation).backward(gradient, values)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, tape.gradient(target, inputs), atol=1e-5)


def test_grad_cam_equals_an_independent_one_with_tensorflow(network):
    row = catalog.find(NAME)
    model = build(row, weights="imagenet")
    logits = model.get_layer("conv_preds").output  # the scores before the softmax
    both = keras.Model(model.input, [model.get_layer(row.last_feature_layer).output, logits])
    square = see(network.card, photo(4))
    for guess in classify(network, [photo(4)], top=2)[0].guesses:
        with tf.GradientTape() as tape:
            maps, score = both(preprocess(square[None], "tf"), training=False)
            tape.watch(maps)
            score = keras.layers.GlobalAveragePooling2D(keepdims=True)(maps)
            for layer in model.layers[[layer.name for layer in model.layers].index(row.last_feature_layer) + 2 :]:
                score = layer(score, training=False)
                if layer.name == "conv_preds":
                    break
            target = tf.reshape(score, (-1,))[guess.index]
        weights = tf.reduce_mean(tape.gradient(target, maps), axis=(1, 2))
        expected = np.maximum(np.asarray(maps)[0] @ np.asarray(weights)[0], 0)
        found = class_activation(network, square, guess.index)
        np.testing.assert_allclose(found, expected, atol=1e-4 * max(1.0, expected.max()))


def test_occlusion_finds_the_only_place_that_matters(network, monkeypatch):
    def bright_corner(prepared, squares):
        return squares[:, :20, :20].mean(axis=(1, 2, 3), keepdims=True).astype(np.float32)[:, :, :, 0]

    kernel = np.array([[-0.05, 0.05]], np.float32)
    head = Head("flatten", (DenseLayer(kernel, np.array([6, -6], np.float32), "softmax"),))
    monkeypatch.setattr("tlcore.inference.attention.features_of", lambda p, s: bright_corner(p, s)[:, 0])
    square = np.full((128, 128, 3), 255, np.uint8)
    losses = occlusion(replace(network, head=head), square, 1)
    top, left = np.unravel_index(losses.argmax(), losses.shape)
    assert top < 20
    assert left < 20
    assert abs(losses[-1, -1]) < 1e-6
    heat = enlarge(losses, 64)
    assert heat.shape == (64, 64)
    assert heat.max() == pytest.approx(1)


def test_feature_maps_are_those_of_keras(network):
    model = build(catalog.find(NAME), weights="imagenet")
    square = see(network.card, photo(2))
    layers = {layer.name: layer for layer in layers_with_maps(network)}
    assert {"conv1_relu", "conv_pw_6_relu", "conv_pw_13_relu"} <= set(layers)
    assert set(layers) <= {layer.name for layer in model.layers}
    for name in ("conv1_relu", "conv_dw_3_relu", "conv_pw_13_relu"):
        maps = feature_maps(network, square, layers[name])
        part = keras.Model(model.input, model.get_layer(name).output)
        expected = np.asarray(part(preprocess(square[None], "tf"), training=False))[0]
        np.testing.assert_allclose(maps, expected, atol=1e-4)


def test_maps_begin_where_shapes_can_be_made_out(network):
    square = see(network.card, photo(2))
    layers = layers_with_maps(network)
    layer = telling_layer(network, square, layers)
    assert layer.height == network.card.input_size // 4
    maps = np.zeros((9, 9, 4), np.float32)
    maps[..., 1] = 5  # strong, and everywhere the same
    maps[0, :, 2] = 9  # at the border alone
    maps[4, 4, 3] = 1
    assert telling_channels(maps, 1) == [3]


def test_similar_features_lie_close_together():
    random = np.random.default_rng(0)
    centers = np.repeat(random.normal(size=(3, 40)), 4, axis=0)
    features = (centers + 0.1 * random.normal(size=centers.shape)).astype(np.float32)
    assert {index for index, _ in nearest(features, 5, 3)} == {4, 6, 7}
    points = plane(features).reshape(3, 4, 2)
    spread = np.linalg.norm(points - points.mean(axis=1, keepdims=True), axis=2).max()
    apart = min(np.linalg.norm(points[a].mean(0) - points[b].mean(0)) for a, b in ((0, 1), (0, 2), (1, 2)))
    assert apart > 3 * spread


def test_a_head_survives_its_file(tmp_path):
    layer = DenseLayer(np.ones((3, 2), np.float32), np.zeros(2, np.float32), "softmax")
    normalization = Normalization(np.full(3, 2, np.float32), np.ones(3, np.float32), 1e-6)
    head = Head("average", (normalization, UnitLength(), layer))
    head.save(tmp_path / "head.npz")
    features = np.random.default_rng(0).normal(size=(2, 4, 4, 3)).astype(np.float32)
    again = load_head(tmp_path / "head.npz").probabilities(features)
    np.testing.assert_array_equal(again, head.probabilities(features))
    # What scales the outputs of the last dense layer leaves their number.
    assert head.units == Head("average", (layer, UnitLength())).units == 2
