"""A shared studio as the network sees it: without the code nothing but the form, with it everything."""

from __future__ import annotations

import importlib.metadata
import socket
import stat
import time

import pytest

from tests.pages.entrance.server import HTML, serving

CODE, OWNER_CODE = "class code 7", "owner code 8"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    environment = {"TLCORE_SHARED": "1", "TLCORE_ACCESS_CODE": CODE, "TLCORE_OWNER_CODE": OWNER_CODE}
    limits = {"TLCORE_VISITOR_UPLOAD_BYTES": "1000", "TLCORE_HOSTS": "studio.school.example"}
    with serving(tmp_path_factory.mktemp("shared"), **environment, **limits) as running:
        yield running


@pytest.fixture(scope="module")
def cookie(server):
    return server.enter("Class-Code 7").headers["Set-Cookie"].partition(";")[0]


PLOTLY = f"/plotly-{importlib.metadata.version('plotly')}.min.js"
PATHS = [
    PLOTLY,
    "/",
    "/train",
    "/_stcore/health",
    "/_stcore/host-config",
    "/media/a.png",
    "/static/js/a.js",
    "/~/+/media/x",
]


@pytest.mark.parametrize("path", PATHS)
def test_without_the_code_nothing_but_the_form_is_served(server, path):
    page = server.ask("GET", path, **HTML)
    assert page.status == 401 and "Access code" in page.text and "<script" not in page.text
    plain = server.ask("GET", path, Cookie="studio_visitor=ImFiYyI.forged")
    assert plain.status == 401 and plain.text.count("\n") == 1


def test_without_the_code_no_websocket_opens_and_nothing_is_uploaded(server):
    assert server.handshake() == 403
    assert server.ask("PUT", "/_stcore/upload_file/a/b", "data").status == 401
    assert server.ask("DELETE", "/_stcore/upload_file/a/b").status == 401


def test_with_the_code_everything_works(server, cookie):
    entered = server.enter(CODE, "/train?run=1")
    assert entered.status == 303 and entered.headers["Location"] == "/train?run=1"
    flags = entered.headers["Set-Cookie"].lower()
    assert "httponly" in flags and "samesite=lax" in flags and "secure" not in flags
    assert "secure" in server.enter(CODE, X_Forwarded_Proto="https").headers["Set-Cookie"].lower()
    assert server.ask("GET", "/", Cookie=cookie, **HTML).status == 200
    assert server.ask("GET", "/_stcore/health", Cookie=cookie).text == "ok"
    plotly = server.ask("GET", PLOTLY, Cookie=cookie)
    assert (
        plotly.status == 200 and "immutable" in plotly.headers["Cache-Control"] and "plotly.js v" in plotly.text[:200]
    )
    assert server.ask("GET", PLOTLY, Cookie=cookie, Accept_Encoding="gzip").headers["Content-Encoding"] == "gzip"
    assert server.handshake(Cookie=cookie, Origin=f"http://127.0.0.1:{server.port}") == 101
    assert cookie not in server.enter(CODE).headers["Set-Cookie"]  # everybody is somebody else


def test_nobody_is_sent_to_another_server(server):
    for path in ("//evil.example", "/\\evil.example", "/%5Cevil.example", "//evil.example/enter"):
        place = server.enter(CODE, path).headers["Location"]
        assert place.startswith("/") and place[1] not in "/\\", place


def test_wrong_codes_are_slowed_down_for_each_address(server):
    guess = {"X_Forwarded_For": "203.0.113.7"}
    assert {server.enter(f"guess-{number}", **guess).status for number in range(10)} == {401}
    refused = server.enter(CODE, **guess)
    assert refused.status == 429 and 0 < int(refused.headers["Retry-After"]) <= 6
    assert "Too many wrong codes" in refused.text
    assert server.enter(CODE, X_Forwarded_For="203.0.113.8").status == 303
    assert server.enter("x" * 100_000, X_Forwarded_For="203.0.113.8").status == 401


def test_codes_that_are_held_back_and_sent_at_once_are_counted_like_others(server):
    head = (
        f"POST /enter HTTP/1.1\r\nHost: localhost:{server.port}\r\nX-Forwarded-For: 203.0.113.9\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\ncod"
    )
    sockets = [socket.create_connection(("127.0.0.1", server.port), timeout=20) for _ in range(40)]
    for each in sockets:
        each.sendall(head.encode())
    time.sleep(0.5)
    for each in sockets:
        each.sendall(b"e=wrong")
    statuses = [each.recv(12)[-3:] for each in sockets]
    for each in sockets:
        each.close()
    assert statuses.count(b"401") == 10 and statuses.count(b"429") == 30


def test_no_other_page_may_show_the_pages_within_itself(server, cookie):
    assert server.ask("GET", "/", Cookie=cookie, **HTML).headers["X-Frame-Options"] == "SAMEORIGIN"


def test_unknown_hosts_and_foreign_pages_are_refused(server, cookie):
    assert server.ask("GET", "/", Host="evil.example", Cookie=cookie, **HTML).status == 400
    assert server.handshake(Host="evil.example", Cookie=cookie, Origin="http://evil.example") == 403
    plotly = server.ask("GET", PLOTLY, Cookie=cookie)
    assert (
        plotly.status == 200 and "immutable" in plotly.headers["Cache-Control"] and "plotly.js v" in plotly.text[:200]
    )
    assert server.ask("GET", PLOTLY, Cookie=cookie, Accept_Encoding="gzip").headers["Content-Encoding"] == "gzip"
    assert server.handshake(Cookie=cookie, Origin="http://evil.example") == 403
    plotly = server.ask("GET", PLOTLY, Cookie=cookie)
    assert (
        plotly.status == 200 and "immutable" in plotly.headers["Cache-Control"] and "plotly.js v" in plotly.text[:200]
    )
    assert server.ask("GET", PLOTLY, Cookie=cookie, Accept_Encoding="gzip").headers["Content-Encoding"] == "gzip"
    assert server.handshake(Cookie=cookie, Origin="null") == 403
    assert server.enter(CODE, Origin="http://evil.example").status == 403
    named = "studio.school.example"  # as a proxy passes it on
    assert server.handshake(Host=named, Origin=f"https://{named}", Cookie=cookie) == 101


def test_uploads_of_visitors_are_limited_those_of_the_owner_are_not(server, cookie):
    upload = "/_stcore/upload_file/a/b"
    refused = server.ask("PUT", upload, "x" * 1001, Cookie=cookie)
    assert refused.status == 413 and "MB" in refused.text
    owner = server.enter(OWNER_CODE, "/enter", Cookie=cookie)
    assert owner.headers["Location"] == "/"
    for own, size in ((cookie, 900), (owner.headers["Set-Cookie"].partition(";")[0], 1001)):
        assert "XSRF" in server.ask("PUT", upload, "x" * size, Cookie=own).text  # Streamlit's own check comes next


def test_the_log_names_address_and_codes(server):
    said = server.log.read_text()
    assert CODE in said and OWNER_CODE in said and "https://studio.school.example" in said


def test_what_is_kept_is_private(server):
    home = server.log.parent / "home"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "codes.json").stat().st_mode) == 0o600
