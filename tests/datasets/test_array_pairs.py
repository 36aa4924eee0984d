"""Images and their labels find one another by shape; names only decide where several fit, or the user does."""

import numpy as np
import pytest

from tlcore.datasets.importer import import_dataset
from tlcore.errors import DatasetError

RANDOM = np.random.default_rng(0)
IMAGES = np.kron(RANDOM.integers(0, 256, (12, 4, 4, 3)), np.ones((1, 4, 4, 1))).astype(np.uint8)
LABELS = np.arange(12) % 3


def load(tmp_path, arrays, **options):
    np.savez(tmp_path / "set.npz", **arrays)
    return import_dataset("arrays", {"path": tmp_path / "set.npz", **options})


@pytest.mark.parametrize("names", [
    ("X_train", "y_train"), ("arr_0", "arr_1"), ("image", "label"), ("features", "targets"), ("Bilder", "Klassen"),
    ("y", "x"),
])  # fmt: skip
@pytest.mark.parametrize("turned", [False, True])
def test_any_names_will_do(tmp_path, names, turned):
    arrays = dict(zip(names, (IMAGES, LABELS), strict=True))
    dataset = load(tmp_path, dict(reversed(arrays.items())) if turned else arrays)
    assert dataset.labels.tolist() == LABELS.tolist() and dataset.names[3] == f"{names[0]}/000003"
    assert np.array_equal(dataset.image(11), IMAGES[11])


@pytest.mark.parametrize("names", [
    ("x_test", "y_test", "x_train", "y_train"), ("testX", "testY", "trainX", "trainY"),
    ("Xtest", "ytest", "Xtrain", "ytrain"), ("test_images", "test_labels", "images", "labels"),
    ("test/features", "test/targets", "training/features", "training/targets"),
])  # fmt: skip
@pytest.mark.parametrize("test_count", [6, 4])
def test_parts_are_told_by_their_names_and_training_comes_first(tmp_path, names, test_count):
    rest = 12 - test_count
    values = (IMAGES[rest:], LABELS[rest:], IMAGES[:rest], LABELS[:rest])  # of equal length, or not
    dataset = load(tmp_path, dict(zip(names, values, strict=True)))
    assert dataset.given_parts() == {"train": rest, "test": test_count}
    assert dataset.labels.tolist() == LABELS.tolist() and np.array_equal(dataset.image(rest), IMAGES[rest])


def test_what_cannot_be_labels_is_passed_over(tmp_path):
    arrays = {
        "images": IMAGES, "labels": LABELS, "labels_one_hot": np.eye(3)[LABELS], "ids": np.arange(12),
        "files": np.array([f"{number}.png" for number in range(12)]), "weights": np.linspace(0, 1, 12) / 3,
        "boxes": RANDOM.random((12, 4)), "points": RANDOM.random((12, 68, 2)), "version": np.array(3), "none": [],
    }  # fmt: skip
    dataset = load(tmp_path, arrays)
    assert dataset.labels.tolist() == LABELS.tolist() and len(dataset) == 12


def test_class_names_beside_numbers(tmp_path):
    names = np.array(["hat", "cube", "card"])
    dataset = load(tmp_path, {"x": IMAGES, "y": LABELS, "label_names": names})
    assert dataset.counts() == {"hat": 4, "cube": 4, "card": 4} and dataset.labels.tolist() == LABELS.tolist()
    assert dataset.report.notes == ("Class names were read from label_names.",)
    coarse = {"coarse_names": np.array(["thing", "toy"]), "coarse": LABELS // 2}
    both = {"x": IMAGES, "fine": LABELS, "fine_names": names, **coarse}
    assert load(tmp_path, both, labels_array="fine").classes == ("hat", "cube", "card")
    assert load(tmp_path, both, labels_array="coarse").classes == ("thing", "toy")
    assert load(tmp_path, both, labels_array="fine", classes="a,b,c").classes == ("a", "b", "c")


@pytest.mark.parametrize(("arrays", "said", "options"), [
    ({"data": IMAGES, "fine": LABELS, "coarse": LABELS // 2}, "labels of data, but got 2: coarse, fine",
     {"labels_array": "fine"}),
    ({"photos": IMAGES, "masks": IMAGES[..., 0] > 99, "y": LABELS}, "images, but got 2: masks, photos",
     {"images_array": "photos"}),
    ({"cars": IMAGES[:6], "cars_y": LABELS[:6], "pets": IMAGES[6:], "pets_y": LABELS[6:]}, "images, but got 2: cars",
     {"images_array": "cars, pets"}),
])  # fmt: skip
def test_several_readings_are_named_and_the_user_decides(tmp_path, arrays, said, options):
    with pytest.raises(DatasetError, match=said) as caught:
        load(tmp_path, arrays)
    assert next(iter(options)) in str(caught.value)
    dataset = load(tmp_path, arrays, **options)
    assert dataset.labels.tolist() == LABELS.tolist() and np.array_equal(dataset.image(11), IMAGES[11])


@pytest.mark.parametrize(("arrays", "options", "said"), [
    ({"a": IMAGES, "b": LABELS[:5]}, {}, r"a \(12 x 16 x 16 x 3, uint8\), b \(5, int64\)"),
    ({"a": IMAGES, "b": LABELS}, {"images_array": "c"}, "images_array, but got c, but there is: a"),
    ({"a": IMAGES, "b": LABELS + 0.5}, {}, "not whole numbers for a"),
    ({"a": LABELS}, {}, "an array of images, and one of as many labels"),
])  # fmt: skip
def test_what_does_not_pair_is_listed_with_its_shapes(tmp_path, arrays, options, said):
    with pytest.raises(DatasetError, match=said):
        load(tmp_path, arrays, **options)
