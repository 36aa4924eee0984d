"""One damaged dataset is named, and takes none of the others away."""

from __future__ import annotations

import json

import pytest

from tlcore.datasets.dataset import damaged_datasets, list_datasets, open_dataset
from tlcore.datasets.deleting import delete_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.places import INDEX, MANIFEST
from tlcore.errors import StateError


def cut(folder):
    data = (folder / INDEX).read_bytes()
    (folder / INDEX).write_bytes(data[: len(data) // 2])


def shorten(folder):
    (folder / "images.bin").write_bytes((folder / "images.bin").read_bytes()[:-1])


DAMAGE = {
    "a cut index": cut,
    "an empty index": lambda folder: (folder / INDEX).write_bytes(b""),
    "no index": lambda folder: (folder / INDEX).unlink(),
    "a list for a manifest": lambda folder: (folder / MANIFEST).write_text("[]"),
    "half a manifest": lambda folder: (folder / MANIFEST).write_text((folder / MANIFEST).read_text()[:50]),
    "no report": lambda folder: (folder / MANIFEST).write_text(
        json.dumps({**json.loads((folder / MANIFEST).read_text()), "report": None})
    ),
    "images cut off": shorten,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_others_are_listed_and_the_damaged_one_can_be_deleted(objects, damage):
    other = import_dataset("rendered", {"images_per_class": 5, "size": 32, "seed": 9}, "others")
    DAMAGE[damage](open_dataset(objects).folder)
    (open_dataset(other.id).folder.parent / objects / MANIFEST).touch()  # as a copy of the folder would have it
    assert [dataset.id for dataset in list_datasets()] == [other.id]
    assert list(damaged_datasets()) == [objects]
    with pytest.raises(StateError, match="import it again"):
        open_dataset(objects)
    delete_dataset(objects)
    assert damaged_datasets() == {}


def test_a_flipped_bit_in_an_image_is_not_learned_from(objects):
    dataset = open_dataset(objects)
    path = dataset.folder / "images.bin"
    data = bytearray(path.read_bytes())
    data[int(dataset.offsets[3]) + 200] ^= 1
    path.write_bytes(data)
    assert dataset.image(2).any()
    with pytest.raises(StateError, match="damaged since"):
        dataset.image(3)
