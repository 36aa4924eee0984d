"""A PostgreSQL server that is away, full or read-only: sentences without passwords; runs outlast that it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT, end_dispatcher
from tests.postgresql import PASSWORD, server_or_skip
from tlcore.cli import main
from tlcore.datasets.importer import import_dataset
from tlcore.explain import explain
from tlcore.runs import client
from tlcore.runs import run as states
from tlcore.runs.database.engine import open_engine
from tlcore.runs.execution import worker
from tlcore.runs.execution.worker import Reporter
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.training.plans.defaults import suggest_plan

NAMES = sorted(file.parent.name for file in (ROOT / "pages").glob("*/page.py"))


@pytest.fixture
def own_server(home, monkeypatch):
    """A server for this test alone, which may end it; the settings name a database of it as the store."""
    server = server_or_skip()
    address = server.address(server.new_database())
    monkeypatch.setenv("TLCORE_STORE", address)
    settings.cache_clear()
    yield server
    server.end()
    server.start()
    monkeypatch.setenv("TLCORE_STORE", address)
    settings.cache_clear()
    end_dispatcher()
    open_engine(address).dispose()
    server.remove()


def refused(capsys, *words: str) -> str:
    """What a command says that fails: one sentence, which holds no part of the password."""
    open_engine.cache_clear()
    capsys.readouterr()
    assert main(list(words)) in (1, 2)
    said = capsys.readouterr().err
    assert said.startswith("Expected ") and said.count("\n") == 1 and "Traceback" not in said, said
    assert not [part for part in (PASSWORD, "se@cr", "se%40cr", "wrong-secret") if part in said]
    return said


def assert_no_password_in(home: Path) -> None:
    logs = [file.read_text("utf-8", "replace") for file in (home / "logs").glob("*")]
    assert not [log for log in logs if "se@cr" in log or "se%40cr" in log]


def test_addresses_that_lead_nowhere_are_said(postgresql, postgresql_server, home, monkeypatch, capsys):
    def use(address: str) -> None:
        monkeypatch.setenv("TLCORE_STORE", address)
        settings.cache_clear()

    for address, words in (
        (postgresql_server.address("nowhere"), ['database "nowhere" does not exist', "names it correctly"]),
        (postgresql_server.address("postgres", "nobody"), ["authentication failed"]),
        (postgresql_server.address("postgres", password="wrong-secret"), ["authentication failed"]),
        ("postgresql://studio:wrong-secret@127.0.0.1:1/runs", ["Connection refused", "127.0.0.1:1/runs"]),
    ):
        use(address)
        said = refused(capsys, "runs", "list")
        assert not [word for word in words if word not in said], said
    use(postgresql)
    assert_no_password_in(home)


def test_a_stopped_server_is_one_box_on_every_page_and_is_found_again(own_server, home, capsys):
    run = open_store().add_run("train", {}, "a run")
    own_server.end()
    for name in NAMES:
        app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=60).run()
        app.switch_page(f"{name}/page.py").run()
        assert not app.exception and len(app.title) == 1, name
        boxes = [box.value for box in app.main.error]
        assert len(boxes) == (name in ("classify", "compare", "lesson", "train")), (name, boxes)
        assert all("an answer from the store" in box and "se@cr" not in box for box in boxes), boxes
    assert "an answer from the store" in refused(capsys, "runs", "list")
    own_server.start()
    store = open_store()
    assert store.run(run.id) == run
    own_server.end(signal.SIGQUIT)
    own_server.start()
    assert store.run(run.id) == run, "connections from before are not used any more"
    assert_no_password_in(home)


def test_a_database_that_may_only_be_read_is_read_and_says_so_when_written_to(postgresql, postgresql_server, capsys):
    name = sa.make_url(postgresql).database
    run = open_store().add_run("train", {}, "a run")
    postgresql_server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    open_engine(postgresql).dispose()
    said = refused(capsys, "runs", "describe", run.id, "--name", "other")
    assert "permission to write to the store" in said and "read-only transaction" in said
    assert main(["runs", "list"]) == 0 and "a run" in capsys.readouterr().out
    postgresql_server.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    open_engine(postgresql).dispose()


def test_an_account_that_may_make_no_tables_is_told(postgresql, postgresql_server, monkeypatch, capsys):
    name = sa.make_url(postgresql).database
    postgresql_server.execute(f"CREATE ROLE {name}_guest LOGIN PASSWORD 'wrong-secret'")
    with monkeypatch.context() as changed:
        changed.setenv("TLCORE_STORE", postgresql_server.address(name, f"{name}_guest", "wrong-secret"))
        settings.cache_clear()
        assert "permission denied for schema public" in refused(capsys, "runs", "list")
    settings.cache_clear()


def test_a_full_disk_of_the_database_is_said_and_the_store_goes_on_when_there_is_space(
    own_server, tmp_path, monkeypatch, capsys
):
    place = own_server.folder / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"needs the right to mount a small file system: {mounted.stderr.strip()}")
    try:
        own_server.own(place)
        own_server.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        own_server.execute("CREATE DATABASE small TABLESPACE small")
        monkeypatch.setenv("TLCORE_STORE", own_server.address("small"))
        settings.cache_clear()
        store = open_store()
        run = store.add_run("train", {}, "a run")
        with (place / "ballast").open("wb", buffering=0) as ballast, pytest.raises(OSError):
            while True:
                ballast.write(os.urandom(1 << 16))
        with pytest.raises(sa.exc.DBAPIError) as caught:
            for _ in range(2000):
                store.add_event(run.id, "epoch", {"text": os.urandom(500).hex()})
        assert "space on the disk of the store" in str(explain(caught.value))
        written = len(store.events(run.id))
        (place / "ballast").unlink()
        assert store.add_event(run.id, "epoch", {})
        assert [event.sequence for event in store.events(run.id)] == list(range(1, written + 2))
    finally:
        own_server.execute("DROP DATABASE IF EXISTS small WITH (FORCE)")
        own_server.execute("DROP TABLESPACE IF EXISTS small")
        subprocess.run(["umount", "--lazy", place], check=True)


def test_what_a_worker_says_while_the_server_is_away_waits_for_it(own_server, monkeypatch):
    monkeypatch.setattr(worker, "_TRY_PAUSE_SECONDS", 0.05)
    store = open_store()
    reporter = Reporter(store, store.claim(store.add_run("train", {}, "a run").id, {}))
    own_server.end(signal.SIGQUIT)

    def work() -> None:
        for epoch in range(1, 4):
            reporter.emit({"kind": "epoch", "epoch": epoch})
        asked.append(reporter.should_stop())
        reporter.end(states.FINISHED, {}, result={"seconds": 1.0})

    asked: list[bool] = []
    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(1.0)
    assert thread.is_alive()
    own_server.start()
    thread.join(60)
    [run] = store.runs()
    assert (run.state, run.result, asked) == (states.FINISHED, {"seconds": 1.0}, [False])
    assert [event.payload.get("epoch") for event in store.events(run.id)] == [1, 2, 3, None]


@pytest.mark.slow
def test_a_real_run_outlasts_that_the_server_is_killed_again_and_again(own_server, home):
    dataset = import_dataset("digits", {}, "digits")
    plan = {**suggest_plan(dataset, "scratch", "LeNet5"), "input_size": 32, "epochs": 12, "early_stopping": 0}
    store = open_store()
    run = client.submit("train", plan, "patient")

    def epochs() -> list[int]:
        return [event.payload["epoch"] for event in store.events(run.id, kind="epoch")]

    for seen in (1, 3):
        deadline = time.monotonic() + 120
        while len(epochs()) < seen:
            assert time.monotonic() < deadline and not store.run(run.id).has_ended, store.run(run.id)
            time.sleep(0.05)
        own_server.end(signal.SIGQUIT)
        time.sleep(3)
        own_server.start()
    ended = client.wait(run.id)
    assert ended.state == states.FINISHED, ended.error
    assert epochs() == list(range(1, 13)), "without a gap, and none twice"
    assert not [event for event in store.events(run.id) if event.kind in ("resumed", states.INTERRUPTED)]
    assert_no_password_in(home)
