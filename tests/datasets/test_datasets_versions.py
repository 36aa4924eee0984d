"""Digits, and new versions of a dataset."""

import numpy as np
import pytest

from tlcore.datasets.dataset import list_datasets, open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.splits import split
from tlcore.datasets.versions import relabel, remove_images
from tlcore.errors import DatasetError


def test_digits():
    dataset = import_dataset("digits", {})
    assert len(dataset) == 1797 and dataset.classes == tuple("0123456789")
    assert dataset.image(0).shape == (32, 32, 3)
    grouped = np.bincount(dataset.groups)
    assert (grouped > 1).sum() < 20
    assert len(split(dataset).test) == 269


@pytest.fixture
def pets(make_folder):
    return import_dataset("folder", {"path": make_folder({"cat": 6, "dog": 4, "owl": 2})})


def test_remove(pets):
    version = remove_images(pets, [0, 7, 10, 11])
    assert version.classes == ("cat", "dog") and version.counts() == {"cat": 5, "dog": 3}
    assert version.names == tuple(name for index, name in enumerate(pets.names) if index not in (0, 7, 10, 11))
    assert np.array_equal(version.image(6), pets.image(8)) and version.image_bytes(0) == pets.image_bytes(1)
    assert version.source["parent"] == pets.id and len(version.source["change"]["removed"]) == 4
    assert version.source["source"] == "folder" and len(version.sizes) == 8
    assert len(open_dataset(pets.id)) == 12 and len(list_datasets()) == 2
    assert remove_images(pets, [11, 10, 7, 0]).id == version.id


def test_relabel(pets):
    version = relabel(pets, {0: "dog", 1: "fox", 2: "fox"})
    assert version.counts() == {"cat": 3, "dog": 5, "owl": 2, "fox": 2}
    assert version.source["change"] == {
        "relabelled": {"cat/cat_0.jpg": "dog", "cat/cat_1.jpg": "fox", "cat/cat_2.jpg": "fox"}
    }
    assert version.id != pets.id and np.array_equal(version.image(0), pets.image(0))


def test_refused(pets):
    with pytest.raises(DatasetError, match="12"):
        remove_images(pets, [3, 12])
    with pytest.raises(DatasetError, match="images from 0"):
        relabel(pets, {-1: "cat"})
    with pytest.raises(DatasetError, match="only one readable image in owl"):
        remove_images(pets, [10])
    with pytest.raises(DatasetError, match="only the class cat"):
        remove_images(pets, range(6, 12))
    assert len(list_datasets()) == 1


def test_real_photos(shared):
    dataset = import_dataset("folder", {"path": shared / "data" / "cats_dogs"})
    assert dataset.counts() == {"cat": 500, "dog": 500}
    assert dataset.report.near_duplicates == (("dog/dog_0241.jpg", "dog/dog_0405.jpg"),)
    assert [len(part) for part in (split(dataset).train, split(dataset).validation, split(dataset).test)] == [
        700,
        150,
        150,
    ]
