"""Zip files by upload: served from inside the file, hostile ones refused, nothing extracted."""

import hashlib
import io
import stat
import struct
import time
import tracemalloc
import zipfile

import pytest

from tests.datasets.photo_files import photo_bytes
from tlcore.catalog import Catalog
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.places import datasets_folder
from tlcore.datasets.sources import tensorflow_sets
from tlcore.datasets.sources.tensorflow_sets import ZippedSet
from tlcore.errors import DatasetError, MissingError
from tlcore.jobs import Monitor
from tlcore.settings import settings


@pytest.fixture
def write_zip(tmp_path):
    """Write a zip from {entry name: bytes}; with a prefix, under one more folder."""

    def write(entries, name="upload.zip", method=zipfile.ZIP_DEFLATED):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", method) as archive:
            for entry, data in entries.items():
                archive.writestr(entry, data)
        return path

    return write


def photos(prefix="", count=3):
    return {
        f"{prefix}{label}/{index}.jpg": photo_bytes(10 * number + index)
        for number, label in enumerate(("cat", "dog"))
        for index in range(count)
    }


def test_zip_and_folder_give_the_same_content(write_zip, make_folder):
    root = make_folder({"cat": 3, "dog": 3})
    entries = {path.relative_to(root.parent).as_posix(): path.read_bytes() for path in root.rglob("*.jpg")}
    entries["__MACOSX/pets/cat/._cat_0.jpg"] = b"shadow"
    entries["pets/.DS_Store"] = b"hidden"
    zipped = import_dataset("zip", {"path": write_zip(entries, "pets.zip")})
    assert zipped.id == import_dataset("folder", {"path": root}).id
    assert zipped.report.unreadable == ()


