"""The program as a whole: every command explains itself, starts fast, completes, and refuses what it does not know."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from tests.conftest import ROOT
from tlcore.cli import main
from tlcore.cli.program import program
from tlcore.runs.store import open_store


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All commands with the words that call them, groups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def complete(*words: str, start: str = "") -> list[str]:
    """What the shell offers after some words."""
    return [item.value for item in ShellComplete(program, {}, "tlcore", "").get_completions(list(words), start)]


def test_every_command_explains_itself_and_all_that_it_takes(capsys):
    found = dict(commands(program))
    assert len(found) > 35
    for path, command in found.items():
        assert main([*path, "--help"]) == 0, path
        assert command.help in " ".join(capsys.readouterr().out.split()), path
        assert [parameter.name for parameter in command.params if not parameter.help] == [], path
        if not isinstance(command, click.Group):
            assert "json" in [parameter.name for parameter in command.params], path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Commands:"),
        (["zoology"], "No such command 'zoology'"),
        (["zoo", "--colour"], "No such option"),
        (["zoo", "VGG16"], "unexpected extra argument"),
        (["data"], "Commands:"),
        (["summary"], "NETWORK"),
        (["train", "--strategy", "guess"], "fine_tune"),
        (["train", "--dataset", "any", "--set", "epochs"], "--set FIELD=VALUE"),
        (["train", "--plan", str(Path(__file__))], "a plan as a JSON file"),
        (["best", "any", "--seconds", "nan"], "more than 0 seconds"),
    ],
)
def test_what_it_does_not_understand_ends_with_2_on_the_error_stream(capsys, arguments, words):
    code = main(arguments)
    captured = capsys.readouterr()
    assert (code, captured.out) == (2, "")
    assert words in captured.err


def test_a_broken_off_command_ends_with_130(monkeypatch):
    def break_off(_name):
        raise KeyboardInterrupt

    monkeypatch.setattr("tlcore.zoo.catalog.find", break_off)
    assert main(["summary", "VGG16"]) == 130


def test_json_may_stand_before_an_action_too(capsys):
    for arguments in (["recipes", "--json"], ["recipes", "--json", "list"], ["recipes", "list", "--json"]):
        assert main(arguments) == 0
        assert json.loads(capsys.readouterr().out)


def test_names_and_ids_are_completed(objects):
    run, deleted = open_store().add_run("train", {}, "one"), open_store().add_run("train", {}, "two")
    open_store().delete_run(deleted.id)
    assert complete("runs", "show") == [run.id]
    assert complete("runs", "restore") == [deleted.id]
    assert complete("compare", run.id) == [run.id]
    assert complete("train", "--dataset", start=objects[:3]) == [objects]
    assert complete("data", "restore") == []
    assert complete("summary", start="VGG19") == ["VGG19"]
    assert "mobilenetv2-frozen" in complete("recipes", "show", start="mobile")


def start(code: str, **environment: str) -> str:
    """The output of a Python process of its own."""
    environment = {**os.environ, **environment}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    ).stdout


def test_the_shell_completes_the_entry_point():
    code = "import sys; sys.argv = ['/bin/tlcore']; from tlcore.__main__ import run; run()"
    offered = start(code, _TLCORE_COMPLETE="bash_complete", COMP_WORDS="tlcore comp", COMP_CWORD="1")
    assert offered.split() == ["plain,compare"]


def test_a_command_imports_only_what_it_needs():
    code = "import sys; from tlcore.cli import main; main(sys.argv[1:] or ['%s']); print(*sys.modules)"
    slow = {"scipy", "sklearn", "plotly", "tensorflow", "pandas"}
    assert not {*slow, "sqlalchemy"} & set(start(code % "zoo").split())
    assert not slow & set(start(code % "--help").split())
