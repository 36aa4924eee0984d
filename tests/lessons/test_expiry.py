"""When a lesson is over its photos are gone: files are searched by their digests and for their bytes."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from tests.lessons.conftest import ANN, BEN, train
from tlcore.access.asker import asking
from tlcore.access.folders import uploads_folder
from tlcore.datasets.dataset import dataset_ids, open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.versions import new_version
from tlcore.errors import StateError
from tlcore.lessons import book, expiry, joining, teaching
from tlcore.lessons.ready import READY
from tlcore.lessons.results import result_rows
from tlcore.runs import housekeeping
from tlcore.runs.database.engine import open_engine
from tlcore.runs.database.tables import EVENTS, LESSONS
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.storage.caches import cache_folder


def traces(home, dataset_digests, photos) -> list[str]:
    """Files in which a photo is: as a whole, somewhere within, or by its digest."""
    wanted = [*photos, *(digest.tobytes() for digest in dataset_digests)]
    found = []
    for file in home.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            digest = hashlib.sha256(content).digest()
            if any(each in content or digest == each for each in wanted):
                found.append(str(file.relative_to(home)))
    return found


@pytest.fixture
def own_photos(home, tmp_path):
    """A lesson without a dataset, to which Ann has brought photos and on which she has trained two networks."""
    lesson = teaching.make_lesson(READY.find("few"), "", 60, choices={"seed": (0,)})
    random, photos = np.random.default_rng(0), []
    with asking(ANN):
        joining.join(lesson.code, "Ann")
        folder = uploads_folder() / "photos"
        for name in ("cat", "dog"):
            (folder / name).mkdir(parents=True)
            for number in range(12):
                path = folder / name / f"{number}.png"
                Image.fromarray(random.integers(0, 256, (48, 48, 3), np.uint8)).save(path)
                photos.append(path.read_bytes())
        dataset = import_dataset("folder", {"path": str(folder)}, "mine")
    run = train(lesson, ANN, dataset.id)
    return lesson, dataset, photos, run


def test_photos_runs_names_and_features_are_gone_for_good(own_photos, home):
    lesson, dataset, photos, run = own_photos
    stays = import_dataset("rendered", {"images_per_class": 4, "size": 32}).id
    before = traces(home, dataset.digests, photos)
    assert any("images.bin" in name for name in before) and any(name.startswith("uploads") for name in before)
    assert any(cache_folder("features").iterdir())
    with asking(BEN):
        other = open_store().add_run("import", {}, "of somebody in no lesson")
    housekeeping.end_lessons(open_store())
    assert traces(home, dataset.digests, photos) == before, "not before its time"
    teaching.end_lesson(lesson)
    housekeeping.end_lessons(open_store())
    assert traces(home, dataset.digests, photos) == []
    assert not run.folder.exists() and not any(cache_folder("features").iterdir())
    assert dataset_ids() == [stays] and [each.id for each in open_store().runs(deleted=None)] == [other.id]
    with open_engine(settings().store_address).connect() as connection:
        assert not connection.scalar(sa.select(sa.func.count()).select_from(EVENTS).where(EVENTS.c.run == run.id))
    over = book.find(lesson.id)
    assert over.removed and [pupil.name for pupil in book.pupils(lesson.id)] == [""]
    assert [row["pupil"] for row in result_rows(over, names=True)] == ["Pupil 1"], "figures stay, without names"
    housekeeping.end_lessons(open_store())
    with asking(ANN):
        later = open_store().add_run("train", {}, "made later")
    with asking(BEN):
        assert later.id not in [run.id for run in open_store().runs()], "what she makes later is still hers alone"
    teaching.delete_lesson(over)
    assert book.all_lessons() == []
    with asking(BEN):
        assert later.id not in [run.id for run in open_store().runs()]


def test_networks_can_stay_without_photos_and_go_later(own_photos, home):
    lesson, dataset, photos, run = own_photos
    teaching.end_lesson(lesson, "networks")
    assert expiry.remove_what_is_over(open_store()) == [lesson.id]
    assert traces(home, dataset.digests, photos) == [] and not any(cache_folder("features").iterdir())
    assert open_store().run(run.id).state == "finished" and book.pupils(lesson.id)[0].name == "Ann"
    with pytest.raises(StateError, match="nothing is removed yet"):
        teaching.set_kept(book.find(lesson.id), "everything")
    teaching.set_kept(book.find(lesson.id), "")
    assert expiry.remove_what_is_over(open_store()) == [lesson.id] and open_store().runs(deleted=None) == []


def test_everything_stays_where_the_teacher_says_so(own_photos, home):
    lesson, dataset, photos, _run = own_photos
    before = traces(home, dataset.digests, photos)
    teaching.end_lesson(lesson, "everything")
    with pytest.raises(StateError, match="nothing is kept"):
        teaching.delete_lesson(book.find(lesson.id))
    assert expiry.remove_what_is_over(open_store()) == []
    assert traces(home, dataset.digests, photos) == before
    with asking(BEN):
        assert dataset_ids() == [], "and is still nobody else's"


def test_a_lesson_ends_by_the_clock_of_the_database(each_store, home, monkeypatch):
    lesson = teaching.make_lesson(READY.find("few"), "", 60)
    with asking(ANN):
        joining.join(lesson.code, "Ann")
        run = open_store().add_run("train", {}, "run", lesson=lesson.id)
    assert expiry.remove_what_is_over(open_store()) == []
    with open_engine(settings().store_address).begin() as connection:
        connection.execute(LESSONS.update().values(ends=book.find(lesson.id).created))
    started = []
    monkeypatch.setattr(expiry, "ensure_dispatcher", lambda: started.append(1))
    expiry.wake_dispatcher()
    assert started and book.find(lesson.id).is_over
    assert open_store().claim(run.id, {})
    assert expiry.remove_what_is_over(open_store()) == [], "a worker is busy"
    assert open_store().run(run.id).stop_requested and not book.find(lesson.id).removed
    open_store().move(run.id, ["preparing"], "stopped")
    assert expiry.remove_what_is_over(open_store()) == [lesson.id]
    assert open_store().runs(deleted=None) == [] and book.find(lesson.id).ended


@pytest.mark.parametrize("step", ["remove_folder", "_remove_datasets", "remove_unused_features", "purge_run"])
def test_a_kill_between_two_steps_leaves_the_rest_to_the_next_time(own_photos, home, monkeypatch, step):
    lesson, dataset, photos, _run = own_photos
    teaching.end_lesson(lesson)

    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(expiry, step, killed)
        with pytest.raises(KeyboardInterrupt):
            expiry.remove_what_is_over(open_store())
    assert not book.find(lesson.id).removed
    assert expiry.remove_what_is_over(open_store()) == [lesson.id]
    assert traces(home, dataset.digests, photos) == [] and len(result_rows(book.find(lesson.id), names=False)) == 1


def test_what_another_lesson_needs_stays(make, objects, home):
    first, second = make(), make()
    assert first.hidden == second.hidden
    for lesson in (first, second):
        with asking(ANN):
            joining.join(lesson.code, "Ann")
    with asking(ANN):
        own = import_dataset("rendered", {"images_per_class": 4, "size": 32}).id
    teaching.end_lesson(first)
    assert expiry.remove_what_is_over(open_store()) == [first.id]
    assert {*dataset_ids()} == {objects, own, second.dataset, second.hidden}
    corrected = new_version(open_dataset(second.dataset), removed=[0]).id
    teaching.end_lesson(second)
    assert expiry.remove_what_is_over(open_store()) == [second.id]
    assert {*dataset_ids()} == {objects, corrected}, "what was made for lessons goes with the last of them, and no more"
    assert open_store().runs(deleted=None) == []
    assert len(open_dataset(objects)) == 60
