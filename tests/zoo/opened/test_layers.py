"""What a file says of its layers is what Keras says of the network: parameters, shapes and work, feature by feature."""

import json
import zipfile

import keras
import pytest
from keras import layers

from tests.zoo.opened.counting import multiply_adds
from tests.zoo.opened.networks import PICTURES, SEQUENCES, chain, operations, shared_layer, siamese
from tlcore.zoo.layers.graph import graph_of
from tlcore.zoo.layers.stages import blocks_of, stages_of
from tlcore.zoo.opened.network import open_network


def opened(model, folder, suffix=".keras"):
    path = folder / f"mine{suffix}"
    model.save(path)
    return open_network(path, path.name)


def trainable(model):
    return sum(int(keras.ops.size(weight)) for weight in model.trainable_weights)


def assert_same(table, model):
    assert (table.parameters, table.trainable) == (model.count_params(), trainable(model))
    assert [row.output_shape for row in table.outputs] == [tensor.shape[1:] for tensor in model.outputs]
    assert [row.output_shape for row in table.inputs] == [tensor.shape[1:] for tensor in model.inputs]
    assert not any(row.unknown for row in table.rows) and not table.notes


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_pictures(tmp_path, name, suffix):
    model = PICTURES[name]()
    table = opened(model, tmp_path, suffix)
    assert_same(table, model)
    assert table.multiply_adds == multiply_adds(model)


@pytest.mark.parametrize("name", SEQUENCES)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_sequences(tmp_path, name, suffix):
    build, work = SEQUENCES[name]
    model = build()
    table = opened(model, tmp_path, suffix)
    assert_same(table, model)
    assert table.multiply_adds == work


@pytest.mark.parametrize("name", [*PICTURES, *SEQUENCES])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_without_weights_the_layers_tell_the_same_parameters(tmp_path, name):
    build = PICTURES[name] if name in PICTURES else SEQUENCES[name][0]
    model = build()
    table = opened(model, tmp_path)
    described = {"class_name": type(model).__name__, "config": keras.saving.serialize_keras_object(model)["config"]}
    path = tmp_path / "bare.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(described))
    bare = open_network(path, path.name)
    if name == "products":  # only a file tells what an Einstein sum holds
        assert not bare.is_complete("parameters")
        return
    assert [row.parameters for row in bare.rows] == [row.parameters for row in table.rows]
    assert bare.trainable == trainable(model) and "worked out from the layers" in bare.notes[-1]


def test_a_layer_that_is_called_twice_works_twice_and_holds_its_parameters_once(tmp_path):
    table = opened(shared_layer(), tmp_path)
    first, second = table.row("eye"), table.row("eye, call 2")
    assert (first.parameters, second.parameters) == (112, 0)
    assert first.multiply_adds == second.multiply_adds == 36 * 27 * 4
    assert (first.connected_to, second.connected_to) == (("left",), ("right",))


def test_a_network_that_is_called_twice_is_two_blocks(tmp_path):
    model = siamese()
    name = next(layer.name for layer in model.layers if isinstance(layer, keras.Sequential))
    blocks = [row.block for row in opened(model, tmp_path).rows if row.type == "Conv2D"]
    assert blocks == [f"{name}, stride 1", f"{name}, call 2, stride 1"]


def test_networks_inside_are_unfolded_into_the_rows_that_they_have_alone(tmp_path):
    inner = chain(keras.Input((8, 8, 3)), layers.Conv2D(4, 3, name="eye"), layers.ReLU(name="bend"))
    model = chain(keras.Input((8, 8, 3)), inner, layers.Flatten(), layers.Dense(2, name="answer"))
    rows = opened(model, tmp_path).rows
    assert [row.type for row in rows] == ["InputLayer", "Conv2D", "ReLU", "Flatten", "Dense"]
    assert [row.connected_to for row in rows[1:]] == [(row.name,) for row in rows[:-1]]
    assert rows[1].block == f"{inner.name}, stride 1" and rows[-1].block == "classifier"


