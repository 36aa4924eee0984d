"""Weights: the published ones load, files are checked before they are loaded, a wrong one says what differs."""

import numpy as np
import pytest

from tlcore.errors import InputError, MissingError
from tlcore.zoo.build import build
from tlcore.zoo.catalog import find


@pytest.fixture
def lenet():
    return build(find("LeNet5"))


@pytest.mark.parametrize("suffix", [".h5", ".weights.h5"])
def test_own_weights_come_back(tmp_path, lenet, suffix):
    path = tmp_path / f"lenet{suffix}"
    lenet.save_weights(path) if suffix == ".weights.h5" else lenet.save(path)
    again = build(find("LeNet5"), weights=path)
    for before, after in zip(lenet.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_weights_for_another_number_of_classes_are_refused(tmp_path, lenet):
    path = tmp_path / "lenet.weights.h5"
    lenet.save_weights(path)
    with pytest.raises(InputError, match=r"10 and 84x10 instead of 7 and 84x7"):
        build(find("LeNet5"), classes=7, weights=path)


def test_what_is_no_weights_file_is_refused(tmp_path):
    path = tmp_path / "weights.h5"
    path.write_bytes(b"not a weights file")
    with pytest.raises(InputError, match="cannot be read as one"):
        build(find("LeNet5"), weights=path)
    with pytest.raises(MissingError):
        build(find("LeNet5"), weights=tmp_path / "absent.h5")


def test_too_small_an_input_says_why():
    with pytest.raises(InputError, match=r"at least 75 x 75.*nothing would be left"):
        build(find("InceptionV3"), input_size=64)


def test_missing_imagenet_weights_are_reported_when_offline():
    with pytest.raises(MissingError, match="mobilenet_v2"):
        build(find("MobileNetV2"), weights="imagenet")


@pytest.mark.parametrize(
    ("name", "size", "include_top"),
    [("MobileNet025", None, True), ("MobileNet025", None, False), ("MobileNetV2", 160, False)],
)
def test_published_weights_load(monkeypatch, shared, name, size, include_top):
    monkeypatch.setenv("KERAS_HOME", str(shared / "keras_home"))
    random = build(find(name), input_size=size, include_top=include_top)
    model = build(find(name), input_size=size, include_top=include_top, weights="imagenet")
    assert model.count_params() == random.count_params()
    assert not np.array_equal(random.get_weights()[0], model.get_weights()[0])
