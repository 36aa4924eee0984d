"""Folders are replaced whole, by versions, and know when they are damaged."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time

import pytest

from tlcore.storage import folders
from tlcore.storage.files import remove_abandoned
from tlcore.storage.folders import (
    MANIFEST,
    damaged_files,
    new_folder,
    new_version,
    newest_version,
    remove_versions,
    sound_version,
)


def write(path, content: bytes, count: int = 5):
    with new_version(path) as temporary:
        for number in range(count):
            (temporary / f"{number}.bin").write_bytes(content * 1000)


def test_the_newest_counts_and_two_are_kept(tmp_path):
    path = tmp_path / "prepared"
    assert newest_version(path) is None
    for content in (b"a", b"b", b"c"):
        write(path, content)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["prepared.2", "prepared.3"]
    assert (sound_version(path) / "0.bin").read_bytes()[:1] == b"c"
    remove_versions(path)
    assert list(tmp_path.iterdir()) == []


def test_what_raises_or_is_half_there_is_no_version(tmp_path):
    path = tmp_path / "prepared"
    write(path, b"a")
    with pytest.raises(KeyError), new_version(path) as temporary:
        (temporary / "0.bin").write_bytes(b"half")
        raise KeyError
    half = tmp_path / "prepared.7"
    half.mkdir()
    (half / "0.bin").write_bytes(b"half")
    assert newest_version(path).name == "prepared.1"
    write(path, b"b")
    assert newest_version(path).name == "prepared.8"
    (tmp_path / "prepared.8" / "3.bin").unlink()
    assert newest_version(path) is None or newest_version(path).name != "prepared.8"


def test_a_folder_of_before_there_were_versions_serves_until_it_is_replaced(tmp_path):
    path = tmp_path / "prepared"
    path.mkdir()
    (path / "card.json").write_text("{}")
    assert sound_version(path) == path
    write(path, b"a")
    assert sound_version(path).name == "prepared.1" and not path.exists()


def test_every_changed_byte_is_noticed_and_an_older_version_serves(tmp_path, caplog):
    path = tmp_path / "prepared"
    write(path, b"a")
    moments = random.Random(3)
    for _ in range(40):
        write(path, b"b")
        newest = newest_version(path)
        victim = moments.choice(sorted(newest.iterdir()))
        content = bytearray(victim.read_bytes())
        content[moments.randrange(len(content))] ^= 1 << moments.randrange(8)
        victim.write_bytes(content)
        found = sound_version(path)
        assert found != newest and damaged_files(found, deep=True) == []
    assert "is damaged and not used any more" in caplog.text


def test_of_large_files_samples_are_read_and_all_when_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "_LARGE_BYTES", 1_000_000)
    path = tmp_path / "part"
    with new_version(path) as temporary:
        (temporary / "large.bin").write_bytes(bytes(20_000_000))
    file = tmp_path / "part.1" / "large.bin"
    with file.open("r+b") as content:
        content.seek(100_000)  # between two samples
        content.write(b"x")
    assert damaged_files(file.parent) == [] and damaged_files(file.parent, deep=True) == ["large.bin"]
    with file.open("r+b") as content:
        content.seek(0)
        content.write(b"x")
    assert damaged_files(file.parent) == ["large.bin"]


def test_a_manifest_of_another_shape_is_damage(tmp_path):
    write(tmp_path / "part", b"a")
    for value in ([], {"0.bin": 3}, {"0.bin": {}}):
        (tmp_path / "part.1" / MANIFEST).write_text(json.dumps(value))
        assert damaged_files(tmp_path / "part.1") == ([MANIFEST] if value else []) or not value
    (tmp_path / "part.1" / MANIFEST).write_bytes(b"\xff")
    assert damaged_files(tmp_path / "part.1") == [MANIFEST]


def test_a_new_folder_takes_no_place_that_holds_something(tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("new", "empty"):
        with new_folder(tmp_path / name) as temporary:
            (temporary / "train.py").write_text("")
        assert (tmp_path / name / "train.py").is_file()
    with pytest.raises(OSError), new_folder(tmp_path / "new") as temporary:
        (temporary / "other.py").write_text("")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["train.py"]


def _replace_for_ever(path):
    for number in range(1_000_000):
        write(path, bytes([number % 256]))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_hundreds_of_kills_lose_no_folder_and_leave_nothing(tmp_path):
    path, moments = tmp_path / "prepared", random.Random(20261)
    write(path, b"a")
    context = multiprocessing.get_context("fork")
    for _ in range(160):
        process = context.Process(target=_replace_for_ever, args=(path,))
        process.start()
        time.sleep(moments.uniform(0.0, 0.03))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        found = newest_version(path)
        assert found is not None and damaged_files(found, deep=True) == []
        assert len({(found / f"{number}.bin").read_bytes() for number in range(5)}) == 1
    remove_abandoned(tmp_path)
    write(path, b"z")
    assert len(list(tmp_path.iterdir())) == 2
