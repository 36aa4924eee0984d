"""Untrusted bytes are parsed in a child process: what crashes, hangs or takes all memory there harms nobody here.

A few children are kept warm. Each gets the name of a task, its arguments and the bytes, and answers with plain values
or an array. One that dies or takes too long is replaced, and whoever asked gets a sentence.
"""

from __future__ import annotations

import json
import logging
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from tlcore import errors
from tlcore.errors import InputError

CHILDREN = 2
_LENGTH_BYTES = 8

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Task:
    """Something that is done with untrusted bytes.

    Args:
        name: its key.
        function: "module:function"; takes the bytes and the arguments, and returns plain values or an array.
        seconds: after which a child counts as hung.
    """

    name: str
    function: str
    seconds: float


TASKS = {
    task.name: task
    for task in (
        Task("network", "tlcore.zoo.opened:describe_network", 5.0),
        Task("image", "tlcore.images.decode:decode_here", 20.0),
    )
}


def run(task: str, data: bytes, name: str, **arguments: object) -> Any:
    """Do a task in a child process.

    Args:
        task: a key of `TASKS`.
        data: the untrusted bytes.
        name: what the user calls them.
        **arguments: of the task, JSON-able.

    Returns:
        What the task returns: plain values, or an array.

    Raises:
        InputError: if the child died or took too long over them; or any error of this project that the task raised.
    """
    request = {"function": TASKS[task].function, "arguments": {"name": name, **arguments}}
    child = _children.take()
    try:
        answer, content = child.ask(request, data, TASKS[task].seconds)
    except EOFError as death:
        raise InputError(
            "a file that can be read", f"{name}, {death}", "It is damaged, or was made to do harm."
        ) from None
    finally:
        _children.give_back(child)
    if "error" in answer:
        raise getattr(errors, answer["error"])(*answer["parts"])
    if "shape" in answer:
        return np.frombuffer(content, answer["dtype"]).reshape(answer["shape"])
    return answer["values"]


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

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: dict, data: bytes, seconds: float) -> tuple[dict, bytes]:
        """Raises EOFError, with what became of the child, if it gives no answer."""
        began = time.monotonic()
        watchdog = threading.Timer(seconds, self._process.kill)
        watchdog.start()
        try:
            assert self._process.stdin and self._process.stdout  # it was started with pipes
            write_message(self._process.stdin, request, data)
            return read_message(self._process.stdout)
        except (EOFError, OSError):
            code = self._process.wait()
            logger.warning("a child ended with %s over %s", code, request)
            if time.monotonic() - began >= seconds:
                raise EOFError(f"which takes longer than {seconds:.0f} s to read") from None
            raise EOFError("over which the program that reads it broke down") from None
        finally:
            watchdog.cancel()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


class _Children:
    """At most so many children; one is started when all are busy, or none is left."""

    def __init__(self, most: int):
        self._idle: queue.LifoQueue[_Child | None] = queue.LifoQueue()
        for _ in range(most):
            self._idle.put(None)

    def take(self) -> _Child:
        child = self._idle.get()
        try:
            return child if child is not None and child.is_alive else _Child()
        except OSError:
            self._idle.put(None)
            raise

    def give_back(self, child: _Child) -> None:
        self._idle.put(child if child.is_alive else None)


_children = _Children(CHILDREN)
