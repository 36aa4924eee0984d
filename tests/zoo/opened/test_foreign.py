"""A file that is no network of Keras is called what it is, whatever its name."""

import io
import json
import pickle
import zipfile

import h5py
import numpy as np
import pytest
from PIL import Image

from tlcore.errors import InputError
from tlcore.zoo.build import build
from tlcore.zoo.catalog import find
from tlcore.zoo.opened.network import open_network


def zipped(**entries):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def hdf5(**arrays):
    file = io.BytesIO()
    with h5py.File(file, "w") as written:
        for name, array in arrays.items():
            written[name] = array
    return file.getvalue()


def photo(kind):
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, kind)
    return file.getvalue()


PYTORCH = zipped(**{"archive/data.pkl": b"\x80\x02}.", "archive/data/0": b"0"})
HEADER = json.dumps({"weight": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
FILES = {
    "resnet.pth": (PYTORCH, "a PyTorch file"),
    "resnet.h5": (PYTORCH, "a PyTorch file"),
    "old.pth": (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", "PyTorch file of the old kind"),
    "model.pkl": (pickle.dumps({"weights": [1]}), "a Python pickle"),
    "model.onnx": (b"\x08\x07\x12\x07pytorch", "an ONNX network"),
    "saved_model.pb": (b"\x08\x01\x12\x9a", "graph of a TensorFlow SavedModel"),
    "saved.zip": (zipped(**{"m/saved_model.pb": b"\x08", "m/variables/variables.index": b""}), "TensorFlow SavedModel"),
    "tfjs.zip": (zipped(**{"model.json": b"{}", "weights.bin": b"0", "metadata.json": b"{}"}), "TensorFlow.js"),
    "model.json": (b'{"format": "layers-model"}', "TensorFlow.js"),
    "model.safetensors": (len(HEADER).to_bytes(8, "little") + HEADER + b"0000", "safetensors"),
    "cat.keras": (photo("JPEG"), "a photo"),
    "cat.h5": (photo("WEBP"), "a photo"),
    "dogs.zip": (zipped(**{"dogs/1.jpg": photo("JPEG"), "cats/1.jpg": photo("JPEG")}), "a zip of photos"),
    "arrays.zip": (zipped(**{"x.npy": b"0"}), "a NumPy archive"),
    "notes.zip": (zipped(**{"notes.txt": b"0"}), "a zip of other files"),
    "data.h5": (hdf5(images=np.zeros((2, 3))), "data, such as arrays, and no network"),
    "lfs.h5": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "Git LFS"),
    "page.h5": (b"<!DOCTYPE html><html>", "a web page"),
    "empty.h5": (b"", "an empty file"),
    "noise.keras": (b"nothing", "another kind"),
    "half.keras": (zipped(**{"config.json": b"{}"})[:-30], "its end is missing"),
}


@pytest.mark.parametrize("name", FILES)
def test_each_is_called_what_it_is(name):
    data, what = FILES[name]
    with pytest.raises(InputError, match=what) as caught:
        open_network(data, name)
    assert name in str(caught.value) and len(str(caught.value)) < 300


@pytest.mark.parametrize("suffix", [".weights.h5", ".h5"])
def test_weights_without_a_network(tmp_path, suffix):
    path = tmp_path / f"mine{suffix}"
    build(find("LeNet5")).save_weights(tmp_path / "x.weights.h5")
    (tmp_path / "x.weights.h5").rename(path)
    with pytest.raises(InputError, match="weights only"):
        open_network(path, path.name)


def test_endings_do_not_matter_and_zips_are_looked_into(tmp_path):
    model = build(find("LeNet5"))
    model.save(tmp_path / "a.h5")
    model.save(tmp_path / "b.keras")
    older, newer = (tmp_path / "a.h5").read_bytes(), (tmp_path / "b.keras").read_bytes()
    teachable = zipped(**{"keras_model.h5": older, "labels.txt": b"0 cat\n1 dog\n"})
    for data, name in ((older, "a.keras"), (newer, "b.h5"), (teachable, "converted_keras.zip")):
        assert open_network(data, name).parameters == model.count_params()
    with pytest.raises(InputError, match="one network in it"):
        open_network(zipped(**{"a.h5": older, "b.keras": newer}), "two.zip")
