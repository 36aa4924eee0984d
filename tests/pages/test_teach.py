"""The Teach page without a browser: what a browser says is not trusted, photos arrive, jobs are queued and followed."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.teach.acts import Session, icons_of, obey, state_of
from tlcore.datasets.sources.rendered import render
from tlcore.runs.run import FINISHED, QUEUED
from tlcore.runs.store import open_store
from tlcore.teaching.keep import import_request
from tlcore.teaching.teacher import Teacher

ROOT = Path(__file__).parent.parent.parent


def jpeg(label=0, number=0) -> bytes:
    file = io.BytesIO()
    Image.fromarray(render(label, number, 96, 5)).save(file, "JPEG")
    return file.getvalue()


def frame(n: int, label: int = 0, recording: str = "r-1", **values) -> dict:
    picture = f"data:image/jpeg;base64,{base64.b64encode(jpeg(label, n)).decode()}"
    return {"n": n, "do": "frame", "class": f"c{label + 1}", "recording": recording, "picture": picture, **values}


@pytest.fixture
def session() -> Session:
    return Session(Teacher())


def counts(session: Session) -> list[int]:
    return [each["images"] for each in state_of(session)["classes"]]


def test_frames_are_taken_once_and_in_order(session):
    acts = [frame(1), frame(2), {"n": 3, "do": "class"}, frame(4, 1, "r-2")]
    outcome = obey(session, {"from": "tab", "acts": acts})
    assert counts(session) == [2, 1, 0] and outcome.begun == ["r-1", "r-2"] and not outcome.trouble
    assert outcome.maps.shape == (7, 7, 1280)
    obey(session, {"from": "tab", "acts": [*acts, frame(5)]})  # a message that came late comes again
    assert counts(session) == [3, 1, 0]
    obey(session, {"from": "another tab", "acts": [{"n": 1, "do": "undo"}]})
    assert counts(session) == [3, 0, 0]
    assert list(icons_of(session, ["r-1", "r-2", 7])) == ["r-1"]
    obey(session, {"from": "tab", "acts": [{"n": 6, "do": "rename", "class": "c1", "name": "Mug <b>"}]})
    assert state_of(session)["classes"][0]["name"] == "Mug <b>"
    obey(session, {"from": "tab", "acts": [{"n": 7, "do": "drop", "recording": "r-1"}]})
    assert state_of(session)["is_empty"]


@pytest.mark.parametrize(
    "act",
    [
        frame(1, picture=None),
        frame(1, picture="data:image/jpeg;base64,AAAA"),
        frame(1, picture="data:image/jpeg;base64," + "A" * 400_000),
        frame(1, recording="../../etc"),
        frame(1, recording=None),
        frame(1, **{"class": "c99"}),
        frame(1, **{"class": {"a": 1}}),
        {"n": 1, "do": "explode"},
        {"n": 1},
        {"n": 1, "do": "rename", "class": "c1"},
        {"n": 1, "do": "remove", "class": None},
        {"n": 1, "do": "draw"},
    ],
)
def test_hostile_acts_are_refused_in_a_sentence_and_the_next_is_obeyed(session, act):
    outcome = obey(session, {"from": "tab", "acts": [act, {"n": 2, "do": "class"}]})
    assert outcome.trouble.startswith("Expected ") and counts(session) == [0, 0, 0]


@pytest.mark.parametrize("message", [{}, {"acts": 7}, {"acts": [1, None, {"do": "class"}, {"n": "1", "do": "class"}]}])
def test_what_is_no_message_does_nothing(session, message):
    assert obey(session, message).trouble == "" and counts(session) == [0, 0]


def test_drawn_objects_can_be_tried_and_asked_about(session):
    outcome = obey(session, {"from": "tab", "acts": [{"n": 1, "do": "try"}]})
    state = state_of(session)
    assert [each["name"] for each in state["classes"]] == ["hat", "cube", "card"] and state["drawn"]
    assert outcome.picture.startswith(b"\xff\xd8") and outcome.maps is not None and state["can_keep"]
    another = obey(session, {"from": "tab", "acts": [{"n": 2, "do": "draw"}]}).picture
    assert another != outcome.picture
    obey(session, {"from": "tab", "acts": [{"n": 3, "do": "clear"}]})
    state = state_of(session)
    assert [each["name"] for each in state["classes"]] == ["Class 1", "Class 2"] and not state["drawn"]


def page(**query) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "teach" / "page.py"), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def test_the_page_says_where_frames_go_and_takes_photos_of_a_class():
    app = page()
    assert not app.exception and not app.error
    assert "Nothing is stored until you make it a dataset" in app.caption[0].value
    field = app.file_uploader(key="teach-photos-c1-0")
    field.upload("a.jpg", jpeg()).upload("b.jpg", b"no photo at all").run()
    assert not app.exception
    [taught, _] = app.session_state["teach-session"].teacher.collection.classes
    assert [recording.frames[0].name for recording in taught.recordings] == ["a.jpg"]
    assert taught.recordings[0].frames[0].data == jpeg(), "photos keep their bytes"
    assert not any(field.value for field in app.file_uploader), "the field is empty again"


def test_the_job_that_keeps_and_trains_is_followed_to_its_run(session):
    acts = [frame(n, n % 2, f"r-{n}") for n in range(1, 9)]
    obey(session, {"from": "tab", "acts": acts})
    store = open_store()
    run = store.add_run("teach", import_request(session.teacher.collection, "Mine"), "Keep and train: Mine")
    app = page(job=run.id)
    assert not app.exception and app.subheader[0].value.endswith("Mine")
    store.move(run.id, [QUEUED], FINISHED, result={"dataset": "mine-1", "run": "", "why_none": "Too few."})
    app.run()
    assert not app.exception and "Too few." in app.warning[0].value
    other = store.add_run("example", {}, "First example")
    assert "Expected" in page(job=other.id).error[0].value
