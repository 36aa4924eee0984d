"""Pages of a shared studio: as nobody, as a visitor, as the owner of the machine."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.entrance import passes
from pages.entrance.visitor import visitor
from tlcore.access.asker import NOBODY, asking
from tlcore.access.codes import codes
from tlcore.runs.run import INTERRUPTED, QUEUED
from tlcore.runs.store import open_store

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "pages"


def _open(page: str, tabs: str = "", tab: str = "", **address: str) -> AppTest:
    """Open a page at an address, and a tab of it by the key of its tabs."""
    st.cache_data.clear()  # readings of runs that serve everybody for a moment
    app = AppTest.from_file(str(ROOT / "pages/router.py"), default_timeout=60)
    app.query_params.update(address)
    if tabs:
        app.session_state[tabs] = tab
    app.run()
    app.switch_page(f"{page}/page.py").run()
    assert not app.exception, app.exception
    return app


def _buttons(app: AppTest) -> dict[str, bool]:
    """Label → whether it can be pressed."""
    return {button.label: not button.disabled for button in app.button}


@pytest.mark.parametrize("page", sorted(path.parent.name for path in PAGES.glob("*/page.py")))
def test_nobody_sees_nothing(shared_studio, page):
    shared_studio[passes.COOKIE] = "forged"
    app = _open(page)
    assert [each.value for each in app.error] == ["Reload the page and enter the access code."]
    assert not app.title and not app.button and not app.sidebar.children


def test_a_run_of_somebody_else_can_be_looked_at_and_not_changed(shared_studio, objects, finished_run):
    cookie = passes.issue(codes().access, None)
    with asking(passes.read(cookie).id):
        own = finished_run(objects)
    with asking("somebody else"):
        foreign = finished_run(objects)
    shared_studio[passes.COOKIE] = cookie
    for run, is_own in ((own, True), (foreign, False)):
        buttons = _buttons(_open("train", f"result-{run.id}", "Edit", run=run.id))
        assert (buttons["Save"], buttons["Delete"], buttons["Run again"]) == (is_own, is_own, True)
    open_store().move(foreign.id, ["finished"], INTERRUPTED)
    assert _buttons(_open("train", run=foreign.id))["Resume"] is False
    open_store().move(foreign.id, [INTERRUPTED], QUEUED)
    assert _buttons(_open("train", run=foreign.id))["Stop"] is False
    assert not _buttons(_open("datasets", "tab", "Details", dataset=objects))[
        "Delete"
    ]  # it belongs to the owner of the machine
    shared_studio[passes.COOKIE] = passes.issue(codes().owner, None)
    assert _buttons(_open("train", run=foreign.id))["Stop"] is True
    assert _buttons(_open("datasets", "tab", "Details", dataset=objects))["Delete"] is False  # the queued run needs it


def _add_folder(path: Path) -> AppTest:
    app = _open("datasets", add="folder")
    app.text_input(key="folder-path").set_value(str(path))
    return next(button for button in app.button if button.label == "Look at the images").click().run()


def test_the_form_refuses_a_folder_in_the_same_words_whether_or_not_it_exists(shared_studio, tmp_path):
    shared_studio[passes.COOKIE] = passes.issue(codes().access, None)
    said = set()
    for path in (tmp_path, tmp_path / "missing"):
        said.update(each.value for each in _add_folder(path).error)
    assert len(said) == 1 and "open to visitors" in said.pop()
    assert open_store().runs() == []
    shared_studio[passes.COOKIE] = passes.issue(codes().owner, None)
    _add_folder(tmp_path)
    assert [run.visitor for run in open_store().runs()] == [""]


def test_only_the_owner_reads_the_code_on_the_home_page(shared_studio):
    shown = {}
    for code in (codes().access, codes().owner):
        shared_studio[passes.COOKIE] = passes.issue(code, None)
        shown[code] = [each.value for each in _open("home").code if codes().access in each.value]
    assert not shown[codes().access] and len(shown[codes().owner]) == 1


def test_pages_change_runs_and_datasets_only_where_the_engine_asks_who_asks():
    unasked = {
        "add_run",
        "request_stop",
        "describe_run",
        "delete_run",
        "restore_run",
        "purge_run",
        "move",
        "purge_dataset",
        "set_name",
        "forget_names",
    }
    for file in PAGES.rglob("*.py"):
        tree = ast.walk(ast.parse(file.read_text("utf-8")))
        names = {node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in tree}
        assert not names & unasked, file


def test_where_a_login_is_set_up_the_person_counts_not_the_browser(shared_studio, monkeypatch):
    known: dict[str, object] = {"is_logged_in": False}
    monkeypatch.setattr("streamlit.user_info._get_user_info", lambda: known)
    shared_studio[passes.COOKIE] = passes.issue(codes().access, None)
    assert list(_buttons(_open("train"))) == ["Log in"]
    known |= {"is_logged_in": True, "iss": "https://accounts.example", "sub": "7"}
    first = visitor()
    assert "Log in" not in _buttons(_open("train")) and len(first.id) == 32 and not first.is_owner
    shared_studio[passes.COOKIE] = passes.issue(codes().access, None)
    assert visitor() == first
    known["sub"] = "8"
    assert visitor() != first
    shared_studio.clear()
    assert visitor() == NOBODY  # the code comes first
