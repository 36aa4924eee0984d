"""Import of folders: what is kept, what is reported, what is refused, and what a kill leaves."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from tests.datasets.photo_files import photo_bytes
from tlcore.datasets.dataset import list_datasets, open_dataset
from tlcore.datasets.deleting import delete_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.places import datasets_folder
from tlcore.datasets.split_folders import write_split_folders
from tlcore.datasets.splits import Split
from tlcore.errors import DatasetError, NotFoundError
from tlcore.images.decode import decode_image
from tlcore.jobs import Monitor, Stopped
from tlcore.settings import settings


def test_unusual_and_very_large_photos_are_imported_and_can_be_taken_along(tmp_path, monkeypatch, recwarn):
    """What an import accepts must be readable later on, at any size, and as a file that every program reads."""
    pillow_heif.register_heif_opener()
    files = {"phone.heic": ("HEIF", (64, 48)), "b.avif": ("AVIF", (64, 48)), "large.jpg": ("JPEG", (1600, 900))}
    for number, (name, (format, size)) in enumerate(files.items()):
        for label in "ab":
            path = tmp_path / "pets" / label / name
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", size, (60 * number, 200, 90)).save(path, format)
    monkeypatch.setenv("TLCORE_MAX_IMAGE_PIXELS", "500000")
    settings.cache_clear()
    dataset = import_dataset("folder", {"path": str(tmp_path / "pets")})
    assert sorted(map(tuple, dataset.sizes.tolist())) == [(48, 64)] * 4 + [(900, 1600)] * 2
    large = dataset.names.index("a/large.jpg")
    assert dataset.image(large).shape == (450, 800, 3)
    assert dataset.image(large, 50).shape == (113, 200, 3)
    everything = np.arange(len(dataset))
    split = Split(everything, everything[:0], everything[:0], 0, (), 1.0, "", "")
    write_split_folders(dataset, split, tmp_path / "out")
    for index, name in enumerate(dataset.names):
        (written,) = (tmp_path / "out").rglob(f"{index:06d}.*")
        assert written.suffix == (".jpeg" if "large" in name else ".png")
        with Image.open(written) as image:
            expected = np.asarray(dataset.image(index)).mean((0, 1))
            assert np.abs(np.asarray(image).mean((0, 1)) - expected).max() < 1
    assert not recwarn.list


def test_folder_becomes_a_dataset(make_folder):
    root = make_folder({"cat": 6, "dog": 4})
    events = []
    dataset = import_dataset("folder", {"path": str(root)}, monitor=Monitor(events.append))
    assert dataset.id == f"pets-{dataset.digest[:8]}"
    assert dataset.classes == ("cat", "dog") and dataset.counts() == {"cat": 6, "dog": 4}
    assert dataset.names[0] == "cat/cat_0.jpg" and dataset.labels.dtype == np.int32
    data = (root / "dog" / "dog_3.jpg").read_bytes()
    assert dataset.image_bytes(9) == data
    assert np.array_equal(dataset.image(9), decode_image(data))
    assert dataset.sizes.tolist() == [[48, 64]] * 10
    assert dataset.report.sentences() == ()
    assert events[-2] == {"kind": "progress", "done": 10, "total": 10, "what": "Reading images"}
    assert events[-1]["what"] == "Looking for duplicates"
    assert json.loads(json.dumps(dataset.to_json()))["images"] == 10
    again = open_dataset(dataset.id)
    assert again.names == dataset.names and again.report == dataset.report
    with pytest.raises(IndexError):
        dataset.image_bytes(10)


def test_same_content_is_kept_once(make_folder):
    root = make_folder({"cat": 3, "dog": 3})
    first = import_dataset("folder", {"path": root})
    before = (first.folder / "manifest.json").stat().st_mtime_ns
    moved = root.rename(root.with_name("moved"))
    second = import_dataset("folder", {"path": moved}, name="pets")
    assert second.id == first.id and len(list_datasets()) == 1
    assert (first.folder / "manifest.json").stat().st_mtime_ns == before
    assert import_dataset("folder", {"path": moved}, name="Ünïque / name").id.startswith("unique-name-")


def test_what_is_odd_is_reported_not_refused(make_folder):
    root = make_folder({"cat": 8, "dog": 2, "empty": 0})
    (root / "cat" / "notes.txt").write_text("no photo")
    (root / "cat" / "cut.jpg").write_bytes(photo_bytes(99)[:400])
    (root / "cat" / ".hidden.jpg").write_bytes(b"hidden")
    (root / "readme.md").write_text("beside")
    (root / "cat" / "copy.jpg").write_bytes((root / "cat" / "cat_0.jpg").read_bytes())
    (root / "dog" / "again.png").write_bytes(photo_bytes(1, (96, 128), "PNG"))
    (root / "cat" / "tiny.png").write_bytes(photo_bytes(50, (10, 10), "PNG"))
    dataset = import_dataset("folder", {"path": root})
    report = dataset.report
    assert len(dataset) == 13 and report.found == 14
    assert [name for name, _ in report.unreadable] == ["cat/cut.jpg"] and "cut.jpg" in report.unreadable[0][1]
    assert report.duplicates == (("cat/cat_0.jpg", "cat/copy.jpg"),)
    assert report.near_duplicates == report.conflicts == (("cat/cat_1.jpg", "dog/again.png"),)
    assert report.tiny == 1 and report.imbalance == pytest.approx(10 / 3)
    assert any("folder empty" in note for note in report.notes)
    assert any(all(name in note for name in ("notes.txt", "readme.md")) for note in report.notes)
    assert len(report.sentences()) == 8


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "empty"),
        ({"cat": 5}, "only the class cat"),
        ({"cat": 5, "dog": 1, "cow": 1}, "only one readable image in cow and dog"),
        ({"train": 5, "test": 5}, "parts of a split"),
    ],
)
def test_refused_with_reasons(make_folder, counts, said):
    with pytest.raises(DatasetError, match=said):
        import_dataset("folder", {"path": make_folder(counts)})
    assert not list_datasets() and not any(datasets_folder().iterdir())


def test_all_problems_at_once(make_folder):
    root = make_folder({"cat": 2, "dog": 3})
    (root / "cow").mkdir()
    for name in ("cat/cat_1.jpg", "dog/dog_0.jpg", "cow/a.jpg", "cow/b.jpg"):
        (root / name).write_bytes(b"<html>")
    with pytest.raises(DatasetError) as caught:
        import_dataset("folder", {"path": root})
    for part in ("no readable image in cow", "only one readable image in cat", "4 unreadable", "cat_1.jpg"):
        assert part in str(caught.value)
    assert not any(datasets_folder().iterdir())


def test_paths_and_options_are_checked(tmp_path, make_folder, limit):
    with pytest.raises(DatasetError, match="does not exist"):
        import_dataset("folder", {"path": tmp_path / "nowhere"})
    with pytest.raises(DatasetError) as caught:
        import_dataset("rendered", {"images_per_class": 1, "size": "big", "color": "red"})
    for part in ("images_per_class", "size", "color"):
        assert part in str(caught.value)
    with pytest.raises(DatasetError, match="path must be given"):
        import_dataset("folder", {})
    with pytest.raises(NotFoundError, match="folder"):
        import_dataset("foldr", {})
    root = make_folder({"cat": 6, "dog": 6})
    limit("max_dataset_images", 11)
    with pytest.raises(DatasetError, match="TLCORE_MAX_DATASET_IMAGES"):
        import_dataset("folder", {"path": root})
    limit("max_dataset_images", 100)
    limit("max_dataset_bytes", 3000)
    with pytest.raises(DatasetError, match="TLCORE_MAX_DATASET_BYTES"):
        import_dataset("folder", {"path": root})
    assert not any(datasets_folder().iterdir())


def test_ids_never_leave_the_folder(make_folder, home):
    dataset = import_dataset("folder", {"path": make_folder({"cat": 3, "dog": 3})})
    for id in ("../datasets", "..", "", ".", f"../datasets/{dataset.id}", "/etc", "a\0b"):
        with pytest.raises(NotFoundError):
            open_dataset(id)
        with pytest.raises(NotFoundError):
            delete_dataset(id)
    assert list_datasets()[0].id == dataset.id


def test_stop_leaves_nothing(make_folder):
    root, asked = make_folder({"cat": 20, "dog": 20}), []

    def should_stop():
        asked.append(True)
        return len(asked) > 10

    with pytest.raises(Stopped):
        import_dataset("folder", {"path": root}, monitor=Monitor(should_stop=should_stop))
    assert not any(datasets_folder().iterdir())


def test_kill_leaves_no_half_dataset(home):
    program = (
        "from tlcore.datasets.importer import import_dataset; import_dataset('rendered', {'images_per_class': 100})"
    )
    for delay in (0.3, 0.8):
        process = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
        deadline = time.monotonic() + 60
        while not list(home.glob("datasets/.import.*.partial/images.bin")) and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert list_datasets() == ()
    # What killed imports left goes with the next one.
    dataset = import_dataset("rendered", {"images_per_class": 3, "size": 32})
    assert [path.name for path in datasets_folder().iterdir()] == [dataset.id]


def test_fifty_thousand_images_open_at_once(home):
    from tlcore.datasets.checking.report import ImportReport
    from tlcore.datasets.dataset import Dataset
    from tlcore.datasets.keeping import keep
    from tlcore.datasets.parts import NOT_GIVEN

    count, data = 50_000, photo_bytes(0, (8, 8))

    def fill(folder):
        (folder / "images.bin").write_bytes(data * count)
        random = np.random.default_rng(0)
        return Dataset(
            id="many-00000000",
            name="many",
            classes=("a", "b"),
            labels=random.integers(0, 2, count).astype(np.int32),
            parts=np.full(count, NOT_GIVEN, np.int8),
            names=tuple(f"folder/photo_{index:06d}.jpg" for index in range(count)),
            digests=np.tile(np.frombuffer(hashlib.sha256(data).digest(), np.uint8), (count, 1)),
            groups=np.arange(count, dtype=np.int32),
            sizes=np.full((count, 2), 8, np.int32),
            offsets=np.arange(count + 1, dtype=np.int64) * len(data),
            source={},
            report=ImportReport(found=count),
            digest="0" * 64,
            created="2026-01-01T00:00:00+00:00",
            folder=datasets_folder() / "many-00000000",
        )

    keep(fill)
    started = time.perf_counter()
    dataset = open_dataset("many-00000000")
    assert dataset.image(49_999).shape == (8, 8, 3)
    assert time.perf_counter() - started < 0.5


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_a_folder_is_not_waited_for(make_folder):
    root = make_folder({"cat": 2, "dog": 2})
    os.mkfifo(root / "labels.csv")
    with pytest.raises(DatasetError, match="none names its images"):
        import_dataset("folder", {"path": root, "classes_from": "table"})
    assert import_dataset("folder", {"path": root}).counts() == {"cat": 2, "dog": 2}
