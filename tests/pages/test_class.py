"""The page Class: for the teacher, for pupils, on a projector, for parents; and what other visitors ask for in vain."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.entrance import passes
from tlcore.access.asker import asking
from tlcore.access.codes import codes
from tlcore.lessons import book, expiry, joining, teaching
from tlcore.lessons.ready import READY
from tlcore.runs.execution.worker import execute
from tlcore.runs.store import open_store

ROOT = Path(__file__).parent.parent.parent


def show(page: str, **address: str) -> AppTest:
    st.cache_data.clear()
    app = AppTest.from_file(str(ROOT / "pages/router.py"), default_timeout=60)
    app.query_params.update(address)
    app.run()
    app.switch_page(f"{page}/page.py").run()
    assert not app.exception, app.exception
    return app


def texts(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.title, app.error, app.info, app.get("html"))
    return "\n".join(str(getattr(each, "value", each.proto)) for kind in kinds for each in kind)


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def enter(cookies: dict, code: str) -> str:
    """Become a new visitor, or the owner; gives the id."""
    cookies[passes.COOKIE] = passes.issue(code, None)
    return passes.read(cookies[passes.COOKIE]).id


def work(run: str) -> bool:
    """Be the worker, which is nobody's visitor."""
    with asking(""):
        return execute(run)


@pytest.fixture
def lesson(shared_studio, objects):
    with asking(""):
        lesson = teaching.make_lesson(READY.find("few"), objects, 60, choices={"images_per_class": (2, 1)})
    assert work(lesson.job)
    return book.find(lesson.id)


def test_a_teacher_makes_a_lesson_and_reads_its_code(shared_studio, objects):
    enter(shared_studio, codes().owner)
    assert button(show("lesson"), "New lesson")

    def form() -> None:
        from pages.lesson.new import show_form

        show_form()

    app = AppTest.from_function(form, default_timeout=60).run()
    app.radio(key="ready-lesson").set_value(READY.find("few")).run()
    button(app, "Make the lesson").click().run()
    [made] = book.all_lessons()
    assert not app.error and made.source == objects and made.title == "How few images are enough"
    said = texts(show("lesson", lesson=made.code))
    assert made.code in said and codes().access in said and "30 s" in said


def test_a_pupil_joins_chooses_and_trains_and_is_told_what_is_wrong(shared_studio, lesson):
    visitor = enter(shared_studio, codes().access)
    app = show("lesson")
    assert "New lesson" not in [each.label for each in app.button]
    app.text_input[0].set_value("xxxx-yyyy")
    button(app, "Go").click().run()
    assert lesson.code not in texts(app) and app.error
    app = show("lesson", lesson=lesson.code)
    app.text_input(key="pupil-name").set_value("=1+1")
    button(app, "Join").click().run()
    assert "a first name" in texts(app) and not book.pupils(lesson.id)
    app.text_input(key="pupil-name").set_value("Ada")
    button(app, "Join").click().run()
    assert book.pupils(lesson.id)[0].visitor == visitor
    app = show("lesson", lesson=lesson.code)
    assert "Train with as few images" in texts(app)
    assert [each.label for each in app.radio] == ["Training images of each class"]
    app.radio[0].set_value(1)
    button(app, "Start").click().run()
    [run] = book.runs(lesson.id)
    assert (run.visitor, run.lesson, run.most_seconds) == (visitor, lesson.id, 30.0) and not app.error
    app = show("lesson", lesson=lesson.code)
    assert "Start" not in [each.label for each in app.button] and button(app, "Stop")
    assert work(run.id)
    app = show("lesson", lesson=lesson.code)
    assert button(app, "Start") and "validation images" in texts(app) and "Ada" in texts(app)
    assert visitor not in texts(app) + "".join(str(each.proto) for each in app.get("html"))


@pytest.fixture
def of_ann(shared_studio, lesson):
    """A finished run of a pupil, and a dataset that she has brought."""
    from tlcore.datasets.importer import import_dataset

    with asking("ann"):
        joining.join(lesson.code, "Ann")
        run = joining.start_run(lesson, {})
        dataset = import_dataset("rendered", {"images_per_class": 12, "size": 32}, "Anns photos").id
        open_store().add_run("train", {**run.plan, "dataset": dataset}, "Anns secret", "strategies-1a2b3c4d5e")
    assert work(run.id)
    return run.id, dataset


