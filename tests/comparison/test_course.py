"""The course of single photos through training: in words, in numbers, and as a browser draws it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tlcore.comparison.curves.course import (
    Course,
    by_interest,
    epoch_text,
    forgotten,
    lesson,
    open_course,
    photo_text,
    settled,
)
from tlcore.figures.epochs.picture import course_picture
from tlcore.figures.epochs.places import corners, places
from tlcore.training.results.kept_epochs import UNDECIDED, EpochKeeper, KeptEpochs

CLASSES = ("cube", "cone", "ball")


def kept_of(answers: list[list[int]], labels: list[int], classes: int = 3) -> KeptEpochs:
    """Epochs 0, 1 … with these answers, a row an epoch; `UNDECIDED` where all classes are equally probable."""
    table = np.array(answers)
    probabilities = np.full((*table.shape, classes), 1 / classes, np.float16)
    for row, position in np.argwhere(table != UNDECIDED):
        probabilities[row, position] = 0.1
        probabilities[row, position, table[row, position]] = 0.8
    return KeptEpochs(np.arange(len(table)), np.arange(len(labels)) + 10, np.array(labels), probabilities)


#                  always, learned, forgotten, forgotten and learned again, never
ANSWERS = [[0, 0, 1, 1, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0], [0, 1, 0, 1, 0]]
KEPT = kept_of(ANSWERS, [0, 1, 1, 1, 2])


def test_what_was_forgotten_and_when_it_was_settled():
    assert forgotten(KEPT).tolist() == [0, 0, 1, 1, 0]
    assert settled(KEPT).tolist() == [0, 3, 2, 2, 0]
    assert by_interest(KEPT)[:3].tolist() == [2, 3, 1]


@pytest.mark.parametrize(
    ("position", "words"),
    [
        (0, "Photo 10 was recognized as cube all along."),
        (1, "Photo 11 was taken for cube until epoch 2 and recognized as cone since."),
        (2, "Photo 12 was recognized as cone until epoch 1 and taken for cube since."),
        (
            3,
            "Photo 13 was recognized as cone before training, taken for cube until epoch 1 and recognized as cone "
            "since.",
        ),
        (4, "Photo 14 was taken for cube all along."),
    ],
)
def test_a_photo_has_its_story(position, words):
    assert photo_text(KEPT, position, CLASSES) == words


def test_undecided_photos_and_long_stories():
    kept = kept_of([[UNDECIDED], [0], [0]], [0])
    assert photo_text(kept, 0, CLASSES) == "Photo 10 was recognized as cube from epoch 1 on."
    undecided_first = kept_of([[UNDECIDED], [2], [0], [0]], [0])
    assert photo_text(undecided_first, 0, CLASSES).startswith("Photo 10 was taken for ball after epoch 1 and")
    assert photo_text(kept_of([[UNDECIDED]], [0]), 0, CLASSES).startswith("Photo 10 was not decided yet")
    assert epoch_text(kept, 0) == "Before training: undecided, as the head finds all classes equally probable."
    assert epoch_text(kept, 1) == "Epoch 1: 1 of 1 photo right."
    often = kept_of([[0], [1], [0], [1], [0], [2]], [2])
    assert photo_text(often, 0, CLASSES) == "Photo 10 changed sides 5 times; it was recognized as ball from epoch 5 on."


def test_an_epoch_and_the_whole_course_in_words():
    assert epoch_text(KEPT, 1) == "Epoch 1: 2 of 5 photos right; 0 learned, 1 forgotten since before training."
    solved = replace(KEPT, passes=2)
    assert epoch_text(solved, 3) == "Epoch 1: 3 of 5 photos right; 1 learned, 0 forgotten since pass 2."
    assert epoch_text(KEPT, 3) == "Epoch 3: 3 of 5 photos right; 1 learned, 0 forgotten since epoch 2."
    expected = (
        "For half of the 5 test photos, the answer has not changed since epoch 2; for nine of ten, it has not changed "
        "since epoch 3. 2 photos were learned and forgotten again; 1 of them stayed wrong."
    )
    assert lesson(KEPT) == expected


def test_a_photo_moves_only_with_its_answer_and_lies_near_the_class_it_is_taken_for():
    sure = np.zeros((2, 6, 3), np.float16)
    sure[0, :, 0] = sure[1, :, 0] = 1
    sure[1, 5] = [0, 0, 1]
    found = places(sure, np.array([0, 0, 1, 1, 2, 2]))
    assert np.array_equal(found[0, :5], found[1, :5]) and not np.array_equal(found[0, 5], found[1, 5])
    nearest = np.linalg.norm(found[:, :, None] - corners(3), axis=3).argmin(axis=2)
    assert np.array_equal(nearest, sure.argmax(axis=2))
    assert len(np.unique(found[0].round(6), axis=0)) == 6  # none lies on another one


def test_the_picture_holds_what_was_kept():
    names = tuple(f"folder/{number}.png" for number in range(20))
    picture = course_picture(Course(KEPT, CLASSES, names), 2)
    assert picture["chosen"] == 2 and picture["names"][0] == "10.png" and picture["has_photos"]
    assert picture["answers"] == ANSWERS and picture["strip"][:2] == [2, 3]
    assert picture["confusions"][3] == [[1, 0, 0], [1, 2, 0], [1, 0, 0]]
    assert picture["probabilities"][0][0] == [80, 10, 10]
    assert course_picture(Course(KEPT, CLASSES, ()), 7)["chosen"] is None


def test_a_long_course_of_many_photos_stays_small_enough_to_send():
    kept = kept_of([[0] * 2000] * 101, [0] * 2000)
    picture = course_picture(Course(kept, CLASSES, ()), None)
    assert picture["of"] == 2000 and picture["confusions"][0][0][0] == 2000
    assert 101 * len(picture["images"]) <= 30_000


def test_a_course_is_read_with_its_words_as_long_as_the_run_is_there(objects, finished_run):
    from datetime import timedelta

    from tlcore.runs.purge import purge
    from tlcore.runs.store import open_store

    run = finished_run(objects)
    assert open_course(run) is None
    keeper = EpochKeeper(run.folder, np.arange(4), np.zeros(60, int), 5)
    keeper.look(0, lambda: np.eye(5, dtype=np.float32)[[0, 1, 0, 0]])
    keeper.close()
    rows = open_course(run).rows()
    assert [row["predicted"] for row in rows[:2]] == list(open_course(run).classes[:2])
    assert len(rows) == 4 and rows[0]["file"]
    open_store().delete_run(run.id)
    purge(open_store(), timedelta(0))
    assert not run.folder.exists() and open_course(run) is None
