"""A LiteRT file gives the rows of the network that it was converted from, and its own weights."""

import ai_edge_litert.schema_py_generated as schema
import flatbuffers
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.zoo.opened.counting import multiply_adds
from tests.zoo.opened.networks import chain
from tlcore.errors import InputError
from tlcore.inference.networks.lite_file import lite_file
from tlcore.zoo.build import build
from tlcore.zoo.catalog import find
from tlcore.zoo.opened.network import open_network
from tlcore.zoo.weights.package import read_package_weights


def network():
    return chain(
        keras.Input((16, 16, 3), name="picture"),
        layers.Conv2D(4, 3, strides=2, padding="same", activation="relu", name="eye"),
        layers.DepthwiseConv2D(3, activation="relu", name="filter"),
        layers.MaxPooling2D(2, name="pool"),
        layers.Conv2DTranspose(5, 3, strides=2, padding="same", use_bias=False, name="grow"),
        layers.Flatten(name="flat"),
        layers.Dense(3, name="answer"),
    )


def converted(model, optimizations=()):
    chance = np.random.default_rng(0)
    for weight in model.weights:  # equal tensors would be stored once
        weight.assign(chance.random(weight.shape))
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = list(optimizations)
    return converter.convert()


def test_layers_shapes_parameters_and_work():
    model = network()
    table = open_network(converted(model), "mine.tflite")
    kinds = [row.type for row in table.rows if row.parameters]
    assert kinds == ["Conv2D", "DepthwiseConv2D", "Conv2DTranspose", "Dense"]
    assert table.multiply_adds == multiply_adds(model) and table.depth == 4
    assert table.inputs[0].output_shape == (16, 16, 3) and table.outputs[0].output_shape == (3,)
    eye = next(row for row in table.rows if row.type == "Conv2D")
    assert (eye.output_shape, eye.stride, eye.receptive_field) == ((8, 8, 4), 2, 3)
    assert eye.detail == "3×3, stride 2, padded, relu"
    assert table.parameters == model.count_params()


def test_quantized_weights_are_said_to_be_so():
    model = chain(keras.Input((64,)), layers.Dense(64, activation="relu"), layers.Dense(40))
    table = open_network(converted(model, [tf.lite.Optimize.DEFAULT]), "mine.tflite")
    assert "int8" in " ".join(table.notes) and any("int8 weights" in row.detail for row in table.rows)
    assert table.parameters == model.count_params()


def test_what_this_project_writes():
    architecture = find("EfficientNetLite0")
    data = lite_file(architecture, read_package_weights(architecture), 96, architecture.last_feature_layer)
    table = open_network(data, "prepared.tflite")
    model = build(architecture, input_size=96, include_top=False)
    backbone = keras.Model(model.input, model.get_layer(architecture.last_feature_layer).output)
    assert table.multiply_adds == multiply_adds(backbone)
    convolutions = sum(layer.count_params() for layer in backbone.layers if "conv" in type(layer).__name__.lower())
    biases = sum(layer.gamma.shape[0] for layer in backbone.layers if isinstance(layer, layers.BatchNormalization))
    assert table.parameters == convolutions + biases  # each normalization is folded into a bias
    assert table.outputs[0].output_shape == backbone.output.shape[1:]


def test_recurrent_operators_stay_closed():
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(converted(network()), 0))
    model.operatorCodes[0].builtinCode = schema.BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    table = open_network(bytes(builder.Output()), "mine.tflite")
    assert any(row.is_closed for row in table.rows) and not table.is_complete("multiply_adds")


@pytest.mark.parametrize("damage", ["cut", "far"])
def test_a_damaged_file_is_a_sentence(damage):
    data = converted(network())
    data = data[: len(data) // 2] if damage == "cut" else b"\xff\xff\xff\x7f" + data[4:]
    with pytest.raises(InputError, match="cannot be followed"):
        open_network(data, "mine.tflite")
