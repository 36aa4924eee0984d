"""Untrusted bytes meet a child process: its death, its hanging and its errors come back as sentences."""

from __future__ import annotations

import os
import threading
import time

import numpy as np
import psutil
import pytest

from tlcore import guard
from tlcore.errors import ImageError, InputError, StateError
from tlcore.guard import Task, run

MODULE = """
import ctypes, time, numpy
from tlcore.errors import ImageError

def crash(data, name):
    ctypes.string_at(0)

def hang(data, name):
    time.sleep(60)

def compute(data, name):
    while True:
        pass

def work(data, name):
    started = time.process_time()
    while time.process_time() < started + 1.0:
        pass
    return {"done": True}

def eat(data, name):
    return len(bytearray(8_000_000_000))

def stumble(data, name):
    return {}["nothing"]

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
    names = ("crash", "hang", "compute", "work", "eat", "stumble", "write", "fail", "count", "array")
    monkeypatch.setattr(guard, "TASKS", {name: Task(name, f"made_tasks:{name}", 2.0, ImageError) for name in names})
    monkeypatch.setattr(guard, "_harm", guard._Harm())
    children = guard._Children(2, patience=0.5)
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
    ("task", "words"),
    [
        ("crash", "broke down"),
        ("hang", "longer than 2 s"),
        ("compute", "longer than 2 s"),
        ("eat", "more than 1.5 GB of memory"),
        ("stumble", "stumbled"),
    ],
)
def test_what_kills_or_holds_a_child_is_a_sentence_and_the_next_one_is_served(tasks, task, words):
    started = time.monotonic()
    with pytest.raises(InputError, match=words):
        run(task, b"", "evil.h5")
    assert time.monotonic() - started < 30
    assert run("count", b"1", "one", times=1) == {"bytes": 1}


def test_a_child_that_cannot_start_is_no_fault_of_the_bytes(tasks, monkeypatch):
    with monkeypatch.context() as changed, pytest.raises(StateError, match="ended while it started"):
        changed.setattr(guard.sys, "executable", "/bin/false")
        run("count", b"1", "one", times=1)
    assert run("count", b"1", "one", times=1) == {"bytes": 1}


def test_waiting_for_a_busy_processor_is_no_fault_of_the_bytes(tasks):
    """A child that works for a second gets its answer through, also while others leave it a fifth of the time."""
    run("count", b"", "warm", times=1)
    child = psutil.Process(tasks._idle.queue[-1]._process.pid)
    ended = threading.Event()

    def starve():
        while not ended.is_set():
            child.suspend()
            time.sleep(0.08)
            child.resume()
            time.sleep(0.02)

    starving = threading.Thread(target=starve)
    starving.start()
    started = time.monotonic()
    assert run("work", b"", "a photo") == {"done": True}
    ended.set()
    starving.join()
    assert time.monotonic() - started > 2.5, "more than a child may take by the clock"


def test_a_child_that_starts_slowly_harms_nobody(tasks, tmp_path):
    """A busy machine takes longer to start a child than a task may take."""
    (tmp_path / "made_tasks.py").write_text(f"import time; time.sleep(2.5)\n{MODULE}")
    assert run("count", b"1", "one", times=1) == {"bytes": 1}


def test_a_child_writes_no_files(tasks, tmp_path):
    with pytest.raises(InputError, match="stumbled"):
        run("write", b"1" * 100, str(tmp_path / "written"))
    assert not (tmp_path / "written").exists() or (tmp_path / "written").stat().st_size == 0


@pytest.fixture
def hang(tasks):
    """Start as many as asked that hang, each over bytes of its own."""
    started = []

    def ask(number):
        with pytest.raises(InputError):
            run("hang", b"%d" % number, "evil.h5")

    def start(count):
        run("count", b"", "warm", times=1)
        for number in range(count):
            started.append(threading.Thread(target=ask, args=(number,)))
            started[-1].start()
        time.sleep(0.2)

    yield start
    for thread in started:
        thread.join()


def test_nobody_waits_for_one_that_hangs(hang):
    hang(1)
    assert run("count", b"1", "one", times=1) == {"bytes": 1}


def test_who_finds_all_of_them_busy_is_told_so_and_served_when_one_is_free(hang):
    hang(2)
    started = time.monotonic()
    with pytest.raises(StateError, match=r"busy.*Try again"):
        run("count", b"1", "one", times=1)
    assert time.monotonic() - started < 1.5
    time.sleep(2.0)
    assert run("count", b"1", "one", times=1) == {"bytes": 1}


def test_what_harmed_a_child_is_not_tried_again_for_a_while(tasks, monkeypatch):
    def refused(data):
        started = time.monotonic()
        with pytest.raises(ImageError, match="longer than 2 s"):
            run("hang", data, "evil.h5")
        return time.monotonic() - started

    assert refused(b"evil") > 1.9
    assert refused(b"evil") < 0.1
    assert refused(b"worse") > 1.9
    now = time.monotonic()
    monkeypatch.setattr(guard.time, "monotonic", lambda: now + guard.MEMORY_SECONDS + 1)
    assert guard._harm.recall(guard._key("hang", b"evil")) == ""


def test_arrays_that_come_back_can_be_written_to(tasks):
    assert run("array", bytes(range(6)), "six").flags.writeable
