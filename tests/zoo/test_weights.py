"""Weights: the published ones load, files are checked before they are loaded, a wrong one says what differs."""

import os

import h5py
import numpy as np
import pytest

from tlcore import guard
from tlcore.errors import InputError, MissingError
from tlcore.guard import Task
from tlcore.zoo.build import build
from tlcore.zoo.catalog import find
from tlcore.zoo.weights.user_file import check_weights_file


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


@pytest.mark.parametrize("suffix", [".h5", ".weights.h5"])
@pytest.mark.parametrize("name", ["LeNet5", "MobileNet025"])
def test_a_file_that_differs_only_in_its_classifier_says_so(tmp_path, name, suffix):
    def saved(**options):
        path = tmp_path / f"mine{suffix}"
        model = build(find(name), input_size=32, **options)
        model.save_weights(path) if suffix == ".weights.h5" else model.save(path)
        return path

    with pytest.raises(InputError, match=r"a classifier of 2 classes instead of 1"):
        build(find(name), input_size=32, weights=saved(classes=2))
    with pytest.raises(InputError, match=r"without the classifier \(no_top\)"):
        build(find(name), input_size=32, weights=saved(include_top=False))
    with pytest.raises(InputError, match="with the classifier, which is not wanted"):
        build(find(name), input_size=32, include_top=False, weights=saved())


def test_weights_of_another_network_say_what_differs(tmp_path, lenet):
    path = tmp_path / "lenet.weights.h5"
    lenet.save_weights(path)
    with pytest.raises(InputError, match=r"layer .* (has|is missing|is not part)"):
        build(find("MobileNet025"), weights=path)


def test_weights_of_other_programs_are_called_what_they_are(tmp_path, lenet):
    for name, content in (("x.pth", b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."), ("x.h5", b"\x89PNG\r\n")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=r"weights file of Keras.*, a (PyTorch file|photo)"):
            check_weights_file(tmp_path / name, lenet)
    lenet.save(tmp_path / "x.keras")
    with pytest.raises(InputError, match="a whole network"):
        check_weights_file(tmp_path / "x.keras", lenet)


def test_what_is_no_weights_file_is_refused(tmp_path):
    path = tmp_path / "weights.h5"
    path.write_bytes(b"not a weights file")
    with pytest.raises(InputError, match="cannot be read as one"):
        build(find("LeNet5"), weights=path)
    with pytest.raises(MissingError):
        build(find("LeNet5"), weights=tmp_path / "absent.h5")


def external_link(file, folder):
    file["dense"] = h5py.ExternalLink(str(folder / "secret.h5"), "/secret")


def external_storage(file, folder):
    (folder / "secret.bin").write_bytes(bytes(400))
    file.create_dataset("dense", (100,), "f4", external=[(str(folder / "secret.bin"), 0, 400)])


def bomb(file, folder):
    file.create_dataset("dense", (20_000, 20_000), "f4", chunks=(1000, 1000), compression="gzip", fillvalue=1)


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (external_link, "refers to another place"),
        (external_storage, "refers to another file"),
        (bomb, "unpacks to more than 1,000,000,000 bytes"),
    ],
)
def test_what_reaches_beyond_the_file_is_refused_before_anything_is_loaded(tmp_path, lenet, write, reason):
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.attrs["layer_names"] = []
        write(file, tmp_path)
    with pytest.raises(InputError, match=reason):
        check_weights_file(tmp_path / "x.h5", lenet)


def test_a_weights_file_that_kills_its_reader_kills_no_worker(tmp_path, lenet, monkeypatch):
    (tmp_path / "killing.py").write_text("import ctypes\ndef read(path, name):\n    ctypes.string_at(0)\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setattr(guard, "TASKS", {"weights": Task("weights", "killing:read", 5.0)})
    monkeypatch.setattr(guard, "_children", guard._Children(1))
    path = tmp_path / "x.h5"
    path.write_bytes(b"1234")
    with pytest.raises(InputError, match=r"x\.h5, over which the program that reads it broke down"):
        check_weights_file(path, lenet)


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