ASKING = [
    ("train", lambda run, dataset: {"run": run}),
    ("compare", lambda run, dataset: {"runs": run}),
    ("compare", lambda run, dataset: {"experiment": "strategies-1a2b3c4d5e"}),
    ("datasets", lambda run, dataset: {"dataset": dataset}),
    ("datasets", lambda run, dataset: {"job": run}),
    ("train", lambda run, dataset: {"dataset": dataset}),
    ("classify", lambda run, dataset: {"networks": run, "job": run}),
    ("home", lambda run, dataset: {}),
]


@pytest.mark.parametrize("is_pupil", [True, False])
@pytest.mark.parametrize(("page", "address"), ASKING)
def test_another_visitor_gets_nothing_of_a_pupil_from_any_page(shared_studio, lesson, of_ann, page, address, is_pupil):
    run, dataset = of_ann
    visitor = enter(shared_studio, codes().access)
    if is_pupil:
        with asking(visitor):
            joining.join(lesson.code, "Ben")
    assert not told(show(page, **address(run, dataset)))
    enter(shared_studio, codes().owner)
    assert told(show(page, **address(run, dataset))), "otherwise nothing is tested"


def told(app: AppTest) -> list[str]:
    """What of a pupil's things a page names."""
    links = (each.proto.label for each in app.get("page_link"))
    options = (str(each.options) for each in [*app.selectbox, *app.multiselect])
    said = "\n".join([texts(app), *links, *options])
    return [word for word in ("Anns", "pupil 1") if word in said]


def test_the_wall_and_the_board_tell_names_only_where_the_teacher_wants_it(shared_studio, lesson, of_ann):
    enter(shared_studio, codes().access)
    for view in ("", "wall"):
        st.cache_resource.clear()
        said = texts(show("lesson", lesson=lesson.code, **({"view": view} if view else {})))
        assert ("Ann" in said) == (view == "wall"), "who has not joined is asked to"
    with asking(""):
        teaching.show_names(lesson, False)
    st.cache_resource.clear()
    said = texts(show("lesson", lesson=lesson.code, view="wall"))
    assert "Ann" not in said and "Pupil 1" in said
    enter(shared_studio, codes().owner)
    app = show("lesson", lesson=lesson.code)
    app.toggle[0].set_value(True).run()
    assert book.find(lesson.id).shows_names


def test_a_teacher_ends_a_lesson_and_parents_read_what_stays(shared_studio, lesson, of_ann):
    visitor = enter(shared_studio, codes().access)
    cookie = shared_studio[passes.COOKIE]
    with asking(visitor):
        joining.join(lesson.code, "Ben")
    assert "deleted for good" in texts(show("lesson", lesson=lesson.code, view="parents"))
    enter(shared_studio, codes().owner)
    app = show("lesson", lesson=lesson.code)
    button(app, "End it now").click().run()
    assert not app.error and book.find(lesson.id).is_over
    shared_studio[passes.COOKIE] = cookie
    said = texts(show("lesson", lesson=lesson.code))
    assert "is over" in said and "removed for good" in said
    enter(shared_studio, codes().owner)
    assert "over" in texts(show("lesson", lesson=lesson.code))
    with asking(""):
        expiry.remove_what_is_over(open_store())
    app = show("lesson", lesson=lesson.code)
    assert app.dataframe[0].value["pupil"].tolist() == ["Pupil 1"] and "Not started" not in texts(app)
    button(app, "Delete the lesson").click().run()
    assert not app.error and not book.all_lessons()


def test_the_owner_of_a_studio_of_their_own_tries_a_lesson_as_a_pupil(home):
    lesson = teaching.make_lesson(READY.find("few"), "", 60)
    app = show("lesson", lesson=lesson.code, view="pupil")
    app.text_input(key="pupil-name").set_value("Me")
    button(app, "Join").click().run()
    assert [pupil.visitor for pupil in book.pupils(lesson.id)] == [""]
    assert "brought no photos" in texts(show("lesson", lesson=lesson.code, view="pupil"))
    assert "Only this machine" in texts(show("lesson", lesson=lesson.code))


@pytest.mark.parametrize(("page", "key"), [("train", "run"), ("compare", "runs")])
def test_a_run_of_the_teacher_on_hidden_images_is_shown_without_them(
    shared_studio, objects, finished_run, lesson, page, key
):
    with asking(""):
        finished, going = finished_run(objects, wrong=(0, 1)), finished_run(objects)
        open_store().move(going.id, ["finished"], "training", progress={"what": "Training", "done": 1, "total": 2})
    enter(shared_studio, codes().access)
    for run in (finished, going):
        app = show(page, **{key: run.id})
        assert not [each for each in app.error if "existing dataset" not in each.value], texts(app)
        assert len(app.sidebar.error) == 0 and "data:image/webp" not in texts(app)
