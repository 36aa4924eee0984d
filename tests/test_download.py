"""Downloads: they go on where they ended, are checked, and say the way out where there is no network."""

from __future__ import annotations

import hashlib
import http.server
import threading

import pytest

from tlcore.download import fetch
from tlcore.errors import MissingError
from tlcore.jobs import SILENT, Monitor, Stopped
from tlcore.settings import settings

CONTENT = bytes(range(256)) * 4000


@pytest.fixture(autouse=True)
def online(home, monkeypatch):
    """Downloads are allowed, from this machine."""
    monkeypatch.setenv("TLCORE_OFFLINE", "0")
    settings.cache_clear()


class Server(http.server.BaseHTTPRequestHandler):
    asked = []  # noqa: RUF012

    def do_GET(self):
        begin = int(self.headers.get("Range", "bytes=0-")[6:-1])
        type(self).asked.append(begin)
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(CONTENT) - begin))
        self.end_headers()
        self.wfile.write(CONTENT[begin:])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Server.asked.clear()
    yield f"http://127.0.0.1:{server.server_port}/weights.h5"
    server.shutdown()
    server.server_close()


def test_a_stopped_download_goes_on_where_it_ended(tmp_path, address):
    path, reports = tmp_path / "weights.h5", []
    with pytest.raises(Stopped):
        fetch(address, path, None, Monitor(reports.append, lambda: True))
    assert not path.exists()
    fetch(address, path, hashlib.md5(CONTENT).hexdigest(), Monitor(reports.append))
    assert path.read_bytes() == CONTENT
    assert Server.asked[0] == 0
    assert 0 < Server.asked[1] < len(CONTENT)
    assert reports[-1]["done"] == reports[-1]["total"] == len(CONTENT)


def test_a_download_with_a_wrong_digest_is_thrown_away(tmp_path, address):
    with pytest.raises(MissingError, match="digest"):
        fetch(address, tmp_path / "weights.h5", "0" * 64, SILENT)
    assert list(tmp_path.iterdir()) == [tmp_path / "home"] or list(tmp_path.iterdir()) == []


def test_without_network_the_message_names_file_and_folder(tmp_path):
    with pytest.raises(MissingError, match=r"weights\.h5") as caught:
        fetch("http://127.0.0.1:1/weights.h5", tmp_path / "weights.h5", None, SILENT)
    assert str(tmp_path) in str(caught.value)
