"""The wall is read once a second whoever watches, and shows nothing but names, states, curves and figures."""

from __future__ import annotations

import dataclasses
import threading

import pytest

from tests.lessons.conftest import ANN, BEN
from tlcore.access.asker import asking
from tlcore.lessons import book, joining, teaching, wall
from tlcore.lessons.ready import READY
from tlcore.lessons.wall import Wall
from tlcore.runs.store import open_store


@pytest.fixture
def lesson(each_store, home):
    lesson = teaching.make_lesson(READY.find("few"), "", 60)
    for visitor, name in ((ANN, "Ann"), (BEN, "Ben")):
        with asking(visitor):
            joining.join(lesson.code, name)
    return lesson


def test_the_wall_shows_the_latest_run_of_each_pupil_and_goes_on_from_what_it_knows(lesson, monkeypatch):
    monkeypatch.setattr(wall, "SECONDS", 0.0)
    store, picture = open_store(), Wall(lesson.id)
    with asking(ANN):
        run = store.add_run("train", {"strategy": "frozen"}, "run", lesson=lesson.id)
    assert [(tile.name, tile.state, tile.runs) for tile in picture.look().tiles] == [
        ("Ann", "queued", 1),
        ("Ben", "", 0),
    ]
    store.claim(run.id, {})
    for epoch in (1, 2):
        store.add_event(run.id, "epoch", {"epoch": epoch, "validation_accuracy": epoch / 4})
    assert picture.look().tiles[0].curve == (0.25, 0.5)
    store.add_event(run.id, "epoch", {"epoch": 2, "validation_accuracy": 0.75})  # as after a kill
    with asking("somebody"):
        tile = picture.look().tiles[0]
    assert tile.curve == (0.25, 0.75) and tile.strategy == "frozen"
    assert not [value for value in dataclasses.astuple(tile) if value in (ANN, run.id)]
    teaching.show_names(lesson, False)
    assert [tile.name for tile in picture.look().tiles] == ["Pupil 1", "Pupil 2"]
    with asking(ANN):
        store.move(run.id, ["preparing"], "stopped")
        store.add_run("train", {"strategy": "scratch"}, "run", lesson=lesson.id)
    assert (picture.look().tiles[0].strategy, picture.look().tiles[0].runs) == ("scratch", 2)


def test_a_hundred_watchers_are_one_reading(lesson, monkeypatch):
    readings, picture = [], Wall(lesson.id)
    find = book.find
    monkeypatch.setattr(book, "find", lambda id: readings.append(id) or find(id))
    threads = [threading.Thread(target=picture.look) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(readings) <= 3, "one, and one more for each second that the threads took"
