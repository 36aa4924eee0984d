"""Untrusted bytes meet a child process: its death, its hanging and its errors come back as sentences."""

from __future__ import annotations

import os
import threading
import time

import numpy as np
import pytest

from tlcore import guard
from tlcore.errors import ImageError, InputError
from tlcore.guard import Task, run

MODULE = """
import ctypes, time, numpy
from tlcore.errors import ImageError

def crash(data, name):
    ctypes.string_at(0)

def hang(data, name):
    time.sleep(60)

def eat(data, name):
    return len(bytearray(8_000_000_000))

def write(data, name):
    with open(name, "wb") as file:
        file.write(data)

def fail(data, name):
    raise ImageError("a photo", name, "Choose another.")

def count(data, name, times):
    print("noise between the messages")
    return {"bytes": len(data) * times}

def array(data, name):
    return numpy.frombuffer(data, numpy.uint8).reshape(2, -1)
"""


@pytest.fixture
def tasks(tmp_path, monkeypatch):
    """Tasks that children find in a module of their own."""
    (tmp_path / "made_tasks.py").write_text(MODULE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    names = ("crash", "hang", "eat", "write", "fail", "count", "array")
    monkeypatch.setattr(guard, "TASKS", {name: Task(name, f"made_tasks:{name}", 2.0) for name in names})
    children = guard._Children(2)
    monkeypatch.setattr(guard, "_children", children)
    yield children
    while not children._idle.empty():
        if child := children._idle.get():
            child.close()


def test_answers_come_back_as_values_arrays_and_errors_of_this_project(tasks):
    assert run("count", b"12345", "five", times=3) == {"bytes": 15}
    np.testing.assert_array_equal(run("array", bytes(range(6)), "six"), [[0, 1, 2], [3, 4, 5]])
    with pytest.raises(ImageError, match="a photo, but got holiday"):
        run("fail", b"", "holiday.jpg")


@pytest.mark.parametrize(
    ("task", "words"), [("crash", "broke down"), ("hang", "longer than 2 s"), ("eat", "broke down")]
)
def test_what_kills_or_holds_a_child_is_a_sentence_and_the_next_one_is_served(tasks, task, words):
    started = time.monotonic()
    with pytest.raises(InputError, match=words):
        run(task, b"", "evil.h5")
    assert time.monotonic() - started < 30
    assert run("count", b"1", "one", times=1) == {"bytes": 1}


def test_a_child_writes_no_files(tasks, tmp_path):
    with pytest.raises(InputError, match="broke down"):
        run("write", b"1" * 100, str(tmp_path / "written"))
    assert not (tmp_path / "written").exists() or (tmp_path / "written").stat().st_size == 0


def test_nobody_waits_for_one_that_hangs(tasks):
    def ask() -> None:
        with pytest.raises(InputError):
            run("hang", b"", "evil.h5")

    run("count", b"", "warm", times=1)
    hanging = threading.Thread(target=ask)
    hanging.start()
    assert run("count", b"1", "one", times=1) == {"bytes": 1}
    assert hanging.is_alive()
    hanging.join()
