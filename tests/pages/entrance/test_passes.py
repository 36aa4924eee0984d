"""Cookies and counted attempts, without a server."""

from __future__ import annotations

from pages.entrance import passes
from pages.entrance.attempts import Attempts
from tlcore.access.asker import OWNER
from tlcore.access.codes import codes
from tlcore.settings import settings


def _code_is(monkeypatch, code: str) -> None:
    monkeypatch.setenv("TLCORE_ACCESS_CODE", code)
    settings.cache_clear()


def test_a_cookie_says_who_somebody_is_until_the_code_changes(home, monkeypatch):
    _code_is(monkeypatch, "first code")
    cookie = passes.issue("FIRST-code", None)
    visitor = passes.read(cookie)
    assert len(visitor.id) == 32 and not visitor.is_owner
    assert passes.issue("firstcodes", None) is None and passes.issue("", None) is None
    assert passes.read(passes.issue("first code", visitor)) == visitor
    assert passes.read(passes.issue(codes().owner, visitor)) == OWNER
    assert len(passes.read(passes.issue("first code", OWNER)).id) == 32
    assert passes.read(cookie[:-1]) is None and passes.read("") is None
    _code_is(monkeypatch, "second code")
    assert passes.read(cookie) is None


def test_codes_and_key_outlive_the_process(home):
    first = codes()
    other = home.parent / "other"
    codes.__globals__["_codes"](other, "", "")  # what was kept is forgotten
    assert codes() == first
    assert len({first.access, first.owner, first.key}) == 3


def test_time_refills_the_stock_of_attempts():
    moment = [100.0]
    attempts = Attempts(lambda: moment[0])
    for _ in range(10):
        assert attempts.wait("198.51.100.1") == 0
        attempts.note_wrong("198.51.100.1")
    assert attempts.wait("198.51.100.1") == 6
    assert attempts.wait("198.51.100.2") == 0
    moment[0] += 6
    assert attempts.wait("198.51.100.1") == 0
    attempts.note_wrong("198.51.100.1")
    assert attempts.wait("198.51.100.1") == 6


def test_an_ipv6_client_cannot_change_its_address_to_try_again():
    attempts = Attempts(lambda: 0.0)
    for number in range(10):
        attempts.note_wrong(f"2001:db8::{number}")
    assert attempts.wait("2001:db8::ffff") > 0 and attempts.wait("2001:db8:0:1::1") == 0


def test_nobody_waits_longer_than_a_minute_however_much_others_guess():
    attempts = Attempts(lambda: 0.0)
    for _ in range(1000):
        attempts.note_wrong("198.51.100.1")
    assert attempts.wait("198.51.100.1") <= 70
