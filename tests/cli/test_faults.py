"""Faults of the machine on the command line: a sentence on the error stream, an exit code, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tlcore.cli import main
from tlcore.settings import settings


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run the program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tlcore", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def read_only_home(tmp_path, monkeypatch):
    """A home folder on a file system that takes nothing, as not even root may write there."""
    place = tmp_path / "read-only"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", place], capture_output=True, text=True)
    if mounted.returncode != 0:
        place.chmod(0o500)
        if os.access(place, os.W_OK):
            pytest.skip(f"needs a folder that cannot be written to: {mounted.stderr.strip()}")
    monkeypatch.setenv("TLCORE_HOME", str(place / "home"))
    settings.cache_clear()
    yield place
    if mounted.returncode == 0:
        subprocess.run(["umount", "--lazy", place], check=True)


def is_one_sentence(text: str) -> bool:
    return text.startswith("Expected ") and text.count("\n") == 1 and "Traceback" not in text


def test_a_damaged_store_is_one_sentence_and_the_machine_is_described_all_the_same(damaged_store):
    done = start("runs", "list")
    assert (done.returncode, done.stdout) == (1, "")
    assert is_one_sentence(done.stderr), done.stderr
    assert "a sound store in" in done.stderr
    done = start("doctor")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Training runs: Expected a sound store in" in done.stdout


def test_a_home_that_cannot_be_written_to_is_named(read_only_home, capsys):
    assert main(["runs", "list"]) == 1
    said = capsys.readouterr().err
    assert is_one_sentence(said), said
    assert str(read_only_home / "home") in said and "TLCORE_HOME" in said


def test_a_driver_that_is_missing_is_named(monkeypatch, capsys):
    """An environment of an earlier version, in which nobody has installed the requirements since."""
    monkeypatch.setenv("TLCORE_STORE", "postgresql://localhost/runs")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    settings.cache_clear()
    assert main(["runs", "list"]) == 1
    said = capsys.readouterr().err
    assert is_one_sentence(said) and "psycopg" in said and "install -r requirements.txt" in said


def test_a_wrong_setting_is_the_users(monkeypatch, capsys):
    monkeypatch.setenv("TLCORE_WORKERS", "many")
    settings.cache_clear()
    assert main(["runs", "list"]) == 2
    assert is_one_sentence(capsys.readouterr().err)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_debug_shows_where_an_error_arose_wherever_it_stands(damaged_store, capsys, place):
    words = ["runs", "list"]
    words.insert(place, "--debug")
    assert main(words) == 1
    said = capsys.readouterr().err
    assert said.startswith("Traceback") and "in open_store" in said
    assert is_one_sentence(said.splitlines(keepends=True)[-1])


@pytest.mark.parametrize(
    ("words", "code", "keys"),
    [
        (["runs", "show", "zzz"], 2, {"error", "expected", "received", "action", "problems"}),
        (["summary"], 2, {"error"}),
    ],
)
def test_errors_are_json_for_those_who_asked_for_it(capsys, words, code, keys):
    assert main([*words, "--json"]) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert json.loads(captured.err).keys() == keys


def test_the_problems_of_a_plan_are_json_too(capsys, objects):
    assert main(["--json", "train", "--dataset", objects, "--set", "epochs=0", "--set", "dropout=5"]) == 2
    fields = [problem["field"] for problem in json.loads(capsys.readouterr().err)["problems"]]
    assert {"epochs", "dropout"} <= set(fields)


def test_an_error_that_nobody_foresaw_is_a_sentence_too(monkeypatch, capsys, home):
    monkeypatch.setattr("tlcore.zoo.catalog.find", lambda _name: {}["a bug"])
    assert main(["summary", "VGG16"]) == 1
    said = capsys.readouterr().err
    assert is_one_sentence(said) and "KeyError: 'a bug'" in said
    assert "Traceback" in (home / "logs" / "errors.log").read_text()


def test_a_reader_who_goes_away_is_no_error():
    program = [sys.executable, "-m", "tlcore", "summary", "ResNet50"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(program, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, timeout=120)
    os.close(writing)
    assert done.stderr == b""
