"""A PostgreSQL server of the tests' own: on a free port, in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

_START_SECONDS = 60.0
_USER = "studio"
PASSWORD = "se@cr/et:?%"  # whatever makes an address difficult


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest where Debian has several; None where it is not installed."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = debian[-1] if debian else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Server:
    """A server that listens on this machine only.

    Args:
        bin: where PostgreSQL's programs are.
        durable: keep what is written through a power cut, as a real server does, which costs time.
    """

    def __init__(self, bin: Path, durable: bool = False):
        self._bin, self._durable = bin, durable
        self.folder = Path(tempfile.mkdtemp(prefix="tlcore-postgresql-"))
        # PostgreSQL refuses to run as root; Debian's package makes an account for it.
        self._account = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        self.own(self.folder)
        password = self.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        self._run("initdb", "-U", _USER, "-A", "scram-sha-256", "--pwfile", password, "-E", "UTF8", "--no-sync")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen | None = None
        self.start()

    def own(self, folder: Path) -> None:
        """Give the server's account a folder."""
        if self._account:
            shutil.chown(folder, "postgres", "postgres")

    def _run(self, program: str, *arguments: object) -> None:
        command = [self._bin / program, "-D", self.folder / "data", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, **self._account)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start it, also after it was ended or killed; waits until it answers."""
        fast = {} if self._durable else {"fsync": "off", "full_page_writes": "off"}
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200", **fast}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = [self._bin / "postgres", "-D", self.folder / "data", "-p", str(self.port), *words]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self._account)
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                assert time.monotonic() < deadline and self._process.poll() is None, self.log()
                time.sleep(0.05)

    def end(self, signal_number: int = signal.SIGINT) -> None:
        """End it.

        Args:
            signal_number: SIGINT says good-bye to whoever is connected, SIGQUIT does not, as if it had crashed.
        """
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal_number)
        if self._process is not None:
            self._process.wait(_START_SECONDS)

    def remove(self) -> None:
        """End it and remove all that it has written."""
        self.end(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        """What it has said."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def address(self, database: str, user: str = _USER, password: str = PASSWORD) -> str:
        """The address of a database, as TLCORE_STORE takes it."""
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database; gives its name."""
        name = f"studio_{secrets.token_hex(5)}"
        self.execute(f"CREATE DATABASE {name}")
        return name

    def execute(self, statement: str, database: str = "postgres") -> list[tuple]:
        """Do one statement as the owner of everything; gives the rows."""
        where = {"host": "127.0.0.1", "port": self.port, "user": _USER, "password": PASSWORD, "dbname": database}
        with psycopg.connect(**where, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


def server_or_skip() -> Server:
    """A new server; the test that asks for it is skipped where PostgreSQL is not installed."""
    bin = programs()
    if bin is None:
        pytest.skip("needs PostgreSQL: apt-get install postgresql")
    return Server(bin)
