"""Folders are removed as wholly as they appear."""

from __future__ import annotations

import shutil

import pytest

from tlcore import files


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
    files.remove_folder(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_replacement_that_was_cut_short_shows_no_half_of_the_old_folder(tmp_path, monkeypatch):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "model.keras").write_bytes(b"old")
    (folder / "labels.txt").write_text("old")

    def killed(path, ignore_errors=False):
        if path.name.endswith(".partial"):
            return  # a killed process does not tidy up
        if path.exists():
            (path / "labels.txt").unlink()
            raise KeyboardInterrupt

    monkeypatch.setattr(files.shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt), files.replacing_folder(folder) as temporary:
        (temporary / "model.keras").write_bytes(b"new")
    assert not folder.exists()
