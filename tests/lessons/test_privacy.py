"""What a pupil made is read by them and the owner of the machine alone: asked as another visitor, not by buttons."""

from __future__ import annotations

import contextlib
import inspect

import pytest

from tests.lessons.conftest import ANN, BEN, train
from tlcore.access.asker import NOBODY, answer_with, asking
from tlcore.datasets.dataset import dataset_ids, list_datasets, open_dataset
from tlcore.datasets.deleting import delete_dataset, deleted_datasets, restore_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.versions import new_version
from tlcore.errors import NotFoundError, StudioError
from tlcore.lessons import joining, teaching
from tlcore.lessons.ready import READY
from tlcore.runs import client, experiments
from tlcore.runs.execution.queue import places_in_line
from tlcore.runs.execution.worker import execute
from tlcore.runs.run import FINISHED, QUEUED
from tlcore.runs.store import Store, open_store
from tlcore.training.plans.defaults import suggest_plan

STRANGER = "stranger"
OBJECTS = {"images_per_class": 12, "size": 32}


@contextlib.contextmanager
def _nobody():
    with asking(STRANGER):
        answer_with(lambda: NOBODY)
        yield


OTHERS = [lambda: asking(BEN), lambda: asking(STRANGER), _nobody]


READING = [
    lambda id: open_store().run(id),
    lambda id: open_store().poll(id),
    client.stop,
    client.resume,
    client.delete,
    client.restore,
    client.retry,
    client.trained_run,
    lambda id: client.describe(id, name="mine"),
    lambda id: client.describe(id, notes="read"),
    lambda id: experiments.jobs_of("experiment"),
    lambda id: experiments.stop("experiment"),
]


@pytest.mark.parametrize("other", OTHERS)
def test_nobody_reads_or_changes_a_run_of_a_pupil(each_store, home, own_lesson, other):
    with asking(ANN):
        store = open_store()
        run = store.add_run("train", {"dataset": "photos"}, "secret", "experiment")
        store.add_event(run.id, "epoch", {"epoch": 1})
        assert store.events(run.id) and store.runs() == [run]
    with other():
        store = open_store()
        for ask in READING:
            with pytest.raises(NotFoundError) as refusal:
                ask(run.id)
            assert "secret" not in str(refusal.value)
        assert store.runs(deleted=None) == store.events(run.id) == store.latest(10) == []
        assert (
            store.names("train") == set()
            and store.count([QUEUED]) == 0
            and experiments.past_experiments() == {}
            and client.unfinished_runs() == []
        )
        assert places_in_line(store) == {run.id: 1}, "a place tells nothing, and others need theirs"
    assert open_store().run(run.id) == run and open_store().runs() == [run]


def test_no_way_of_reading_runs_forgets_to_ask_who_reads():
    inner = {"long_deleted", "last_starts"}  # for housekeeping and the queue
    reading = {
        name: source
        for name, method in vars(Store).items()
        if inspect.isfunction(method) and not name.startswith("_")
        for source in [inspect.getsource(method)]
        if "select" in source
    }
    assert {"runs", "poll", "events", "latest"} <= {*reading}
    assert {name for name, source in reading.items() if "readable(" not in source} == inner


def test_visitors_in_no_lesson_show_each_other_their_runs_and_see_the_owners(each_store, home, own_lesson):
    of_owner = open_store().add_run("train", {}, "owner's")
    with asking(STRANGER):
        of_stranger = open_store().add_run("train", {}, "stranger's")
    with asking("another"):
        assert {run.id for run in open_store().runs()} == {of_owner.id, of_stranger.id}
    with asking(ANN):
        assert open_store().run(of_stranger.id) and open_store().run(of_owner.id)


@pytest.mark.parametrize("other", OTHERS)
def test_nobody_opens_lists_or_changes_a_dataset_of_a_pupil(own_lesson, other):
    with asking(ANN):
        id = import_dataset("rendered", OBJECTS, "private").id
        version = new_version(open_dataset(id), removed=[0]).id
        delete_dataset(version)
        assert dataset_ids() == [id] and deleted_datasets() == [version]
    with other():
        assert dataset_ids() == [] and list_datasets() == () and deleted_datasets() == []
        for ask in (open_dataset, delete_dataset, client.delete_unused_dataset):
            with pytest.raises(NotFoundError) as refusal:
                ask(id)
            assert version not in str(refusal.value)
        with pytest.raises(NotFoundError):
            restore_dataset(version)
    assert dataset_ids() == [id]


def test_two_pupils_who_bring_the_same_do_not_meet(own_lesson):
    found = {}
    for visitor in (ANN, BEN):
        with asking(visitor):
            found[visitor] = import_dataset("rendered", OBJECTS, "same").id
            assert import_dataset("rendered", OBJECTS, "same").id == found[visitor]
            assert dataset_ids() == [found[visitor]]
    assert len(dataset_ids()) == 2


def test_no_visitor_sees_an_image_of_the_hidden_test_in_any_dataset(make, objects):
    other_version = new_version(open_dataset(objects), removed=[0]).id
    lesson = teaching.make_lesson(READY.find("few"), objects, 60, choices={"split_seed": (1,)})
    with asking(ANN):
        joining.join(lesson.code, "Ann")
        assert dataset_ids() == [], "nor while they are being drawn"
        with pytest.raises(StudioError, match="prepared"):
            joining.start_run(lesson, {})
    lesson = make(choices={"split_seed": (1,)})
    for other in OTHERS:
        with other():
            assert dataset_ids() == [lesson.dataset]
            for id in (lesson.hidden, lesson.source, other_version):
                with pytest.raises(NotFoundError):
                    open_dataset(id)
    with asking(ANN):
        own = import_dataset("rendered", {"images_per_class": 12, "size": 64, "seed": 3}, "objects").id
        assert own != objects and {*dataset_ids()} == {lesson.dataset, own}, (
            "who brings the same keeps it to themselves"
        )
    plan = suggest_plan(open_dataset(lesson.hidden), "frozen", "EfficientNetLite0")
    with asking(ANN):
        run = open_store().add_run("train", plan, "fishing")
    execute(run.id)
    assert open_store().run(run.id).state == "failed"


def test_the_run_of_a_lesson_is_not_for_others_and_its_dataset_is(joined):
    run = train(joined, ANN)
    assert run.state == FINISHED and len(open_store().events(run.id)) > 3
    with asking(BEN):
        assert open_store().runs(kind="train") == [] and open_dataset(joined.dataset)
        with pytest.raises(NotFoundError):
            client.trained_run(run.id)
