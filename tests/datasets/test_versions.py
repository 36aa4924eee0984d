"""Digits, and new versions of a dataset."""

import numpy as np
import pytest

from tlcore.datasets.dataset import list_datasets, open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.jobs import make_version
from tlcore.datasets.overview import balance_text, change_sentence, class_rows, mixed_order, size_sentence
from tlcore.datasets.splits import split
from tlcore.datasets.versions import new_version
from tlcore.errors import DatasetError
from tlcore.jobs import SILENT, Monitor, Stopped


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
    version = new_version(pets, removed=[0, 7, 10, 11])
    assert version.classes == ("cat", "dog") and version.counts() == {"cat": 5, "dog": 3}
    assert version.names == tuple(name for index, name in enumerate(pets.names) if index not in (0, 7, 10, 11))
    assert np.array_equal(version.image(6), pets.image(8)) and version.image_bytes(0) == pets.image_bytes(1)
    assert version.source["parent"] == pets.id and len(version.source["change"]["removed"]) == 4
    assert version.source["source"] == "folder" and len(version.sizes) == 8
    assert len(open_dataset(pets.id)) == 12 and len(list_datasets()) == 2
    assert new_version(pets, removed=[11, 10, 7, 0]).id == version.id


def test_relabel(pets):
    version = new_version(pets, {0: "dog", 1: "fox", 2: " fox ", 3: "cat"})
    assert version.counts() == {"cat": 3, "dog": 5, "owl": 2, "fox": 2}
    assert version.source["change"] == {
        "removed": [],
        "relabeled": {"cat/cat_0.jpg": "dog", "cat/cat_1.jpg": "fox", "cat/cat_2.jpg": "fox"},
    }
    assert version.id != pets.id and np.array_equal(version.image(0), pets.image(0))


def test_labels_change_and_images_go_in_one_step(pets):
    version = new_version(pets, {10: "cat", 0: "dog"}, removed=[11, 0])
    assert version.counts() == {"cat": 6, "dog": 4}
    assert len(version) == 10 and version.classes == ("cat", "dog")


def test_the_job_makes_a_version(pets):
    result = make_version({"parent": pets.id, "relabeled": {"0": "dog"}, "removed": [1]}, pets.folder, SILENT)
    assert open_dataset(result["dataset"]).counts() == {"cat": 4, "dog": 5, "owl": 2}


@pytest.mark.parametrize("change", [{"removed": [0]}, {"relabeled": {0: "dog"}}])
def test_a_stopped_version_leaves_nothing(pets, change):
    with pytest.raises(Stopped):
        new_version(pets, **change, monitor=Monitor(should_stop=lambda: True))
    assert [path.name for path in pets.folder.parent.iterdir()] == [pets.id]


def test_the_overview_says_what_a_version_is(pets):
    version = new_version(pets, {0: "dog"}, removed=[1, 2])
    assert (change_sentence(pets), change_sentence(version)) == ("", "2 images removed and 1 relabeled.")
    rows = class_rows(version, split(version, (0.5, 0.0, 0.5)))
    assert [row["class"] for row in rows] == ["cat", "dog", "owl"]
    assert sum(row["train"] + row["validation"] + row["test"] for row in rows) == len(version) == 10
    assert [pets.classes[label] for label in pets.labels[mixed_order(pets)]][:5] == ["cat", "dog", "owl", "cat", "dog"]
    assert sorted(mixed_order(pets)) == list(range(12))
    assert balance_text(pets) == "12 images in 3 classes, from 2 (owl) to 6 (cat)"
    assert balance_text(import_dataset("digits", {})) == "1,797 images in 10 classes, about 180 of each"
    assert size_sentence(pets).endswith("pixels.")


def test_refused(pets):
    with pytest.raises(DatasetError, match="12"):
        new_version(pets, removed=[3, 12])
    with pytest.raises(DatasetError, match="images from 0"):
        new_version(pets, {-1: "cat"})
    with pytest.raises(DatasetError, match="only one readable image in owl"):
        new_version(pets, removed=[10])
    with pytest.raises(DatasetError, match="only the class cat"):
        new_version(pets, removed=range(6, 12))
    with pytest.raises(DatasetError, match="no change"):
        new_version(pets, {0: "cat"})
    with pytest.raises(DatasetError, match="class name"):
        new_version(pets, {0: " "})
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
