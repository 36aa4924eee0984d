"""Downloads: they go on where they ended, are checked, and say the way out where there is no network."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import threading
import time

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

    trickles = False

    def do_GET(self):
        begin = int(self.headers.get("Range", "bytes=0-")[6:-1])
        type(self).asked.append(begin)
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(CONTENT) - begin))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # whoever asked went away
            for start in range(begin, len(CONTENT), 100) if self.trickles else ():
                self.wfile.write(CONTENT[start : start + 100])
                time.sleep(0.05)
            if not self.trickles:
                self.wfile.write(CONTENT[begin:])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Server.asked.clear()
    Server.trickles = False
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


def stops_soon(download) -> bool:
    """Whether a download that is asked to stop half a second after its first bytes does so long before its end."""
    moments: list[float] = []
    monitor = Monitor(
        lambda event: moments.append(time.monotonic()) if event["total"] == len(CONTENT) else None,
        lambda: bool(moments) and time.monotonic() - moments[0] > 0.5,
    )
    with pytest.raises(Stopped):
        download(monitor)
    return time.monotonic() - moments[0] < 3


def test_a_download_that_trickles_is_stopped_at_once(tmp_path, address):
    Server.trickles = True
    assert stops_soon(lambda monitor: fetch(address, tmp_path / "weights.h5", None, monitor))
    assert [path.name for path in tmp_path.glob(".*")] == [".weights.h5.partial"]


@pytest.mark.parametrize("way", ["open_part", "assemble"])
def test_a_download_for_keras_is_stopped_at_once(address, monkeypatch, way):
    """Keras' own download would go on to its end: every way on which weights are wanted has to lead round it."""
    from tlcore.inference.networks.feature_part import open_part
    from tlcore.inference.networks.feature_source import FeatureSource
    from tlcore.training.networks.assembly import assemble
    from tlcore.training.plans.plan import plan_from_json
    from tlcore.zoo import build

    Server.trickles = True
    # The addresses of Keras are those of the internet; what is there comes from this machine.
    monkeypatch.setattr(build, "fetch", lambda _origin, *arguments: fetch(address, *arguments))
    plan = {"dataset": "none", "strategy": "full", "backbone": "MobileNetV2", "weights": "imagenet", "input_size": 96}
    ways = {
        "open_part": lambda monitor: open_part(FeatureSource("MobileNetV2", "imagenet", 96, "out_relu"), monitor),
        "assemble": lambda monitor: assemble(plan_from_json(plan), 2, monitor),
    }
    assert stops_soon(ways[way])


def test_of_two_that_want_a_file_one_downloads_it(tmp_path, address):
    path, said, found = tmp_path / "weights.h5", [], []
    slow = Monitor(lambda event: (said.append(event["what"]), time.sleep(0.3)))

    def want() -> None:
        found.append(fetch(address, path, hashlib.md5(CONTENT).hexdigest(), slow).read_bytes() == CONTENT)

    threads = [threading.Thread(target=want) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True, True] and Server.asked == [0]
    assert any("another download" in what for what in said)
    assert [file.name for file in tmp_path.glob("*weights*")] == ["weights.h5"]


def test_a_download_with_a_wrong_digest_is_thrown_away(tmp_path, address):
    with pytest.raises(MissingError, match="digest"):
        fetch(address, tmp_path / "weights.h5", "0" * 64, SILENT)
    assert list(tmp_path.iterdir()) == [tmp_path / "home"] or list(tmp_path.iterdir()) == []


def test_without_network_the_message_names_file_and_folder(tmp_path):
    with pytest.raises(MissingError, match=r"weights\.h5") as caught:
        fetch("http://127.0.0.1:1/weights.h5", tmp_path / "weights.h5", None, SILENT)
    assert str(tmp_path) in str(caught.value)
