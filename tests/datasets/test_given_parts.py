"""Parts that a source gives: found, kept through versions, said, and never trained on."""

import json
import zipfile

import numpy as np
import pytest

from tests.datasets.photo_files import photo_bytes
from tlcore.cli import main
from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.places import INDEX
from tlcore.datasets.splits import split
from tlcore.datasets.versions import new_version
from tlcore.errors import DatasetError
from tlcore.storage.folders import MANIFEST
from tlcore.training.plans.plan import TrainingPlan

COUNTS = {"train": 6, "valid": 3, "Test": 4}  # images of each class


@pytest.fixture
def files():
    """Names and bytes of two classes in three parts, with what lies about beside them."""
    found = {"read me.txt": b"hello", "docs/license.txt": b"free"}
    for number, (part, count) in enumerate(COUNTS.items()):
        for label in ("cat", "dog"):
            for index in range(count):
                seed = 100 * number + 10 * index + len(found) % 7
                found[f"{part}/{label}/{label}{index}.jpg"] = photo_bytes(hash((seed, label)) % 2**32)
    return found


@pytest.fixture
def imported(files, tmp_path, request):
    """The same files, imported from a folder or a zip file."""
    if request.param == "zip":
        path = tmp_path / "pets.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in files.items():
                if "/" in name:
                    archive.writestr(f"pets/{name}", data)
    else:
        path = tmp_path / "pets"
        for name, data in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
    return import_dataset(request.param, {"path": path})


@pytest.mark.parametrize("imported", ["folder", "zip"], indirect=True)
def test_part_folders_stay_parts(imported, capsys):
    assert imported.classes == ("cat", "dog")
    assert imported.given_parts() == {"train": 12, "validation": 6, "test": 8}
    for index in split(imported).test:
        assert imported.names[index].startswith("Test/")
    plan = TrainingPlan(dataset=imported.id)
    assert np.array_equal(plan.split(imported).test, np.flatnonzero(imported.parts == 2))
    assert main(["data", "show", imported.id]) == 0
    said = capsys.readouterr().out
    assert "cat: 13 (6 train, 3 validation, 4 test)" in said
    assert "given parts: 12 train, 6 validation, 8 test" in said
    assert main(["data", "show", imported.id, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["given_parts"] == {"train": 12, "validation": 6, "test": 8}


@pytest.mark.parametrize("imported", ["folder"], indirect=True)
def test_versions_keep_the_parts(imported):
    of_training, of_test = (int(np.flatnonzero(imported.parts == number)[0]) for number in (0, 2))
    version = new_version(imported, removed=[of_training], relabeled={of_test: "dog"})
    assert version.given_parts() == {"train": 11, "validation": 6, "test": 8}
    assert version.parts[version.names.index(imported.names[of_test])] == 2


@pytest.mark.parametrize("imported", ["folder"], indirect=True)
def test_a_dataset_of_an_earlier_version_was_given_no_parts(imported):
    path = imported.folder / INDEX
    with np.load(path) as arrays:
        older = {name: arrays[name] for name in arrays if name != "parts"}
    np.savez(path, **older)
    (imported.folder / MANIFEST).unlink()  # nor had it digests of its files
    (imported.folder / "manifest.json").touch()
    assert open_dataset(imported.id).given_parts() == {}


def test_a_single_part_says_nothing_about_a_split(make_folder, tmp_path):
    (tmp_path / "set").mkdir()
    make_folder({"cat": 3, "dog": 3}, name="set/train")
    (tmp_path / "set" / "test").mkdir()
    (tmp_path / "set" / "test" / "1.jpg").write_bytes(photo_bytes(99))
    dataset = import_dataset("folder", {"path": tmp_path / "set"})
    assert dataset.classes == ("cat", "dog") and dataset.given_parts() == {}
    assert any("the folder test with 1 image" in note for note in dataset.report.notes)


def test_four_arrays_keep_their_own_test_pair(tmp_path):
    random = np.random.default_rng(0)
    paths = {}
    for part, count in (("train", 40), ("test", 15)):
        paths[f"{part}_x"], paths[f"{part}_y"] = tmp_path / f"{part}_x.npy", tmp_path / f"{part}_y.npy"
        np.save(paths[f"{part}_x"], random.integers(0, 256, (count, 16, 16, 3), np.uint8))
        np.save(paths[f"{part}_y"], np.eye(5)[np.arange(count) % 5])
    options = {"path": paths["train_x"], "labels": paths["train_y"]}
    options |= {"test_images": paths["test_x"], "test_labels": paths["test_y"]}
    dataset = import_dataset("arrays", {**options, "classes": "Hat,Cube,Card,Torch,Screw"})
    result = split(dataset)
    assert np.array_equal(result.test, np.arange(40, 55))
    seen = [dataset.digests[part].tobytes() for part in (result.train, result.validation, result.test)]
    assert sum(map(len, seen)) == 55 * 32 and len(result.validation) == 6
    assert import_dataset("arrays", {**options, "test_images": "", "test_labels": ""}).given_parts() == {}


def test_alike_images_across_given_parts_are_counted(make_folder, tmp_path):
    (tmp_path / "set").mkdir()
    for part in ("train", "test"):
        make_folder({"cat": 4, "dog": 4}, name=f"set/{part}")  # the same eight images in both
    dataset = import_dataset("folder", {"path": tmp_path / "set"})
    assert dataset.report.across_parts == 8
    assert any("8 groups of look-alike images, each spread across" in said for said in dataset.report.sentences())
    assert np.array_equal(split(dataset).test, np.flatnonzero(dataset.parts == 2))


def test_parts_without_classes_are_refused(make_folder):
    with pytest.raises(DatasetError, match="look like parts of a split"):
        import_dataset("folder", {"path": make_folder({"train": 3, "validation": 3})})
