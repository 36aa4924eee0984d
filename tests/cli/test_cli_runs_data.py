"""The commands that manage runs and mend datasets."""

from __future__ import annotations

import json
import shutil

import pytest

from tlcore.cli import main
from tlcore.datasets.dataset import open_dataset
from tlcore.runs import run as states
from tlcore.runs.execution import dispatcher
from tlcore.runs.store import open_store
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.results.evaluation import JUDGED_FILE, PREDICTIONS_FILE
from tlcore.zoo.catalog import INSTALLED


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    """Run a command; returns exit code, output and errors."""
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture(autouse=True)
def started(monkeypatch) -> list[list[str]]:
    """The processes that would have been started."""
    commands: list[list[str]] = []
    monkeypatch.setattr(dispatcher, "start_detached", lambda command, *_, **__: commands.append(command))
    monkeypatch.setattr(dispatcher, "_last_start", {})
    return commands


@pytest.mark.parametrize("command", [("runs", "list"), ("runs", "show"), ("experiments", "show")])
@pytest.mark.parametrize("waits", [True, False])
def test_looking_at_what_waits_starts_a_dispatcher_where_none_is_alive(capsys, objects, started, command, waits):
    store, plan = open_store(), suggest_plan(open_dataset(objects), "frozen", INSTALLED)
    queued = store.add_run("train", plan, "a run", "seeds-1")
    if not waits:
        store.request_stop(queued.id)
    names = {"show": queued.id if command[0] == "runs" else "seeds-1"}
    assert run(capsys, *command, *filter(None, [names.get(command[1])]))[0] == 0
    assert [line[-1] for line in started] == (["dispatch"] if waits else [])


def test_runs_are_described_deleted_restored_and_found_by_tag(capsys, home):
    store = open_store()
    first = store.add_run("train", {}, "first", owner="Ada")
    second = store.add_run("train", {}, "second", owner="Ada")
    third = store.add_run("train", {}, "third", owner="Grace")
    assert "third in the queue" in run(capsys, "runs", "list")[1]
    places = {row["id"]: row["place"] for row in json.loads(run(capsys, "runs", "list", "--json")[1])}
    assert places == {first.id: 1, third.id: 2, second.id: 3}
    run(capsys, "runs", "describe", first.id, "--name", "the first", "--tags", "pets, cats", "--notes", "so so")
    text = run(capsys, "runs", "show", first.id)[1]
    assert all(words in text for words in ("the first", "tags: pets, cats", "so so"))
    assert [row["id"] for row in json.loads(run(capsys, "runs", "list", "--tag", "cats", "--json")[1])] == [first.id]
    assert run(capsys, "runs", "delete", first.id)[0] == 0
    assert first.id not in run(capsys, "runs", "list")[1]
    assert first.id in run(capsys, "runs", "list", "--deleted")[1]
    assert run(capsys, "runs", "restore", first.id)[0] == 0
    assert store.run(first.id).state == states.STOPPED
    store.move(second.id, [states.QUEUED], states.TRAINING)
    code, _, errors = run(capsys, "runs", "delete", second.id)
    assert (code, "Stop it first" in errors) == (1, True)


def test_images_are_relabeled_and_removed_by_name_or_position(capsys, two_classes):
    code, out, _ = run(capsys, "data", "change", two_classes, "--relabel", "0=dog", "--remove", "cat/1.png", "--json")
    changed = json.loads(out)
    assert code == 0
    assert changed["counts"] == {"cat": 58, "dog": 61}
    assert changed["source"]["parent"] == two_classes
    assert "1 image removed and 1 relabeled." in run(capsys, "data", "show", changed["id"])[1]
    code, _, errors = run(capsys, "data", "change", two_classes, "--remove", "cat/11111.png")
    assert (code, "cat/11.png" in errors) == (2, True)
    assert run(capsys, "data", "change", two_classes, "--relabel", "dog")[0] == 2


def test_datasets_are_deleted_and_restored(capsys, two_classes):
    waiting = open_store().add_run("train", {"dataset": two_classes}, "needs it")
    code, _, errors = run(capsys, "data", "delete", two_classes)
    assert code != 0 and waiting.id in errors
    open_store().move(waiting.id, [states.QUEUED], states.STOPPED)
    assert f"data restore {two_classes}" in run(capsys, "data", "delete", two_classes)[1]
    assert two_classes not in run(capsys, "data", "list")[1]
    assert two_classes in run(capsys, "data", "restore", two_classes)[1]
    assert run(capsys, "data", "delete", two_classes, "--for-good")[0] == 0
    assert run(capsys, "data", "restore", two_classes)[0] == 2


def test_suspects_are_listed(capsys, two_classes, finished_run):
    finished = finished_run(two_classes, wrong=(15, 16))
    shutil.copyfile(finished.folder / PREDICTIONS_FILE, finished.folder / JUDGED_FILE)
    rows = json.loads(run(capsys, "data", "suspects", finished.id, "--json")[1])
    assert [(row["part"], row["label"] != row["suggested"]) for row in rows] == [("test", True)] * 2
    assert rows[0]["file"] in run(capsys, "data", "suspects", finished.id)[1]
