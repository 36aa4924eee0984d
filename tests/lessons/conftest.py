"""A lesson on small drawn objects, and pupils who ask."""

from __future__ import annotations

import pytest

from tlcore.access.asker import asking
from tlcore.lessons import book, joining
from tlcore.lessons.ready import READY
from tlcore.lessons.teaching import make_lesson
from tlcore.runs.execution.worker import execute

ANN, BEN = "ann-secret", "ben-secret"


@pytest.fixture(autouse=True)
def no_processes(monkeypatch):
    monkeypatch.setattr("tlcore.runs.execution.dispatcher.start_detached", lambda *_, **__: None)


@pytest.fixture
def make(home, objects):
    """A function that makes a lesson about few images and prepares it; `None` for a lesson without a dataset."""

    def make_one(dataset: str | None = objects, minutes: float = 60, **values):
        values = {"choices": {"images_per_class": (2, 1), "split_seed": (1, 2, 3)}, **values}
        lesson = make_lesson(READY.find("few"), dataset or "", minutes, **values)
        if lesson.job:
            assert execute(lesson.job)
        return book.find(lesson.id)

    return make_one


@pytest.fixture
def joined(make):
    """The lesson, which Ann and Ben have joined."""
    lesson = make()
    for visitor, name in ((ANN, "Ann"), (BEN, "Ben")):
        with asking(visitor):
            joining.join(lesson.code, name)
    return lesson


@pytest.fixture
def own_lesson(home):
    """A lesson without a dataset, which Ann and Ben have joined."""
    lesson = make_lesson(READY.find("few"), "", 60)
    for visitor in (ANN, BEN):
        with asking(visitor):
            joining.join(lesson.code, "Ann")
    return lesson


def train(lesson, visitor: str, dataset: str = "", **chosen):
    """Let a pupil train to the end."""
    with asking(visitor):
        run = joining.start_run(lesson, chosen, dataset)
    assert execute(run.id)
    [run] = [each for each in book.runs(lesson.id) if each.id == run.id]
    assert run.state == "finished", run.error
    return run
