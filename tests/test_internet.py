"""Whether there is a network: asked of a real server, seldom, and without keeping a page waiting."""

from __future__ import annotations

import http.server
import threading
import time

import pytest

from tlcore import internet
from tlcore.inference.networks.choice import DOWNLOAD, MISSING, imagenet_networks
from tlcore.settings import settings


class Server(http.server.ThreadingHTTPServer):
    """Counts what it is asked; answers with a status once it is let go."""

    daemon_threads = True

    def __init__(self, status: int = 200, waits: bool = False):
        server = self
        self.asked, self.go = 0, threading.Event()
        if not waits:
            self.go.set()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_HEAD(self):
                server.asked += 1
                server.go.wait(20)
                self.send_response(status)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def connect(monkeypatch):
    """A function that puts a server in place of the one of the published weights."""
    monkeypatch.setenv("TLCORE_OFFLINE", "0")
    settings.cache_clear()
    servers = []

    def make(**options) -> Server:
        servers.append(Server(**options))
        monkeypatch.setattr(internet, "_ADDRESS", f"http://127.0.0.1:{servers[-1].server_port}/weights.h5")
        return servers[-1]

    monkeypatch.setattr(internet, "_latest", None)
    yield make
    for server in servers:
        server.go.set()
        server.shutdown()
        server.server_close()


def vgg() -> str:
    return next(network.state for network in imagenet_networks() if network.key == "VGG16")


def test_it_is_asked_once_for_all_networks_and_again_when_the_answer_is_old(connect, monkeypatch):
    server = connect()
    assert internet.network_state() == internet.REACHABLE and vgg() == DOWNLOAD
    assert server.asked == 1
    server.shutdown()
    server.server_close()
    assert vgg() == DOWNLOAD, "the answer is fresh"
    monkeypatch.setattr(internet, "_FRESH_SECONDS", 0.0)
    assert internet.network_state() == internet.NOT_REACHABLE and vgg() == MISSING


def test_a_server_that_refuses_the_file_does_not_count(connect):
    connect(status=403)
    assert not internet.can_download()


def test_a_silent_server_keeps_nobody_waiting_and_counts_once_it_answers(connect, monkeypatch):
    monkeypatch.setattr(internet, "_WAIT_SECONDS", 0.3)
    server = connect(waits=True)
    started = time.monotonic()
    answers = [internet.can_download() for _ in range(50)]
    assert not any(answers) and server.asked == 1
    assert time.monotonic() - started < 10 * 0.3, "each call must not wait anew"
    server.go.set()
    internet._latest.join(20)
    assert internet.can_download()
    monkeypatch.setattr(internet, "_FRESH_SECONDS", 0.0)
    connect(waits=True)
    assert internet.can_download(), "until the next look knows better, the last one holds"


def test_switched_off_nobody_is_asked(connect, monkeypatch):
    server = connect()
    monkeypatch.setenv("TLCORE_OFFLINE", "1")
    settings.cache_clear()
    assert internet.network_state() == internet.OFF and not internet.can_download() and vgg() == MISSING
    assert server.asked == 0
