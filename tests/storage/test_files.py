"""Files and folders are wholly there or not at all, whatever is killed in between."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import pytest

from tlcore.storage import files
from tlcore.storage.files import beside, read_json, remove_abandoned, write_json


def test_a_removal_that_was_cut_short_leaves_nothing_half_there_and_is_ended_by_the_next(tmp_path, monkeypatch):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "state.json").write_text("{}")
    (folder / "weights.npz").write_bytes(b"1")
    remove = shutil.rmtree

    def killed(path, ignore_errors=False):
        if path.exists():
            (path / "weights.npz").unlink()
            raise KeyboardInterrupt

    monkeypatch.setattr(files.shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        files.remove_folder(folder)
    assert not folder.exists()
    monkeypatch.setattr(files.shutil, "rmtree", remove)
    assert remove_abandoned(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


_WRITE = """
import sys
from pathlib import Path

from tlcore.storage.files import replacing

with replacing(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    print("writing", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_what_a_killed_process_has_half_written_goes_and_what_a_living_one_writes_stays(tmp_path):
    path = tmp_path / "deep" / "value.json"
    write_json(path, 1)
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITE, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "writing\n"
    mine = beside(path)
    mine.mkdir()
    assert remove_abandoned(tmp_path) == 0
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert remove_abandoned(tmp_path) == 1
    assert sorted(path.parent.iterdir()) == sorted([mine, path]) and read_json(path, None) == 1


def test_a_damaged_value_counts_as_none(tmp_path):
    path = tmp_path / "value.json"
    write_json(path, {"seconds": 1.5})
    path.write_bytes(path.read_bytes()[:-3])
    assert read_json(path, "nothing") == "nothing"
    path.write_bytes(b"\xff\xfe\x00")
    assert read_json(path, "nothing") == "nothing"