def test_a_network_that_goes_on_after_one_inside_it_is_drawn_in_parts(tmp_path):
    given = keras.Input((8, 8, 3))
    augmented = keras.Sequential([keras.Input((8, 8, 3)), layers.RandomFlip()], name="augment")(given)
    model = keras.Model(given, layers.Dense(2)(layers.Flatten()(layers.Conv2D(4, 3)(augmented / 255.0))))
    table = opened(model, tmp_path)
    blocks = [block.name for block in blocks_of(table)]
    assert blocks == [
        "stride 1",
        "augment, stride 1",
        "stride 1, part 2",
        "classifier",
    ]
    graph = graph_of(table, {f"stage:{stage.name}" for stage in stages_of(table)})
    assert sorted(node.level for node in graph.nodes) == list(range(len(graph.nodes)))


def test_two_networks_with_layers_of_the_same_name(tmp_path):
    def tower(name):
        return keras.Sequential([keras.Input((4,)), layers.Dense(3, name="unit")], name=name)

    given = keras.Input((4,))
    model = keras.Model(given, layers.Add()([tower("a")(given), tower("b")(given)]))
    for suffix in (".keras", ".h5"):
        table = opened(model, tmp_path, suffix)
        assert {"unit", "b/unit"} <= {row.name for row in table.rows} and table.parameters == model.count_params()


def test_channels_first_are_shown_last_and_counted_right(tmp_path):
    model = chain(
        keras.Input((3, 9, 9)),
        layers.Conv2D(4, 3, strides=2, data_format="channels_first"),
        layers.BatchNormalization(axis=1),
        layers.MaxPooling2D(2, data_format="channels_first"),
        layers.GlobalAveragePooling2D(data_format="channels_first", keepdims=True),
        layers.Flatten(),
        layers.Dense(2),
    )
    table = opened(model, tmp_path)
    assert (table.parameters, table.trainable) == (model.count_params(), trainable(model))
    assert [row.output_shape for row in table.rows[:4]] == [(9, 9, 3), (4, 4, 4), (4, 4, 4), (2, 2, 4)]
    assert table.multiply_adds == 16 * 27 * 4 + 8 and "channels first" in table.notes[0]


def test_the_optimizer_and_random_states_are_not_counted(tmp_path):
    model = chain(keras.Input((8, 8, 3)), layers.RandomFlip(), layers.Flatten(), layers.Dropout(0.5), layers.Dense(2))
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(keras.ops.ones((2, 8, 8, 3)), keras.ops.ones((2, 2)), verbose=0)
    for suffix in (".keras", ".h5"):
        assert opened(model, tmp_path, suffix).parameters == 8 * 8 * 3 * 2 + 2


def test_operations_are_called_what_they_do(tmp_path):
    kinds = [row.type for row in opened(operations(), tmp_path).rows]
    assert kinds == [
        "InputLayer", "TrueDivide", "Subtract", "Conv2D", "Relu", "Multiply", "Add", "GetItem", "Mean", "Concatenate",
        "Dense",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["VGG16", "ResNet50", "ResNet50V2", "DenseNet121", "InceptionV3", "Xception", "MobileNet", "MobileNetV2",
     "MobileNetV3Small", "EfficientNetB0", "EfficientNetV2B0", "NASNetMobile", "ConvNeXtTiny"],
)  # fmt: skip
@pytest.mark.slow
def test_families_of_keras_applications(tmp_path, name):
    size = {"InceptionV3": 75, "Xception": 71, "NASNetMobile": 224}.get(name, 64)
    model = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classes=7)
    work = multiply_adds(model)
    for suffix in (".keras", ".h5"):
        table = opened(model, tmp_path, suffix)
        assert (table.parameters, table.trainable) == (model.count_params(), trainable(model))
        assert table.outputs[0].output_shape == (7,) and table.multiply_adds == work
