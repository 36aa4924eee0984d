"""Errors on pages: each page keeps its title and shows one box, survives callbacks, and fields keep their text."""

from __future__ import annotations

import ast
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT
from tlcore.datasets.dataset import open_dataset
from tlcore.runs import run as states
from tlcore.runs.database.engine import open_engine
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import plan_from_json

APP = str(ROOT / "pages" / "router.py")
PAGES = sorted(file.parent.name for file in (ROOT / "pages").glob("*/page.py"))


def open_page(name: str, **query: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60).run()
    for key, value in query.items():
        app.query_params[key] = value
    return app.switch_page(f"{name}/page.py").run()


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def shown(elements) -> str:
    """The text of elements without what keeps it from being Markdown."""
    return " ".join(element.value.replace("\\", "") for element in elements)


@pytest.fixture
def ended_run(objects):
    """A training run that was interrupted."""
    store = open_store()
    run = store.add_run(
        "train", plan_from_json(suggest_plan(open_dataset(objects), "scratch", "LeNet5")).to_json(), "one"
    )
    store.move(run.id, [states.QUEUED], states.INTERRUPTED)
    return run


@pytest.fixture
def full_store():
    """A function that makes the store full: SQLite itself refuses to write more into it."""
    engine = open_engine(settings().store_address)

    def limit(connection: sqlite3.Connection, _record) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    def fill() -> None:
        sa.event.listen(engine, "connect", limit)
        engine.dispose()

    yield fill
    if sa.event.contains(engine, "connect", limit):
        sa.event.remove(engine, "connect", limit)
    engine.dispose()


@pytest.mark.parametrize(
    ("name", "query"), [(name, {}) for name in PAGES] + [("train", {"run": "x"}), ("compare", {"experiment": "x"})]
)
def test_a_page_without_a_store_keeps_its_title_and_shows_one_box_at_most(damaged_store, name, query):
    app = open_page(name, **query)
    assert not app.exception
    assert len(app.title) == 1
    assert "a damaged one (file is not a database)" in shown(app.sidebar.caption)
    needs_store = name in ("classify", "compare", "lesson", "train")
    assert len(app.main.error) == needs_store
    assert shown(app.main.error).count("a sound store in") == needs_store


def test_a_callback_that_fails_draws_a_box_on_the_page_and_loses_no_text(ended_run, full_store):
    app = open_page("train", run=ended_run.id)
    notes = app.text_area[0]
    notes.set_value("long " * 1999)
    full_store()
    button(app, "Save").click().run()
    assert not app.exception
    assert [box.value for box in app.error if "a full disk" in box.value]
    assert app.title and button(app, "Save"), "the page must be drawn below the box"
    assert app.text_area[0].value == "long " * 1999
    app.run()
    assert not app.error, "the box is gone with the next run"


def test_resuming_a_run_that_was_purged_meanwhile_is_said(ended_run):
    app = open_page("train", run=ended_run.id)
    open_store().delete_run(ended_run.id)
    open_store().purge_run(ended_run.id)
    button(app, "Resume").click().run()
    assert not app.exception
    assert "the name of an existing run" in app.error[0].value
    assert [title.value for title in app.title] == ["Train"]


def test_fields_that_an_error_hides_for_a_moment_keep_what_was_typed(objects, monkeypatch):
    app = open_page("train", dataset=objects)
    field = next(each for each in app.text_input if each.label == "Name of the run")
    field.set_value("my own name").run()

    def fail() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("tlcore.runs.execution.dispatcher.ensure_dispatcher", fail)
        app.run()
        assert "a full disk" in app.error[0].value
        assert not [each for each in app.text_input if each.label == "Name of the run"]
    app.run()
    assert not app.error
    assert next(each for each in app.text_input if each.label == "Name of the run").value == "my own name"


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for file in (ROOT / "pages").rglob("*.py"):
        yield file, ast.parse(file.read_text("utf-8"))


def calls(tree: ast.AST, name: str) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == name]


def test_every_callback_is_one_that_never_raises():
    found = 0
    for file, tree in trees():
        for node in ast.walk(tree):
            is_given = isinstance(node, ast.keyword) and node.arg in ("on_click", "on_change", "on_select")
            if is_given and not isinstance(node.value, ast.Constant):
                found += 1
                assert calls(node.value, "safely"), f"{file}: {ast.unparse(node)}"
    assert found > 20


def test_every_fragment_shows_its_own_errors():
    found = 0
    for file, tree in trees():
        functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        decorations = {name: [ast.unparse(each) for each in node.decorator_list] for name, node in functions.items()}
        fragments = [name for name, words in decorations.items() if any("st.fragment" in word for word in words)]
        passed = [ast.unparse(call.args[0]) for call in calls(tree, "st.fragment") if call.args]
        for name in fragments + passed:
            found += 1
            assert decorations[name][-1] == "errors_shown()", f"{file}: {name}"
    assert found > 10
