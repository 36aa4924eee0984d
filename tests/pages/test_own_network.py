"""A network file of one's own on the Classify page: asked for, prepared, tried in each way, removed; no TensorFlow."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.inference.own.tiny import block, classifier
from tlcore.inference.networks.choice import own_networks
from tlcore.jobs import SILENT
from tlcore.runs.run import FINISHED, QUEUED
from tlcore.runs.store import open_store
from tlcore.settings import settings

ROOT = Path(__file__).parent.parent.parent
FIELD = "own-files-0"


def page(**query) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "classify" / "page.py"), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A network of three classes, as bytes."""
    path = tmp_path_factory.mktemp("own") / "mine.h5"
    classifier(block("part")).save(path)
    return path.read_bytes()


def asked(file) -> AppTest:
    app = page(own="1")
    return app.file_uploader(key=FIELD).upload("mine.h5", file).run()


def select(app: AppTest, label: str):
    return next(box for box in app.selectbox if box.label == label)


def prepare_queued() -> str:
    from tlcore.inference.jobs import prepare

    run = open_store().runs(kind="prepare")[0]
    result = prepare(run.plan, settings().home, SILENT)
    open_store().move(run.id, [QUEUED], FINISHED, result=result)
    return Path(result["folder"]).name


def test_a_file_is_asked_about_and_prepared(file):
    app = asked(file)
    assert not app.exception and not app.error
    assert any("tells 3 classes apart, on color pictures of 16 pixels" in row.value for row in app.markdown)
    assert app.text_area[0].value == "class 0\nclass 1\nclass 2"
    app.text_area[0].set_value("cat\ndog")
    app.button(key="own-go").click().run()
    assert "3 class names" in app.error[0].value
    app.text_area[0].set_value("0 cat\n1 dog\n2 bird")
    select(app, "How it wants its pixels").set_value("tf")
    app.button(key="own-go").click().run()
    assert not app.exception and not app.error
    asked_for = open_store().runs(kind="prepare")[0].plan["own"]
    assert asked_for["classes"] == ["cat", "dog", "bird"]
    assert (asked_for["title"], asked_for["preprocessing"], asked_for["resize"]) == ("mine", "tf", "stretch")
    key = prepare_queued()
    assert key == own_networks()[0].key
    app.run()  # as the page does by itself when the job has ended
    assert not app.exception and app.multiselect[0].value == [key] and app.query_params["networks"] == key
    assert not list((settings().home / "uploads").rglob("mine.h5")), "an upload that is prepared must not stay"
    app = page(networks=f"EfficientNetLite0,{key}")
    said = " ".join(element.value for element in [*app.markdown, *app.caption]).replace("\\", "")
    assert "It knows only 3 classes: cat, dog, bird." in said
    assert "Each of these networks was taught other classes" in said, "what cannot say espresso must not be counted"
    offered = app.multiselect[0].options
    assert offered.index("EfficientNet-Lite0") < offered.index("mine"), "what is ready comes first"


def test_a_file_that_cannot_be_used_gets_a_sentence(file):
    app = page(own="1")
    app.file_uploader(key=FIELD).upload("mine.pth", b"PK\3\4").run()
    assert not app.exception
    assert "ONNX" in app.error[0].value


def test_the_pixels_are_tried_and_chosen_and_the_network_is_removed(file):
    app = asked(file)
    app.button(key="own-go").click().run()
    key = prepare_queued()
    app = page(networks=key, own="1")
    assert not app.exception and not app.error
    assert any("<span>class 1</span>" in element.proto.body for element in app.get("html"))
    table = next(frame.value for frame in app.dataframe if "mode" in frame.value)
    assert len(table) == 6 and table["probability"].nunique() > 2
    select(app, "How it wants its pixels").set_value("torch").run()
    assert not app.exception
    [changed] = own_networks()
    assert changed.key != key and app.query_params["networks"] == changed.key
    app.button(key=f"own-remove-{changed.key}").click().run()
    assert not app.exception and not own_networks()


def test_a_file_and_what_was_said_of_it_outlive_a_change_of_tabs(file):
    app = asked(file)
    app.text_input[0].set_value("My dogs").run()
    app.segmented_control(key="photos-from").set_value("Live camera").run()
    assert not app.text_input
    app.segmented_control(key="photos-from").set_value("Samples").run()
    assert not app.exception and [field.value for field in app.text_input] == ["My dogs"]
