"""Errors that libraries really raise become sentences that say what to do."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import traceback

import numpy as np
import pytest
import sqlalchemy as sa

from tlcore.errors import InputError, MissingError, NotFoundError, StudioError
from tlcore.explain import explain
from tlcore.runs.store import open_store
from tlcore.settings import settings


class ResourceExhaustedError(Exception):
    """As TensorFlow calls it."""


def locked_store():
    open_store()
    with contextlib.closing(sqlite3.connect(settings().store_file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        engine = sa.create_engine(settings().store_address, connect_args={"timeout": 0.05})
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE runs SET name = 'no such table: \n'"))


def store_without_columns():
    settings().home.mkdir()
    with contextlib.closing(sqlite3.connect(settings().store_file)) as other:
        other.execute("CREATE TABLE events (run TEXT)")
    with sa.create_engine(settings().store_address).connect() as connection:
        connection.execute(sa.text("SELECT * FROM runs"))


def file_for_home():
    settings().home.write_text("a file")
    open_store()


def huge_array():
    np.empty((1 << 40, 1 << 10))


def full_accelerator():
    raise ResourceExhaustedError("OOM when allocating tensor")


def full_c_library():
    raise RuntimeError("std::bad_alloc")


def full_disk_below():
    try:
        raise OSError(errno.ENOSPC, "No space left on device", "features.npy")
    except OSError as error:
        raise RuntimeError("Can't synchronously write data") from error


def vanished_file():
    (settings().home / "gone.npy").read_bytes()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (locked_store, ["to be free", "locked", "Try again in a moment"]),
        (store_without_columns, ["a sound store in", "no such table: runs"]),
        (file_for_home, ["a folder", "Move the file away", "TLCORE_HOME"]),
        (huge_array, ["enough memory", "batch size", "input size"]),
        (full_accelerator, ["enough memory", "batch size"]),
        (full_c_library, ["enough memory", "batch size"]),
        (full_disk_below, ["features.npy", "a full disk", "Free up some space"]),
        (vanished_file, ["gone.npy", "nothing there"]),
    ],
)
def test_a_fault_of_the_machine_is_named_with_what_to_do(fault, words):
    with pytest.raises(Exception) as caught:
        fault()
    explained = explain(caught.value)
    assert [word for word in words if word not in str(explained)] == []
    assert not isinstance(explained, InputError)
    assert not (settings().home.is_dir() and (settings().home / "logs").exists()), "what is known needs no log"


def test_a_damaged_store_is_named_with_its_file(damaged_store):
    with pytest.raises(sa.exc.DatabaseError) as caught:
        open_store()
    words = [f"a sound store in {damaged_store}", "file is not a database", "move it away"]
    assert [word for word in words if word not in str(explain(caught.value))] == []


@pytest.mark.parametrize(
    ("address", "kind", "words"),
    [
        ("postgresql://me:se/cret@127.0.0.1:1/runs", MissingError, "the store postgresql://127.0.0.1:1/runs"),
        ("postgres://127.0.0.1:1/runs?password=secret", MissingError, "the store postgres://127.0.0.1:1/runs, but"),
        ("postgresql://127.0.0.1:1/runs?password=se@cret", InputError, "%3F for ?"),
        ("postgresql://me:se?cr@cret:word@127.0.0.1/runs", InputError, "%40 for @"),
        ("postgresql://me:secret@db.example:cret/runs", InputError, "TLCORE_STORE"),
        ("mysql://me:secret@db.example/runs", InputError, "PostgreSQL"),
        ("runs", InputError, "TLCORE_STORE"),
    ],
)
def test_a_store_that_cannot_be_opened_says_what_is_missing_but_no_password(monkeypatch, address, kind, words):
    monkeypatch.setenv("TLCORE_STORE", address)
    settings.cache_clear()
    with pytest.raises(Exception) as caught:
        open_store()
    explained = explain(caught.value)
    assert isinstance(explained, kind)
    assert words in str(explained)
    assert "cret" not in str(explained) + "".join(traceback.format_exception(caught.value))


def test_what_nobody_foresaw_is_logged_in_full_and_admitted(home, tmp_path):
    def fail() -> None:
        raise ZeroDivisionError("a very odd thing\nand more of it")

    with pytest.raises(ZeroDivisionError) as caught:
        fail()
    log = home / "logs" / "errors.log"
    message = str(explain(caught.value))
    assert "something unexpected (ZeroDivisionError: a very odd thing)" in message
    assert str(log) in message
    assert "in fail" in log.read_text() and "and more of it" in log.read_text()
    before = log.stat().st_size
    assert "run.log" in str(explain(caught.value, tmp_path / "run.log"))
    assert log.stat().st_size == before, "a worker's log holds the traceback already"


def test_a_log_that_cannot_be_written_is_no_second_error(home):
    home.write_text("a file in place of the folder")
    assert "could not be written" in str(explain(ZeroDivisionError()))


def test_an_error_of_this_project_stays_what_it_is():
    for error in (NotFoundError("run", "x", []), StudioError("a", "b", "c")):
        assert explain(error) is error
