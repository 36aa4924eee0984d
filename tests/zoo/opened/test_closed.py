"""What nobody can tell from a file is said, and never a zero or a wrong total."""

import json
import zipfile

import h5py
import keras
import numpy as np
import pytest
from keras import layers

from tests.zoo.opened.networks import chain
from tlcore.errors import InputError
from tlcore.zoo.layers.summary import summary_text
from tlcore.zoo.layers.tables import LayerTable
from tlcore.zoo.opened.network import open_network


@keras.saving.register_keras_serializable("tests")
class Mixture(layers.Layer):
    """A layer that nobody but its author knows."""

    def build(self, shape):
        self.mixing = self.add_weight(shape=(shape[-1], 7), name="mixing")
        self.count = self.add_weight(shape=(3,), name="count", trainable=False)

    def call(self, values):
        return values @ self.mixing


@keras.saving.register_keras_serializable("tests")
class Program(keras.Model):
    """A network that is a program of its own."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.first, self.second = layers.Dense(4), chain(layers.Dense(3), layers.BatchNormalization())

    def call(self, values):
        return self.second(self.first(values))


def without_weights(path):
    with zipfile.ZipFile(path) as archive:
        config = archive.read("config.json")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", config)
    return path


def test_a_layer_of_the_authors_own(tmp_path):
    model = chain(keras.Input((5,)), Mixture(), layers.Dense(2))
    path = tmp_path / "mine.keras"
    model.save(path)
    table = open_network(path, path.name)
    assert table.parameters == model.count_params() and table.is_complete("parameters")
    assert not any(table.is_complete(measure) for measure in ("trainable", "multiply_adds", "depth"))
    bare = open_network(without_weights(path), path.name)
    assert not bare.is_complete("parameters")
    text = summary_text(bare)
    assert "Parameters: at least" in text and "for one image: at least" in text
    assert LayerTable.from_json(json.loads(json.dumps(bare.to_json()))) == bare


def test_a_lambda_is_taken_to_keep_the_shape_only_where_the_weights_after_it_fit(tmp_path):
    def saved(change, shape):
        path = tmp_path / "mine.h5"
        chain(
            keras.Input((10, 10, 3)),
            layers.Lambda(change, output_shape=shape),
            layers.Conv2D(4, 3),
            layers.Flatten(),
            layers.Dense(2),
        ).save(path)
        return open_network(path, path.name)

    kept = saved(lambda pixels: pixels / 2, (10, 10, 3))
    assert kept.multiply_adds == 64 * 27 * 4 + 256 * 2 and "keep the shape" in kept.notes[-1]
    assert not kept.is_complete("multiply_adds") and kept.is_complete("parameters")
    cropped = saved(lambda pixels: pixels[:, 2:, 2:], (8, 8, 3))
    assert cropped.multiply_adds == 0 and not cropped.is_complete("multiply_adds")
    assert cropped.parameters == 112 + 144 * 2 + 2 and cropped.rows[2].output_shape == ()
    assert "keep the shape" not in "".join(cropped.notes)


@pytest.mark.parametrize(
    "build",
    [
        lambda: layers.TimeDistributed(chain(keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Flatten())),
        lambda: layers.Bidirectional(layers.ConvLSTM2D(4, 3)),
    ],
)
def test_a_layer_around_one_that_is_not_known_stays_closed_and_its_parameters_count(tmp_path, build):
    path = tmp_path / "mine.keras"
    model = chain(keras.Input((5, 8, 8, 3)), build(), layers.Flatten(), layers.Dense(2))
    model.save(path)
    table = open_network(path, path.name)
    assert table.parameters == model.count_params() and table.is_complete("parameters")
    assert table.rows[1].is_closed and not table.is_complete("multiply_adds") and not table.is_complete("depth")


def test_a_network_that_is_a_program_shows_its_weights_by_group(tmp_path):
    model = Program()
    model(np.zeros((1, 5), np.float32))
    path = tmp_path / "mine.keras"
    model.save(path)
    table = open_network(path, path.name)
    assert table.parameters == model.count_params() and table.is_complete("parameters") and not table.is_connected
    assert {row.name: row.detail for row in table.rows}["first"] == "arrays of 5 × 4; 4"
    assert "Program is a class of its own" in table.notes[0]
    with pytest.raises(InputError, match="'Program' is not a Functional"):
        open_network(without_weights(path), path.name)


def test_weights_that_the_description_does_not_name_are_counted_and_shown(tmp_path):
    path = tmp_path / "mine.h5"
    chain(keras.Input((5,)), layers.Dense(2)).save(path)
    with h5py.File(path, "r+") as file:
        weights = file["model_weights"]
        weights.attrs["layer_names"] = [*weights.attrs["layer_names"], "lost"]
        group = weights.create_group("lost")
        group.attrs["weight_names"] = [b"lost/kernel:0"]
        group["lost/kernel:0"] = np.zeros((3, 4), np.float32)
    table = open_network(path, path.name)
    assert table.parameters == 12 + 12 and table.rows[-1].name == "weights of lost"


def test_inputs_of_any_size_are_said_to_be_assumed(tmp_path):
    path = tmp_path / "mine.keras"
    chain(keras.Input((None, None, 3)), layers.Conv2D(4, 3), layers.GlobalMaxPooling2D()).save(path)
    table = open_network(path, path.name)
    assert table.multiply_adds == 222 * 222 * 27 * 4 and "any size" in table.notes[0]


LIST_CONFIG = {
    "class_name": "Sequential",
    "config": [
        {
            "class_name": "Convolution2D",
            "config": {
                "name": "convolution2d_1",
                "batch_input_shape": [None, 8, 8, 3],
                "nb_filter": 4,
                "nb_row": 3,
                "nb_col": 3,
                "border_mode": "valid",
                "subsample": [2, 2],
                "dim_ordering": "tf",
                "bias": True,
            },
        },
        {"class_name": "Flatten", "config": {"name": "flatten_1"}},
        {"class_name": "Dense", "config": {"name": "dense_1", "output_dim": 2, "bias": True}},
    ],
}
TENSORFLOW_CONFIG = {
    "class_name": "Functional",
    "config": {
        "name": "model",
        "layers": [
            {
                "class_name": "InputLayer",
                "name": "picture",
                "config": {"name": "picture", "batch_input_shape": [None, 8, 8, 3]},
                "inbound_nodes": [],
            },
            {
                "class_name": "TFOpLambda",
                "name": "tf.math.truediv",
                "config": {"name": "tf.math.truediv", "function": "math.truediv"},
                "inbound_nodes": [["picture", 0, 0, {"y": 127.5, "name": None}]],
            },
            {
                "class_name": "TensorFlowOpLayer",
                "name": "Relu6",
                "config": {"name": "Relu6", "node_def": '{"name": "Relu6", "op": "Relu6"}', "constants": {}},
                "inbound_nodes": [[["tf.math.truediv", 0, 0, {}]]],
            },
            {
                "class_name": "TFOpLambda",
                "name": "tf.__operators__.add",
                "config": {"name": "tf.__operators__.add", "function": "__operators__.add"},
                "inbound_nodes": [["Relu6", 0, 0, {"y": ["picture", 0, 0]}]],
            },
            {
                "class_name": "SlicingOpLambda",
                "name": "tf.slice",
                "config": {"name": "tf.slice", "function": "__operators__.getitem"},
                "inbound_nodes": [["tf.__operators__.add", 0, 0, {"slice_spec": [0]}]],
            },
            {
                "class_name": "TFOpLambda",
                "name": "tf.signal.fft",
                "config": {"name": "tf.signal.fft", "function": "signal.fft"},
                "inbound_nodes": [["tf.slice", 0, 0, {}]],
            },
        ],
        "input_layers": [["picture", 0, 0]],
        "output_layers": [["tf.signal.fft", 0, 0]],
    },
}


def opened(config, path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(config))
    return open_network(path, path.name)


def test_the_list_of_keras_1(tmp_path):
    table = opened(LIST_CONFIG, tmp_path / "old.keras")
    assert [row.type for row in table.rows] == ["InputLayer", "Conv2D", "Flatten", "Dense"]
    assert table.rows[1].output_shape == (3, 3, 4) and table.parameters == 112 + 36 * 2 + 2
    assert table.multiply_adds == 9 * 27 * 4 + 36 * 2


def test_operations_of_tensorflow_and_the_tensors_in_their_arguments(tmp_path):
    table = opened(TENSORFLOW_CONFIG, tmp_path / "old.keras")
    assert [row.type for row in table.rows[1:]] == ["TrueDivide", "Relu6", "Add", "GetItem", "TFOpLambda"] or [
        row.type for row in table.rows[1:]
    ] == ["Divide", "Relu6", "Add", "GetItem", "TFOpLambda"]
    assert table.row("tf.__operators__.add").connected_to == ("Relu6", "picture")
    assert table.row("tf.__operators__.add").output_shape == (8, 8, 3)
    assert table.row("tf.slice").unknown and not table.row("tf.slice").is_closed
    assert table.rows[-1].is_closed and "signal.fft" in table.rows[-1].detail
    assert table.is_complete("parameters") and table.is_complete("depth") and not table.is_complete("multiply_adds")


def test_layers_that_feed_each_other_in_a_circle(tmp_path):
    config = json.loads(json.dumps(TENSORFLOW_CONFIG))
    config["config"]["layers"][1]["inbound_nodes"] = [["Relu6", 0, 0, {}]]
    with pytest.raises(InputError, match="does not come before"):
        opened(config, tmp_path / "circle.keras")
