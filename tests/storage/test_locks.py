"""Locks keep processes apart, and die with them."""

import subprocess
import sys

import portalocker
import pytest

from tlcore.jobs import SILENT, Monitor, Stopped
from tlcore.storage.locks import try_lock, waiting_lock

_HOLD = """
import sys
from pathlib import Path

from tlcore.storage.locks import try_lock

held = try_lock(Path(sys.argv[1]))
print(held is not None, flush=True)
sys.stdin.read()
"""


def test_a_lock_of_a_process_that_was_killed_is_free_again(tmp_path):
    path = tmp_path / "folder" / ".lock"
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "True\n"
    assert try_lock(path) is None and try_lock(path, shared=True) is None
    process.kill()
    process.wait()
    assert try_lock(path) is not None


def test_those_who_share_keep_out_only_who_wants_it_alone(tmp_path):
    path = tmp_path / ".lock"
    first, second = try_lock(path, shared=True), try_lock(path, shared=True)
    assert first and second and try_lock(path) is None
    first.close()
    assert try_lock(path) is None
    second.close()
    assert try_lock(path) is not None


def test_a_lock_whose_file_was_removed_meanwhile_keeps_nobody_apart(tmp_path, monkeypatch):
    path = tmp_path / ".lock"
    lock = portalocker.lock

    def lose(file, flags):
        lock(file, flags)
        path.unlink()  # whoever held it before has just given it back

    with monkeypatch.context() as patch:
        patch.setattr(portalocker, "lock", lose)
        assert try_lock(path) is None
    assert try_lock(path) is not None


def test_who_waits_says_so_and_can_be_stopped(tmp_path):
    path, said = tmp_path / ".lock", []
    held = try_lock(path)
    with pytest.raises(Stopped), waiting_lock(path, Monitor(said.append, lambda: True), "Waiting"):
        pytest.fail("held twice")
    assert said[0]["what"] == "Waiting"
    held.close()
    with waiting_lock(path, SILENT, "Waiting"):
        assert try_lock(path) is None
    assert not path.exists()
