"""Files that are no usable network get one true sentence, and no program in them ever runs."""

import json
import zipfile

import h5py
import keras
import numpy as np
import pytest

from tests.inference.own.tiny import SIDE, block, change_description, classifier, prepared_from, randomized
from tlcore.errors import InputError
from tlcore.inference.own.given import gather
from tlcore.inference.own.labels import read_labels
from tlcore.inference.own.network import look
from tlcore.settings import settings


def said(*paths) -> str:
    with pytest.raises(InputError) as caught:
        look(gather(list(paths)))
    return str(caught.value)


@pytest.mark.parametrize("ending", [".h5", ".keras"])
def test_the_program_in_a_lambda_layer_never_runs(tmp_path, ending):
    marker = tmp_path / "it ran"
    place = str(marker)
    evil = keras.layers.Lambda(lambda maps: (__import__("pathlib").Path(place).touch(), maps)[1], name="evil")
    model = classifier(evil)
    assert marker.exists(), "building it runs the program, as loading would"
    model.save(tmp_path / f"mine{ending}")
    marker.unlink()
    assert "layer evil is a Lambda layer" in said(tmp_path / f"mine{ending}")
    assert not marker.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"class_name": "Popen", "module": "subprocess", "config": {"args": ["touch", "MARKER"]}}, "class of its own"),
        ({"class_name": "Conv2D", "module": "os"}, "class of its own"),
        ({"class_name": "Conv2D", "module": "kerasevil.layers"}, "class of its own"),
        ({"class_name": "Conv2D", "registered_name": "package>Conv2D"}, "class of its own"),
        ({"class_name": "__import__('os').system('touch MARKER')"}, "cannot be rebuilt"),
        ({"class_name": "TFSMLayer", "config": {"name": "x", "filepath": "MARKER"}}, "cannot be rebuilt"),
        ({"class_name": "TorchModuleWrapper", "config": {"name": "x", "module": "MARKER"}}, "cannot be rebuilt"),
        ({"class_name": "LSTM", "config": {"name": "memory", "units": 3}}, "layer memory is of type LSTM"),
    ],
)
def test_classes_are_never_imported_by_their_names(tmp_path, change, words):
    classifier(keras.layers.Conv2D(3, 3)).save(tmp_path / "mine.h5")
    marker = tmp_path / "marker"
    change = json.loads(json.dumps(change).replace("MARKER", str(marker)))

    def put(described):
        described["config"]["layers"][1] |= change
        return described

    change_description(tmp_path / "mine.h5", put)
    assert words in said(tmp_path / "mine.h5")
    assert not marker.exists()


@pytest.mark.parametrize(
    "activation",
    [
        "eval",
        {"module": "builtins", "class_name": "function", "config": "exec"},
        {"class_name": "Lambda", "config": {"function": ["4wEAAAA=", None, None]}},
        {"module": "os", "class_name": "system", "config": {"command": "true"}},
    ],
)
def test_activations_are_names_from_a_list(tmp_path, activation):
    classifier(keras.layers.Conv2D(3, 3)).save(tmp_path / "mine.h5")

    def put(described):
        described["config"]["layers"][1]["config"]["activation"] = activation
        return described

    change_description(tmp_path / "mine.h5", put)
    assert "activation" in said(tmp_path / "mine.h5")


def test_what_is_no_classifier_of_pictures_is_named(tmp_path):
    picture = keras.Input((SIDE, SIDE, 3))
    maps = block("part")(picture)
    keras.Model(picture, [keras.layers.Flatten()(maps), maps]).save(tmp_path / "two.keras")
    assert "with one output" in said(tmp_path / "two.keras")
    keras.Sequential([keras.Input((19,)), keras.layers.Dense(2, "softmax")]).save(tmp_path / "table.h5")
    assert "takes pictures" in said(tmp_path / "table.h5")
    keras.Sequential([keras.Input((8, 12, 3)), keras.layers.Flatten()]).save(tmp_path / "wide.h5")
    assert "8 x 12" in said(tmp_path / "wide.h5")
    randomized(block("part")).save(tmp_path / "features.h5")
    with pytest.raises(InputError, match="one number for each class"):
        prepared_from(tmp_path / "features.h5", is_scores=True)


def test_other_files_are_called_what_they_are(tmp_path):
    (tmp_path / "net.pth").write_bytes(b"PK\3\4")
    assert "ONNX" in said(tmp_path / "net.pth")
    (tmp_path / "lfs.h5").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    assert "git lfs pull" in said(tmp_path / "lfs.h5")
    classifier(block("part")).save_weights(tmp_path / "only.weights.h5")
    assert "weights only" in said(tmp_path / "only.weights.h5")
    (tmp_path / "broken.tflite").write_bytes(b"\x1c\0\0\0TFL3" + bytes(200))
    assert "broken.tflite" in said(tmp_path / "broken.tflite")
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("a/cat.jpg", b"")
    assert "one network" in said(tmp_path / "photos.zip")
    assert "does not exist" in said(tmp_path / "nothing.h5")


def test_weights_that_do_not_fit_are_refused_and_leave_nothing(tmp_path):
    classifier(keras.layers.Conv2D(4, 3, name="conv")).save(tmp_path / "mine.h5")
    with h5py.File(tmp_path / "mine.h5", "r+") as file:
        group = file["model_weights/conv"]
        name = group.attrs["weight_names"][0]
        del group[name]
        group[name] = np.zeros((3, 3, 4, 3), np.float32)
    with pytest.raises(InputError, match="layer conv has kernel of shape"):
        prepared_from(tmp_path / "mine.h5")
    assert not list((settings().home / "prepared").glob("*"))


def test_too_few_names_are_told_how_many_there_must_be(tmp_path):
    classifier(block("part")).save(tmp_path / "mine.h5")
    (tmp_path / "labels.txt").write_text("0 cat\n1 dog\n")
    with pytest.raises(InputError, match="3 class names"):
        prepared_from(tmp_path / "mine.h5", tmp_path / "labels.txt")


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("0 black cat\r\n1 dog\r\n", ("black cat", "dog")),
        ("\ufeff0: cat\n1: dog", ("cat", "dog")),
        ("3 apples\n1 pear\n", ("3 apples", "1 pear")),
        ("7 cat", ("7 cat",)),
        ('{"dog": 1, "cat": 0}', ("cat", "dog")),
        ('{"1": "dog", "0": "cat"}', ("cat", "dog")),
        ('["cat", "dog"]', ("cat", "dog")),
        ("Ä\n\nÖ\n", ("Ä", "Ö")),
    ],
)
def test_class_names_are_read_as_people_write_them(content, names):
    assert read_labels(content.encode(), "labels.txt") == names
    assert read_labels(content.removeprefix("\ufeff").encode("utf-16"), "labels.txt") == names


def test_a_letter_of_an_older_encoding_ends_no_line():
    assert len(read_labels("cat…\ndög".encode("cp1252"), "labels.txt")) == 2


@pytest.mark.parametrize("content", ['{"cat": 0, "dog": 5}', '{"cat": 0, "dog": 0}', '{"0": "cat", "2": "dog"}'])
def test_numbers_that_leave_an_output_without_a_name_are_refused(content):
    with pytest.raises(InputError, match="without gaps"):
        read_labels(content.encode(), "class_indices.json")
