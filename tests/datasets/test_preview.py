"""What would be imported is shown before, and nothing is kept by looking."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from tests.datasets.photo_files import photo_bytes
from tlcore.cli import main
from tlcore.datasets.dataset import list_datasets
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.places import datasets_folder
from tlcore.datasets.preview import Preview, doubts, preview_dataset
from tlcore.datasets.sources import folder
from tlcore.errors import DatasetError
from tlcore.images.decode import read_bytes


def test_classes_parts_and_pictures(make_folder, tmp_path):
    (tmp_path / "set").mkdir()
    make_folder({"cat": 9, "dog": 3, "owl": 1}, "set/train")
    make_folder({"cat": 2, "dog": 2}, "set/test")
    (tmp_path / "set/train/dog/dog_0.jpg").write_bytes(b"no photo")
    preview = preview_dataset("folder", {"path": tmp_path / "set"})
    text = json.dumps(preview.to_json())
    assert json.dumps(Preview.from_json(json.loads(text)).to_json()) == text
    cat, dog = preview.classes
    assert (cat.name, cat.images, cat.parts) == ("cat", 11, {"train": 9, "test": 2})
    assert cat.files[0] == "test/cat/cat_0.jpg" and cat.files[-1] == "train/cat/cat_8.jpg" and len(cat.files) == 4
    assert (dog.images, all(dog.pictures), preview.unreadable) == (4, True, ("train/dog/dog_0.jpg",))
    data = base64.b64decode(cat.pictures[-1].partition(",")[2])
    seen = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.float32)
    with Image.open(tmp_path / "set/train/cat/cat_8.jpg") as photo:
        whole = np.asarray(photo.crop((8, 0, 56, 48)).resize((96, 96)), np.float32)
    assert seen.shape == (96, 96, 3) and np.abs(seen - whole).mean() < 12
    assert any("owl" in note for note in preview.notes)
    assert not any(datasets_folder().glob("*"))


def test_names_of_files_have_to_be_confirmed(tmp_path, capsys):
    for name in ("cat.0", "cat.1", "dog.0", "dog.1"):
        (tmp_path / f"{name}.jpg").write_bytes(photo_bytes(len(name) + ord(name[-1]) + ord(name[0])))
    with pytest.raises(DatasetError, match=r"cat and dog.*--classes-from names"):
        import_dataset("folder", {"path": tmp_path})
    assert main(["data", "add", "folder", "--path", str(tmp_path), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "cat: 2, such as cat.0.jpg, cat.1.jpg" in said and "--classes-from names" in said
    assert not list_datasets()
    assert main(["data", "add", "folder", "--path", str(tmp_path), "--classes-from", "names"]) == 0
    (dataset,) = list_datasets()
    assert dataset.counts() == {"cat": 2, "dog": 2}


@pytest.mark.parametrize(
    ("classes", "counts", "said"),
    [
        (["cat", "dog"], [5, 6], []),
        (["training_set", "test_set"], [5, 6], ["parts of a split"]),
        (["cat", "dog"], [95, 5], ["cat holds 95 %"]),
        (["cat", "dog"], [90, 10], []),
    ],
)
def test_what_looks_wrong(classes, counts, said):
    found = doubts(classes, np.array(counts))
    assert len(found) == len(said) and all(words in sentence for words, sentence in zip(said, found, strict=True))


def test_numbers_as_classes_are_doubted_in_folders_only(tmp_path):
    photos = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3), np.uint8)
    np.savez(tmp_path / "digits.npz", x=photos, y=np.arange(6) % 2)
    arrays = preview_dataset("arrays", {"path": tmp_path / "digits.npz"})
    assert not arrays.doubts and "classes are numbers" in arrays.notes[-1]
    for index, photo in enumerate(photos):
        (tmp_path / "folders" / str(index % 2)).mkdir(parents=True, exist_ok=True)
        Image.fromarray(photo).save(tmp_path / "folders" / str(index % 2) / f"{index}.png")
    folders = preview_dataset("folder", {"path": tmp_path / "folders"})
    assert "All classes are numbers" in folders.doubts[0]


def test_a_thousand_classes_are_a_few_sentences(tmp_path):
    for number in range(1000):
        folder = tmp_path / f"n{number:04d}"
        folder.mkdir()
        for index in range(1 + (number > 2)):
            pixels = np.random.default_rng(2 * number + index).integers(0, 256, (32, 32), np.uint8)
            Image.fromarray(pixels).save(folder / f"{index}.png")
    dataset = import_dataset("folder", {"path": tmp_path})
    sentences = dataset.report.sentences()
    assert len(dataset.classes) == 997 and len(sentences) < 5 and max(map(len, sentences)) < 300
    assert any("n0000, n0001 and n0002" in sentence for sentence in sentences)


def test_only_the_beginning_of_large_files_is_read(tmp_path, monkeypatch):
    for name in ("cat/1", "cat/2", "dog/1", "dog/2"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.jpg").write_bytes(photo_bytes(ord(name[0]) + ord(name[-1])) + bytes(300_000))
    comment = b"\xff\xfe\xff\xff" + bytes(65_533)  # its size stands behind what is read at first
    late = photo_bytes(1)[:2] + comment + photo_bytes(1)[2:]
    (tmp_path / "dog/late.jpg").write_bytes(late)
    read = []

    def count(path, most=-1):
        content = read_bytes(path, most)
        read.append(len(content))
        return content

    monkeypatch.setattr(folder, "read_bytes", count)
    preview = preview_dataset("folder", {"path": tmp_path})
    assert [row.images for row in preview.classes] == [2, 3] and not preview.unreadable
    assert read[:6] == [65_536] * 5 + [len(late)]
