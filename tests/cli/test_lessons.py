"""Lessons from the command line."""

from __future__ import annotations

import json

import pytest

from tlcore.access.asker import asking
from tlcore.cli import main
from tlcore.lessons import book, joining
from tlcore.runs.execution.worker import execute


@pytest.fixture(autouse=True)
def no_processes(monkeypatch):
    monkeypatch.setattr("tlcore.runs.execution.dispatcher.start_detached", lambda *_, **__: None)


def said(capsys, *words: str) -> object:
    assert main(["lessons", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_lesson_is_made_watched_saved_and_ended(objects, capsys, tmp_path):
    assert [row["name"] for row in said(capsys, "ready")] == ["freezing", "few", "break", "best"]
    options = ["--minutes", "10", "--allow", "images_per_class=1,2", "--set", "split_seed=4", "--title", "Objects"]
    made = said(capsys, "make", "few", "--dataset", objects, *options)
    assert (made["choices"], made["fixed"]["split_seed"]) == ({"images_per_class": [1, 2]}, 4)
    code = made["code"]
    assert execute(book.find_by_code(code).job)
    with asking("ada"):
        joining.join(code, "Ada")
        assert execute(joining.start_run(book.find_by_code(code), {"images_per_class": 2}).id)
    assert [row["code"] for row in said(capsys, "list")] == [code]
    assert said(capsys, "show", code)["pupils"] == [{"number": 1, "name": "Ada"}]
    [row] = said(capsys, "board", code)
    assert (row["pupil"], row["rank"], row["runs"]) == ("Ada", 1, 1)
    for names in ([], ["--names"]):
        said(capsys, "export", code, "--to", str(tmp_path / "lesson.csv"), *names)
        [head, line] = (tmp_path / "lesson.csv").read_text("utf-8").splitlines()
        assert line.startswith("Ada,2,finished" if names else "Pupil 1,2,finished"), (head, line)
    assert said(capsys, "keep", code, "--keep", "networks")["keep"] == "networks"
    said(capsys, "end", code)
    assert book.find_by_code(code).is_over and book.find_by_code(code).keep == ""


def test_what_is_wrong_is_one_sentence(home, capsys):
    for words in (["show", "aaaa-bbbb"], ["make", "few", "--minutes", "0"], ["make", "few", "--allow", "epochs"]):
        assert main(["lessons", *words]) == 2
        assert capsys.readouterr().err.count("\n") == 1
