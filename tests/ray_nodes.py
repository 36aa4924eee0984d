"""A Ray cluster of the tests' own on this machine: a head that only directs, and nodes with one processor each."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

_BIN = Path(sys.executable).parent
_MEMORY = ("--object-store-memory", "80000000")
_START_SECONDS = 120
ROOT = Path(__file__).parent.parent


class RayNodes:
    """A head and some nodes that ask for a token.

    Args:
        count: of nodes.
    """

    def __init__(self, count: int):
        self.folder = Path(tempfile.mkdtemp(prefix="ray-"))  # Ray refuses longer paths
        self.token = self.folder / "token"
        self.token.write_text(secrets.token_hex(24))
        self._port, self._web = _free_port(), _free_port()
        self._environment = {
            **os.environ,
            "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN_PATH": str(self.token),
            "RAY_USAGE_STATS_ENABLED": "0",
        }
        self._count = count
        self.start()

    @property
    def address(self) -> str:
        """Where its job server answers."""
        return f"http://127.0.0.1:{self._web}"

    def start(self) -> None:
        """Start the head and all nodes, also after all of them were killed."""
        ports = ("--port", str(self._port), "--dashboard-port", str(self._web), "--temp-dir", str(self.folder / "t"))
        # Jobs go through the head's agent, whose usual port another cluster of this machine may have.
        agent = ("--dashboard-agent-listen-port", str(_free_port()))
        self._ray("start", "--head", *ports, *agent, "--num-cpus", "0", *_MEMORY)
        for _ in range(self._count):
            self.add_node()

    def add_node(self) -> None:
        """Start one more node."""
        self._ray("start", "--address", f"127.0.0.1:{self._port}", "--num-cpus", "1", *_MEMORY)

    def processes(self, name: str = "") -> list[psutil.Process]:
        """Ray's own processes in this cluster; those with a word in their command, or all."""
        return [each for each in psutil.process_iter() if str(self.folder) in (line := _command(each)) and name in line]

    def raylets(self) -> list[psutil.Process]:
        """The processes that make a machine a node, without that of the head; in the order of their start."""
        found = sorted(self.processes("/raylet/raylet "), key=lambda process: process.create_time())
        return found[1:]

    def kill(self) -> None:
        """Kill all of Ray's processes and, with the nodes, what their jobs have started."""
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                for each in [*process.children(recursive=True), process]:  # Ray renames some of them
                    each.kill()

    def remove(self) -> None:
        """End it and remove what it wrote; other clusters of this machine are left alone."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ray(self, *arguments: str) -> None:
        command = [str(_BIN / "ray"), *arguments]
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, timeout=_START_SECONDS, cwd=self.folder
        )
        assert done.returncode == 0, done.stdout + done.stderr


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
