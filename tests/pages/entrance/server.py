"""The app as a server of its own, and requests to it as browsers and others send them."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "streamlit",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HTML = {"Accept": "text/html"}


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass
class Server:
    port: int
    process: subprocess.Popen
    log: Path

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        """Send one request; an underscore in the name of a header stands for a dash."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        # After a handshake the connection stays open: there is no body to wait for.
        text = "" if answer.status == 101 else answer.read().decode("utf-8", "replace")
        connection.close()
        return Answer(answer.status, answer.headers, text)

    def enter(self, code: str, path: str = "/", **headers: str) -> Answer:
        return self.ask("POST", path, f"code={code}", **FORM, **headers)

    def handshake(self, **headers: str) -> int:
        return self.ask("GET", "/_stcore/stream", **{**UPGRADE, **headers}).status


@contextmanager
def serving(folder: Path, **environment: str) -> Iterator[Server]:
    """Run the app until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    log = folder / "app.log"
    whole = {**os.environ, "TLCORE_HOME": str(folder / "home"), "TLCORE_OFFLINE": "1", **environment}
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=file, env=whole)
    try:
        server = Server(port, process, log)
        for _ in range(600):
            try:
                server.ask("GET", "/_stcore/health")
                break
            except OSError:
                time.sleep(0.1)
        yield server
    finally:
        process.kill()
        process.wait()