def test_hostile_entries_are_left_out_or_reported(write_zip, tmp_path, limit):
    limit("max_image_bytes", 1_000_000)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("cat/a.jpg", photo_bytes(1))
    link = zipfile.ZipInfo("cat/link.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = write_zip(
        {
            **photos(),
            "../outside.jpg": photo_bytes(1),
            "cat/../../outside.jpg": photo_bytes(2),
            "/etc/passwd/x.jpg": photo_bytes(3),
            "C:/windows/x.jpg": photo_bytes(4),
            "..\\dog\\x.jpg": photo_bytes(5),
            "cat/nested.zip": inner.getvalue(),
            "cat/bomb.png": bytes(50_000_000),
            "dog/page.jpg": b"<html></html>",
        }
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    before = sorted(item.name for item in tmp_path.parent.iterdir())
    dataset = import_dataset("zip", {"path": path})
    assert dataset.counts() == {"cat": 3, "dog": 3}
    assert [name for name, _ in dataset.report.unreadable] == ["cat/bomb.png", "cat/nested.zip", "dog/page.jpg"]
    assert dataset.report.notes == ("Entries left out because they are links or point outside the zip file: 6.",)
    assert sorted(item.name for item in tmp_path.parent.iterdir()) == before


def test_damaged_entries_are_reported(write_zip):
    path = write_zip(photos(), method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.index(photo_bytes(1)) + 300] ^= 255
    path.write_bytes(data)
    dataset = import_dataset("zip", {"path": path})
    assert [name for name, _ in dataset.report.unreadable] == ["cat/1.jpg"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_packing_is_read(write_zip, method):
    plain = import_dataset("zip", {"path": write_zip(photos())})
    assert import_dataset("zip", {"path": write_zip(photos(), method=method)}).id == plain.id


def test_packing_that_python_lacks_is_named(write_zip):
    path = write_zip(photos(), method=zipfile.ZIP_STORED)
    data = path.read_bytes()
    for start, place in ((b"PK\1\2", 10), (b"PK\3\4", 8)):
        pieces = data.split(start)
        data = start.join([pieces[0], *(piece[: place - 4] + b"\x09\0" + piece[place - 2 :] for piece in pieces[1:])])
    path.write_bytes(data)
    with pytest.raises(DatasetError, match="packed with Deflate64"):
        import_dataset("zip", {"path": path})


def test_folders_written_by_windows(write_zip):
    plain = import_dataset("zip", {"path": write_zip(photos())})
    entries = {name.replace("/", "\\"): data for name, data in photos("pets/").items()}
    assert import_dataset("zip", {"path": write_zip({"pets\\": b"", **entries})}).id == plain.id


def test_names_in_utf_8_that_do_not_say_so(write_zip):
    path = write_zip({name.replace("cat", "X" * 6): data for name, data in photos().items()})
    path.write_bytes(path.read_bytes().replace(b"X" * 6, "猫犬".encode()))
    assert import_dataset("zip", {"path": path}).classes == ("dog", "猫犬")


def lying_directory(data):
    """Many entries claimed in the end record, of a length that is not there."""
    place = data.rfind(b"PK\5\6")
    return data[: place + 8] + struct.pack("<HHII", 60_000, 60_000, 3_000_000_000, 0) + data[place + 20 :]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: b"", "which is empty"),
        (lambda data: b"PK\5\6" + bytes(18), "empty"),
        (lambda data: data[: len(data) // 2], "not a complete zip"),
        (lambda data: data[len(data) // 2 :], "lists more than it holds"),
        (lambda data: photo_bytes(1), "not an archive but JPEG"),
        (lambda data: b"<html></html>", "not an archive but a web page"),
        (lying_directory, "lists far more"),
        (lambda data: data.replace(b"PK\1\2\x14\x03\x14\0\0", b"PK\1\2\x14\x03\x14\0\1"), "password"),
    ],
)
def test_damaged_files_are_refused(write_zip, change, said):
    path = write_zip(photos())
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DatasetError, match=said):
        import_dataset("zip", {"path": path})
    assert not any(datasets_folder().iterdir())


def test_limits_hold_before_anything_is_read(write_zip, limit):
    limit("max_dataset_bytes", 40_000_000)
    bomb = write_zip({**photos(), **{f"cat/{index}.png": bytes(30_000_000) for index in range(10, 14)}})
    assert bomb.stat().st_size < 300_000
    started = time.perf_counter()
    with pytest.raises(DatasetError, match="TLCORE_MAX_DATASET_BYTES"):
        import_dataset("zip", {"path": bomb})
    limit("max_dataset_images", 5)
    with pytest.raises(DatasetError, match="TLCORE_MAX_DATASET_IMAGES"):
        import_dataset("zip", {"path": write_zip(photos())})
    assert time.perf_counter() - started < 5


def peak(work):
    """Most bytes that Python had allocated during a piece of work."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def refused(path, said):
    with pytest.raises(DatasetError, match=said):
        import_dataset("zip", {"path": path})


def test_a_bomb_is_measured_and_not_unpacked(write_zip):
    bomb = write_zip({**photos(), **{f"cat/{index}.jpg": bytes(30_000_000) for index in range(10, 20)}})
    assert peak(lambda: refused(bomb, "at most 300 times its size.*become 300 MB")) < 5_000_000


def test_what_is_no_photo_is_not_unpacked_and_nothing_read_is_kept(write_zip):
    path = write_zip({**photos(), **{f"cat/{index}.jpg": bytes(20_000_000) for index in range(10, 19)}})
    assert peak(lambda: import_dataset("zip", {"path": path})) < 15_000_000


def test_entries_that_share_their_bytes_are_refused(write_zip):
    path = write_zip(photos(), method=zipfile.ZIP_STORED)
    data = path.read_bytes()
    start = data.index(b"PK\1\2")
    end = data.rindex(b"PK\5\6")
    first = data[start : data.index(b"PK\1\2", start + 1)]
    again = b"".join(first.replace(b"cat/0.jpg", b"cat/%d.jpg" % index) for index in range(5, 9)) * 3
    table = data[start:end] + again
    path.write_bytes(
        data[:start] + table + data[end : end + 12] + struct.pack("<II", len(table), start) + data[end + 20 :]
    )
    refused(path, "lists more than it holds")


def test_a_table_of_a_million_short_names_is_refused_before_it_is_read(write_zip, tmp_path):
    entry = b"PK\1\2" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"a"
    table = entry * 600_000
    path = tmp_path / "many.zip"
    path.write_bytes(table + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 60_000, 60_000, len(table), 0, 0))
    assert peak(lambda: refused(path, "lists far more")) < 2.5 * len(table)


def test_a_size_that_lies_unpacks_no_more_than_it_says(write_zip):
    size = len(photo_bytes(9)) + 3_000_000
    path = write_zip({**photos(), "cat/9.jpg": photo_bytes(9) + bytes(3_000_000)})
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", 100)))
    found = []
    assert peak(lambda: found.append(import_dataset("zip", {"path": path}))) < 2_500_000
    assert [name for name, _ in found[0].report.unreadable] == ["cat/9.jpg"]


def test_an_entry_without_a_name_is_left_out(write_zip):
    path = write_zip({**photos(), "?": b"nothing"})
    data = path.read_bytes()
    place = data.rindex(b"PK\1\2")
    assert data[place + 46 : place + 47] == b"?"
    path.write_bytes(data[: place + 28] + b"\0\0" + data[place + 30 :])
    with pytest.raises(DatasetError):  # the table is one byte longer than its entries
        import_dataset("zip", {"path": path})


def test_a_set_of_tensorflow_datasets_by_name(write_zip, monkeypatch):
    path = write_zip({**photos("PetImages/"), "readme[1].txt": b"read me"}, "pets.zip")
    row = ZippedSet("cats_vs_dogs", "", path.as_uri(), hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(tensorflow_sets, "ZIPPED_SETS", Catalog("dataset", [row]))
    with pytest.raises(MissingError, match=r"pets\.zip.*offline.*downloads"):
        import_dataset("tensorflow", {})
    monkeypatch.setenv("TLCORE_OFFLINE", "0")
    settings.cache_clear()
    events = []
    dataset = import_dataset("tensorflow", {"set": "cats_vs_dogs"}, monitor=Monitor(events.append))
    assert dataset.id.startswith("cats-vs-dogs-") and dataset.counts() == {"cat": 3, "dog": 3}
    assert events[0]["what"] == "Downloading pets.zip"
    assert import_dataset("tensorflow", {}).id == dataset.id


def test_no_file(tmp_path):
    with pytest.raises(DatasetError, match="is not a file"):
        import_dataset("zip", {"path": tmp_path})
