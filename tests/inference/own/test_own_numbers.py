"""What a rebuilt network answers is what Keras answers, or it is refused: never other numbers without a word."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from tests.inference.own.tiny import SIDE, batch, block, change_description, prepared_from, probabilities, randomized
from tlcore.errors import InputError
from tlcore.images.preprocess import preprocess
from tlcore.inference.own.network import own_facts


def classifying(part) -> keras.Model:
    picture = keras.Input((SIDE, SIDE, 3))
    numbers = layers.Flatten(name="flat")(part(picture))
    return randomized(keras.Model(picture, layers.Dense(3, "softmax", name="out")(numbers)))


def assert_same(path, model, mode="unit"):
    expected = np.asarray(model(preprocess(batch(), mode), training=False))
    np.testing.assert_allclose(probabilities(prepared_from(path, preprocessing=mode), batch()), expected, atol=1e-5)


@pytest.mark.parametrize(
    "part",
    [
        lambda x: ops.stack([x[..., 2], x[..., 1], x[..., 0]], axis=1),
        lambda x: layers.Softmax()(x[..., -1]),
        lambda x: layers.Resizing(6, 9, pad_to_aspect_ratio=True, fill_value=0.7)(x),
    ],
    ids=["a new axis", "one channel", "a frame"],
)
def test_axes_and_frames_are_those_of_the_file(tmp_path, part):
    model = classifying(part)
    model.save(tmp_path / "mine.keras")
    assert_same(tmp_path / "mine.keras", model)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (lambda x: ops.cast(ops.cast(x * 5, "int32"), "float32"), "makes numbers of type int32"),
        (lambda x: x[..., 1::-1], "takes a part of the numbers"),
        (lambda x: x[:, 0, :, 1], "takes a part of the numbers"),
        (lambda x: layers.Conv2D(SIDE, 1)(x) * np.arange(SIDE, dtype="float32")[:, None, None], "multiply"),
        (lambda x: x[:, :3] * np.arange(3, dtype="float32")[:, None, None], "takes a part of the numbers"),
        (lambda x: layers.Permute((3, 1, 2))(x) * np.arange(3, dtype="float32")[:, None, None], "multiply"),
    ],
)
def test_operations_that_would_become_others_are_refused(tmp_path, part, words):
    classifying(part).save(tmp_path / "mine.keras")
    with pytest.raises(InputError, match=words):
        prepared_from(tmp_path / "mine.keras")


@pytest.mark.parametrize(
    ("part", "mode"),
    [
        (lambda x: ops.cast(x, "float32"), "unit"),
        (lambda x: layers.Rescaling(0.1)(layers.Conv2D(3, 1)(x)), "unit"),
        (lambda x: layers.Conv2D(3, 1)(x) + x, "unit"),
        (lambda x: layers.Conv2D(3, 1)(ops.cast(x, "float32") / 127.5 - 1), "identity"),
        (lambda x: layers.Conv2D(3, 1)(layers.Rescaling(0.1)(layers.RandomFlip()(x))), "identity"),
    ],
    ids=["a cast", "maps scaled", "a sum of branches", "pixels divided", "pixels scaled"],
)
def test_only_what_scales_pixels_counts_as_scaling_them(tmp_path, part, mode):
    classifying(part).save(tmp_path / "mine.keras")
    assert own_facts(tmp_path / "mine.keras")["preprocessing"] == mode


def test_layers_that_leave_the_mean_are_refused(tmp_path):
    classifying(layers.LayerNormalization(center=False, name="norm")).save(tmp_path / "mine.h5")

    def put(described):
        described["config"]["layers"][1]["config"]["rms_scaling"] = True
        return described

    change_description(tmp_path / "mine.h5", put)
    with pytest.raises(InputError, match="leaves the mean"):
        prepared_from(tmp_path / "mine.h5")


def test_networks_inside_with_several_ends_are_refused(tmp_path):
    inner = keras.Input((SIDE, SIDE, 3))
    two = keras.Model(inner, [layers.Conv2D(3, 1)(inner), layers.Conv2D(3, 1)(inner)], name="two")
    classifying(lambda x: two(x)[1]).save(tmp_path / "mine.keras")
    with pytest.raises(InputError, match="network two inside has several"):
        prepared_from(tmp_path / "mine.keras")


def test_calls_of_a_shared_network_are_told_apart_as_keras_2_counts_them(tmp_path):
    part = block("part")

    def both(picture):
        scaled = layers.Rescaling(0.5, name="scaled")(picture)
        return layers.Concatenate(name="both")([part(picture), part(scaled)])

    model = classifying(both)
    model.save(tmp_path / "mine.h5")

    def age(described):
        rows = {row["name"]: row for row in described["config"]["layers"]}
        picture = described["config"]["input_layers"][0]
        rows["scaled"]["inbound_nodes"] = [[[picture, 0, 0, {}]]]
        rows["part"]["inbound_nodes"] = [[[picture, 0, 0, {}]], [["scaled", 0, 0, {}]]]
        rows["both"]["inbound_nodes"] = [[["part", 1, 0, {}], ["part", 2, 0, {}]]]
        rows["flat"]["inbound_nodes"] = [[["both", 0, 0, {}]]]
        rows["out"]["inbound_nodes"] = [[["flat", 0, 0, {}]]]
        return described

    change_description(tmp_path / "mine.h5", age)
    assert_same(tmp_path / "mine.h5", model)
