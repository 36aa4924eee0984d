"""Telling one process from another, also after its number was given to a new one and whatever the clock does."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Process:
    """A process of some machine.

    Args:
        host: name of the machine.
        pid: process number there.
        born: when it started, in a form that no step of the clock changes: see `describe`.
    """

    host: str
    pid: int
    born: str

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
            return _born(self.pid) == self.born and psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE
        except (psutil.NoSuchProcess, OSError):
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
        Its identity. On Linux its start is counted in ticks since a boot that has a name of its own; on other systems
        the kernel notes the time once, when it starts.

    Raises:
        OSError, psutil.NoSuchProcess: if there is no such process.
    """
    return Process(socket.gethostname(), pid, _born(pid))


def this_process() -> Process:
    """Identify the process that asks."""
    return describe(os.getpid())


def _born(pid: int) -> str:
    if sys.platform != "linux":
        return repr(psutil.Process(pid).create_time())
    # The name of the program may hold spaces and parentheses; the start is field 22 of proc(5).
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()} {fields[19]}"
