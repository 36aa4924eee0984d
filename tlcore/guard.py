"""Untrusted bytes are parsed in a child process: what crashes, hangs or takes all memory there harms nobody here.

A few children are kept warm. Each gets the name of a task, its arguments and the bytes, and answers with plain values
or an array. One that dies or takes too long is replaced, and whoever asked gets a sentence. Nobody can take them from
the others for long: there are more children than cores, what harmed one is not tried again for a while, and who finds
all of them busy is told so soon.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import psutil

from tlcore import errors
from tlcore.errors import DatasetError, ImageError, InputError, StateError

CHILDREN = 2 + min(8, os.cpu_count() or 1)  # the threads of an import, and two more; each is started when needed
PATIENCE_SECONDS = 8.0  # for a free child
SLOWEST = 30_000_000  # bytes a second that are handed over and read even on a busy machine
MEMORY_SECONDS = 600.0  # for which bytes that harmed a child are not tried again
_MOST_REMEMBERED = 1000
_MOST_WAITING = 10  # times what a task may take, on a machine that is busy otherwise
_WATCH_SECONDS = 0.05
_LENGTH_BYTES = 8

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """Something that is done with untrusted bytes.

    Args:
        name: its key.
        function: "module:function"; takes the bytes, or the path of the file, and the arguments, and returns plain
            values or an array.
        seconds: of processor time after which a child counts as hung, besides the time for many bytes. Waiting for one
            does not count, nor does waiting for a processor that others use.
        error: what is raised about bytes that harm a child.
    """

    name: str
    function: str
    seconds: float
    error: type[InputError] = InputError


TASKS = {
    task.name: task
    for task in (
        Task("network", "tlcore.zoo.opened.network:describe_network", 12.0),
        Task("weights", "tlcore.zoo.weights.layout:describe_weights", 5.0),
        Task("own", "tlcore.inference.own.facts:describe_own", 20.0),
        Task("unpack", "tlcore.inference.own.facts:unpack", 10.0),
        Task("image", "tlcore.images.unusual:decode_unusual", 20.0, ImageError),
        Task("image size", "tlcore.images.unusual:measure_unusual", 20.0, ImageError),
        Task("pickle", "tlcore.datasets.sources.array_files.pickled:unpickle_here", 10.0, DatasetError),
        Task("hdf5", "tlcore.datasets.sources.array_files.hdf5_here:read_here", 10.0, DatasetError),
    )
}


def run(task: str, data: bytes | Path, name: str, **arguments: object) -> Any:
    """Do a task in a child process.

    Args:
        task: a key of `TASKS`.
        data: the untrusted bytes, or the file that they are in.
        name: what the user calls them.
        **arguments: of the task, JSON-able.

    Returns:
        What the task returns: plain values, or an array.

    Raises:
        InputError: if the bytes harm a child, or did so a short while ago; it is the error that the task names.
        StudioError: any error of this project that the task raised.
        StateError: if all children stay busy.
    """
    row = TASKS[task]
    key = _key(task, data)
    harm = _harm.recall(key)
    if not harm:
        answer, content = _ask(row, data, {"name": name, **arguments})
        if "harm" in answer:
            logger.warning("a child was harmed by %s: %s", name, answer)
            harm = answer["harm"]
            _harm.keep(key, harm)
    if harm:
        raise row.error("a file that can be read", f"{name}, {harm}", "It is damaged, or was made to do harm.")
    if "error" in answer:
        raise getattr(errors, answer["error"])(*answer["parts"])
    if "shape" in answer:
        return np.frombuffer(content, answer["dtype"]).reshape(answer["shape"]).copy()  # one that may be written to
    return answer["values"]


def _key(task: str, data: bytes | Path) -> bytes:
    """What bytes are known by; none where they are in a file, which may be another one next time."""
    if isinstance(data, Path):
        return b""
    digest = hashlib.sha256(data)
    digest.update(task.encode())
    return digest.digest()


def _ask(row: Task, data: bytes | Path, arguments: dict) -> tuple[dict, bytes]:
    request = {"function": row.function, "arguments": arguments}
    if isinstance(data, Path):
        size, content = data.stat().st_size, b""
        request["path"] = str(data)
    else:
        size, content = len(data), data
    child = _children.take()
    try:
        return child.ask(request, content, row.seconds + size / SLOWEST)
    except EOFError as death:
        return {"harm": str(death)}, b""
    finally:
        _children.give_back(child)


def write_message(stream: IO[bytes], header: Mapping[str, object], content: bytes = b"") -> None:
    """Write a message: the length of its header, the header as JSON, and the content that the header measures.

    Args:
        stream: a pipe.
        header: plain values.
        content: bytes that follow.
    """
    text = json.dumps({**header, "length": len(content)}).encode()
    stream.write(len(text).to_bytes(_LENGTH_BYTES, "big") + text)
    stream.write(content)
    stream.flush()


def read_message(stream: IO[bytes]) -> tuple[dict, bytes]:
    """Read what `write_message` wrote.

    Args:
        stream: a pipe.

    Returns:
        The header and the content.

    Raises:
        EOFError: if the stream ends before.
    """
    header = json.loads(_read(stream, int.from_bytes(_read(stream, _LENGTH_BYTES), "big")))
    return header, _read(stream, header["length"])


def _read(stream: IO[bytes], length: int) -> bytes:
    found = stream.read(length)
    if len(found) < length:
        raise EOFError("the stream has ended")
    return found


class _Child:
    """A process that does tasks, one after the other."""

    def __init__(self) -> None:
        modules = [task.function.split(":")[0] for task in TASKS.values()]
        command = [sys.executable, "-m", "tlcore.guarded", *modules]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._is_ready = False

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: dict, data: bytes, seconds: float) -> tuple[dict, bytes]:
        """Raises EOFError, with what became of the child, if it gives no answer; StateError if it never got ready."""
        assert self._process.stdin and self._process.stdout  # it was started with pipes
        self._get_ready(self._process.stdout)
        answered, was_slow = threading.Event(), threading.Event()
        try:
            threading.Thread(target=self._watch, args=(seconds, answered, was_slow), daemon=True).start()
            write_message(self._process.stdin, request, data)
            return read_message(self._process.stdout)
        except (EOFError, OSError):
            code = self._process.wait()
            if was_slow.is_set():
                raise EOFError(f"which takes longer than {seconds:.0f} s to read") from None
            raise EOFError(f"over which the program that reads it broke down (exit code {code})") from None
        finally:
            answered.set()

    def _get_ready(self, outbox: IO[bytes]) -> None:
        """Wait until it has started: how long that takes, and that it fails, says nothing about the bytes."""
        if self._is_ready:
            return
        try:
            read_message(outbox)
        except EOFError:
            raise StateError(
                "a program that reads files for the studio",
                f"one that ended while it started (exit code {self._process.wait()})",
                "Most likely memory ran out: close other programs and try again.",
            ) from None
        self._is_ready = True

    def _watch(self, seconds: float, answered: threading.Event, was_slow: threading.Event) -> None:
        """End the child if it uses so much processor time, sleeps after so long, or takes many times that."""
        with suppress(psutil.NoSuchProcess):
            child, began = psutil.Process(self._process.pid), time.monotonic()
            used_before = _processor_seconds(child)
            while not answered.wait(_WATCH_SECONDS):
                waited = time.monotonic() - began
                sleeps = waited >= seconds and child.status() == psutil.STATUS_SLEEPING
                if sleeps or _processor_seconds(child) - used_before >= seconds or waited >= _MOST_WAITING * seconds:
                    was_slow.set()
                    self._process.kill()
                    return

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def _processor_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


class _Children:
    """At most so many children; one is started when those that run are busy, or none is left."""

    def __init__(self, most: int, patience: float = PATIENCE_SECONDS):
        self._patience = patience
        self._idle: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(most):
            self._idle.put(None)

    def take(self) -> _Child:
        """Raises StateError if none gets free."""
        try:
            child = self._idle.get(timeout=self._patience)
        except queue.Empty:
            raise StateError(
                "a moment in which files can be read", "a machine that is busy with others' files", "Try again soon."
            ) from None
        try:
            return child if child is not None and child.is_alive else _Child()
        except OSError:
            self._idle.put(None)
            raise

    def give_back(self, child: _Child) -> None:
        self._idle.put(child if child.is_alive else None)


class _Harm:
    """What certain bytes did to a child a short while ago, by their digest."""

    def __init__(self) -> None:
        self._found: dict[bytes, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def recall(self, key: bytes) -> str:
        with self._lock:
            harm, until = self._found.get(key, ("", 0.0))
        return harm if time.monotonic() < until else ""

    def keep(self, key: bytes, harm: str) -> None:
        if not key:
            return
        with self._lock:
            self._found.pop(key, None)  # the newest stand last
            self._found[key] = (harm, time.monotonic() + MEMORY_SECONDS)
            while len(self._found) > _MOST_REMEMBERED:
                del self._found[next(iter(self._found))]


_children = _Children(CHILDREN)
_harm = _Harm()
