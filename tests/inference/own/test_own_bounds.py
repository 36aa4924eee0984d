"""Descriptions that ask for more than a machine has, or than LiteRT can do, get a sentence before anything is built."""

import h5py
import numpy as np
import pytest
from keras import layers

from tests.inference.own.tiny import SIDE, change_description, classifier, prepared_from
from tlcore.errors import InputError

PICTURE = {"class_name": "InputLayer", "name": "in", "config": {"name": "in", "batch_shape": [None, SIDE, SIDE, 3]}}


def said_of(path, change) -> str:
    classifier(layers.Conv2D(4, 3, name="conv")).save(path)
    change_description(path, change)
    with pytest.raises(InputError) as caught:
        prepared_from(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"class_name": "Dense", "config": {"name": "x", "units": 10**9}}, "parameters"),
        ({"class_name": "Conv2D", "config": {"name": "x", "filters": 9, "kernel_size": [9999, 9999]}}, "gives nothing"),
        ({"class_name": "DepthwiseConv2D", "config": {"name": "x", "kernel_size": 9999, "padding": "same"}}, "paramet"),
        ({"class_name": "UpSampling2D", "config": {"name": "x", "size": [10**5, 10**5]}}, "numbers for a picture"),
        ({"class_name": "Resizing", "config": {"name": "x", "height": 10**6, "width": 10**6}}, "numbers for a picture"),
        ({"class_name": "Rescaling", "config": {"name": "x", "scale": "x", "offset": 0}}, "that LiteRT can run"),
    ],
    ids=lambda value: value["class_name"] if isinstance(value, dict) else "",
)
def test_sizes_are_bounded_before_there_is_room_for_them(tmp_path, row, words):
    def put(described):
        described["config"]["layers"].insert(1, row)
        return described

    assert words in said_of(tmp_path / "mine.h5", put)


def test_pictures_of_any_size_are_not_made(tmp_path):
    def put(described):
        described["config"]["layers"][0]["config"]["batch_shape"] = [None, 10**5, 10**5, 3]
        return described

    assert "4,000 pixels" in said_of(tmp_path / "mine.h5", put)


def test_networks_that_call_each_other_again_and_again_are_refused(tmp_path):
    network = {"class_name": "Softmax", "config": {"name": "shares"}}
    for depth in range(8):
        nodes = [[["in" if call == 0 else "part", max(call - 1, 0), 0, {}]] for call in range(8)]
        inner = network | {"name": "part", "inbound_nodes": nodes}
        ends = {"input_layers": [["in", 0, 0]], "output_layers": [["part", 7, 0]]}
        config = {"name": f"depth{depth}", "layers": [PICTURE | {"inbound_nodes": []}, inner], **ends}
        network = {"class_name": "Functional", "config": config}
    assert "5,000 steps" in said_of(tmp_path / "mine.h5", lambda _: network)


@pytest.mark.parametrize("kind", [np.complex64, h5py.string_dtype(), h5py.ref_dtype])
def test_weights_that_are_no_numbers_are_not_read(tmp_path, kind):
    classifier(layers.Conv2D(4, 3, name="conv")).save(tmp_path / "mine.h5")
    with h5py.File(tmp_path / "mine.h5", "r+") as file:
        group = file["model_weights/conv"]
        name = group.attrs["weight_names"][0]
        shape = group[name].shape
        del group[name]
        group.create_dataset(name, shape, dtype=kind)
    with pytest.raises(InputError, match="conv has kernel of type"):
        prepared_from(tmp_path / "mine.h5")


def test_what_litert_cannot_do_is_named(tmp_path):
    classifier(layers.Resizing(9, 9, interpolation="bicubic")).save(tmp_path / "mine.keras")
    with pytest.raises(InputError, match="which needs ResizeBicubic"):
        prepared_from(tmp_path / "mine.keras")


def test_layers_may_have_any_name(tmp_path):
    def put(described):
        described["config"]["layers"].insert(1, {"class_name": "ReLU", "config": {"name": "../Schicht 1 é\0"}})
        return described

    classifier(layers.Conv2D(4, 3)).save(tmp_path / "mine.h5")
    change_description(tmp_path / "mine.h5", put)
    assert prepared_from(tmp_path / "mine.h5").names
