"""A lesson from making to the leaderboard: codes, names, choices, one run at a time, the hidden test, ties."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest

from tests.lessons.conftest import ANN, BEN, train
from tlcore.access.asker import NOBODY, answer_with, asking
from tlcore.comparison.statistics import adjust, compare_pair
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import AccessError, InputError, NotFoundError, StateError
from tlcore.lessons import book, joining, teaching
from tlcore.lessons.hidden import draw_hidden
from tlcore.lessons.hidden_test import right_answers
from tlcore.lessons.leaderboard import leaderboard, ranks_of
from tlcore.lessons.plans import all_plans, checked_choices
from tlcore.lessons.ready import EACH, READY
from tlcore.lessons.results import result_rows, results_csv
from tlcore.runs.run import QUEUED
from tlcore.runs.store import open_store


def test_only_the_owner_of_the_machine_teaches(each_store, home):
    ready = READY.find("few")
    lesson = teaching.make_lesson(ready, "", 60)
    changes = [
        lambda: teaching.make_lesson(ready, "", 60),
        lambda: teaching.end_lesson(lesson),
        lambda: teaching.set_kept(lesson, "everything"),
        lambda: teaching.show_names(lesson, False),
        lambda: teaching.prepare_again(lesson),
        teaching.all_lessons,
        lambda: results_csv(lesson, True),
        lambda: joining.rename_pupil(lesson, 1, "Cy"),
    ]
    with asking(ANN):
        joining.join(lesson.code, "Ann")
        for change in changes:
            with pytest.raises(AccessError, match="owner of this machine"):
                change()
    assert book.all_lessons() == [book.find(lesson.id)] and not book.find(lesson.id).is_over


def test_pupils_join_with_the_code_and_a_name_that_nobody_else_has(each_store, home):
    lesson = teaching.make_lesson(READY.find("few"), "", 60)
    with asking(ANN):
        assert joining.join(lesson.code.upper().replace("-", " "), "  Ada ").name == "Ada"
        assert joining.join(lesson.code, "Eve").name == "Ada", "who has joined stays who they are"
        with pytest.raises(NotFoundError) as refusal:
            joining.join("aaaa-bbbb", "Ada")
        assert lesson.code not in str(refusal.value)
    with asking(BEN):
        assert joining.join(lesson.code, "ada").name == "ada 2"
        assert joining.rename(lesson, "Ben").name == "Ben"
        assert joining.rename(lesson, "ADA").name == "ADA 2"
    with asking("stranger"), pytest.raises(StateError, match="has joined"):
        joining.rename(lesson, "Ada")
    assert [(pupil.number, pupil.name) for pupil in book.pupils(lesson.id)] == [(1, "Ada"), (2, "ADA 2")]
    assert joining.rename_pupil(lesson, 2, "Ben").visitor == BEN
    with asking(ANN):
        answer_with(lambda: NOBODY)
        with pytest.raises(AccessError):
            joining.join(lesson.code, "Nobody")
    teaching.end_lesson(lesson)
    with asking("late"), pytest.raises(StateError, match="is over"):
        joining.join(lesson.code, "Late")


@pytest.mark.parametrize("name", ["", "  ", "x" * 21, "Ann\nBen", "=1+1", "<b>", "-", "Ann\u202e", "A;B", "1"])
def test_names_that_are_none_are_refused(name):
    with pytest.raises(InputError, match="a first name"):
        joining.checked_name(name)


@pytest.mark.parametrize("name", ["Zoë", "Anne-Marie", "O’Neil", "Ada 2", "José M.", "सीता", "李"])
def test_names_of_the_world_are_names(name):
    assert joining.checked_name(f" {name} ") == name


def test_no_pupil_begins_two_runs_however_fast_they_click(each_store, home, own_lesson):
    lesson = own_lesson
    refused, begun, together = [], [], threading.Barrier(4)

    def click() -> None:
        together.wait()
        try:
            begun.append(open_store().add_run("train", {}, "run", lesson=lesson.id))
        except StateError as error:
            refused.append(str(error))

    with asking(ANN):
        threads = [threading.Thread(target=click) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(begun) == 1 and len(refused) == 3 and "at a time" in refused[0]
        open_store().move(begun[0].id, [QUEUED], "interrupted")
        second = open_store().add_run("train", {}, "run", lesson=lesson.id)
        with pytest.raises(StateError, match="at a time"):
            open_store().resume(begun[0].id)
    with asking(BEN):
        assert open_store().add_run("train", {}, "run", lesson=lesson.id).most_seconds == 30
        assert open_store().add_run("train", {}, "elsewhere").most_seconds == 30, "no way around the limit"
        assert open_store().add_run("import", {}, "elsewhere").most_seconds == 0
    with asking("stranger"):
        assert open_store().add_run("train", {}, "run").most_seconds == 0
        with pytest.raises(StateError, match="has joined"):
            open_store().add_run("train", {}, "run", lesson=lesson.id)
    assert open_store().run(second.id).most_seconds == 30


def test_pupils_choose_only_what_the_lesson_offers(joined):
    with asking(ANN):
        for wrong in ({"epochs": 1000}, {EACH: 50}, {"split_seed": 9}, {"dataset": joined.source}):
            with pytest.raises(InputError):
                joining.start_run(joined, wrong)
        run = joining.start_run(joined, {EACH: 1})
        assert (run.plan["dataset"], run.plan["split_seed"], run.plan["strategy"]) == (joined.dataset, 1, "frozen")
        assert "Ann" not in run.name and run.lesson == joined.id
        with pytest.raises(StateError, match="at a time"):
            joining.start_run(joined, {})
    with asking("stranger"), pytest.raises(StateError, match="joined"):
        joining.start_run(joined, {})


def test_hidden_images_are_a_fair_draw_and_nobody_learns_from_one_alike(make, objects):
    lesson, source = make(), open_dataset(objects)
    learned, hidden = open_dataset(lesson.dataset), open_dataset(lesson.hidden)
    of = {name: {row.tobytes() for row in each.digests} for name, each in (("l", learned), ("h", hidden))}
    assert not of["l"] & of["h"] and learned.classes == hidden.classes == source.classes
    draw = draw_hidden(source)
    assert len(hidden) == len(draw.tested) == len(source) // 5
    assert len(learned) == len(source) - len(draw.tested) - len(draw.left_out)
    rest = np.setdiff1d(np.arange(len(source)), [*draw.tested, *draw.left_out])
    assert not set(source.groups[draw.tested]) & set(source.groups[rest])


def test_a_pupils_run_answers_the_hidden_test_and_the_leaderboard_tells_it(joined):
    first, luckier = train(joined, ANN, **{EACH: 1}), train(joined, ANN, **{EACH: 2})
    other = train(joined, BEN, split_seed=2)
    [*rows] = leaderboard(joined)
    by_pupil = {row.pupil.name: row for row in rows}
    own = {run.id: run.result["scores"]["validation"]["accuracy"] for run in (first, luckier)}
    assert own[by_pupil["Ann"].run] == max(own.values()) and by_pupil["Ben"].run == other.id
    for row in rows:
        right = right_answers(open_store().run(row.run).folder)
        assert (row.score.correct, row.score.images) == (right.sum(), len(open_dataset(joined.hidden)))
    assert by_pupil["Ann"].runs == 2 and by_pupil["Ann"].trained == first.result["trainable"]
    rows = result_rows(joined, names=True)
    assert [row["pupil"] for row in rows] == ["Ann", "Ann", "Ben"] and rows[0]["test"] == "hidden"
    assert "Ann" not in results_csv(joined, names=False) and "Pupil 2" in results_csv(joined, names=False)


def test_ranks_are_those_of_a_direct_computation():
    random = np.random.default_rng(0)
    chances = [0.97, 0.95, 0.9, 0.8, 0.8, 0.5]
    right = [random.random(150) < chance for chance in chances]
    pairs = list(itertools.permutations(range(6), 2))
    unordered = [pair for pair in pairs if pair[0] < pair[1]]
    adjusted = dict(zip(unordered, adjust([compare_pair(right[a], right[b]).p for a, b in unordered]), strict=True))
    expected = [
        1
        + sum(
            adjusted[tuple(sorted((me, other)))] < 0.05 and right[other].sum() > right[me].sum()
            for other in range(6)
            if other != me
        )
        for me in range(6)
    ]
    assert ranks_of(right) == expected
    assert expected[0] == expected[1] == 1 and expected[-1] == 6, "two are tied, one is clearly last"
    assert ranks_of([right[0], right[0].copy()]) == [1, 1] and ranks_of([right[0]]) == [1] and ranks_of([]) == []


@pytest.mark.parametrize("ready", READY, ids=lambda row: row.name)
def test_all_that_ready_lessons_offer_gives_sound_plans(objects, ready):
    lesson = teaching.make_lesson(ready, objects, 60)
    assert all_plans(lesson, open_dataset(objects)) and ready.learned.endswith(".") and lesson.seconds == ready.seconds


def test_choices_that_make_no_sense_are_refused():
    for choices, fixed in (
        ({"colour": (1,)}, {}),
        ({"epochs": ()}, {}),
        ({"epochs": (1,)}, {"epochs": 2}),
        ({}, {"x": 1}),
    ):
        with pytest.raises(InputError):
            checked_choices(choices, fixed)
