"""Telling one process from another, also after its number was given to a new one."""

from __future__ import annotations

import os
import socket
from dataclasses import asdict, dataclass

import psutil


@dataclass(frozen=True)
class Process:
    """A process of some machine.

    Args:
        host: name of the machine.
        pid: process number there.
        born: start time in seconds since 1970, as the operating system tells it.
    """

    host: str
    pid: int
    born: float

    def to_json(self) -> dict:
        """The record as plain values."""
        return asdict(self)

    @property
    def is_here(self) -> bool:
        """Whether it runs, or ran, on this machine."""
        return self.host == socket.gethostname()

    @property
    def is_alive(self) -> bool:
        """Whether it still runs; always True for another machine's, of which nothing can be known."""
        if not self.is_here:
            return True
        try:
            process = psutil.Process(self.pid)
            return process.create_time() == self.born and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def kill(self) -> None:
        """End it and its children at once, if it runs on this machine."""
        if not (self.is_here and self.is_alive):
            return
        try:
            process = psutil.Process(self.pid)
            for victim in [*process.children(recursive=True), process]:
                victim.kill()
        except psutil.NoSuchProcess:
            pass


def describe(pid: int) -> Process:
    """Identify a process of this machine.

    Args:
        pid: number of a running process.

    Returns:
        Its identity.
    """
    return Process(socket.gethostname(), pid, psutil.Process(pid).create_time())


def this_process() -> Process:
    """Identify the process that asks."""
    return describe(os.getpid())
