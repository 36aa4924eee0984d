"""The page of a finished run: the lesson first, a trial, the mistakes that stay, and ways on."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tlcore.datasets.dataset import open_dataset
from tlcore.runs.execution.worker import execute
from tlcore.runs.store import open_store
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import plan_from_json

APP = str(Path(__file__).parent.parent.parent / "pages" / "router.py")


def open_run(run_id: str, tab: str = "") -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params["run"] = run_id
    app = app.run()
    if tab:
        app.session_state[f"result-{run_id}"] = tab
    app = app.switch_page("train/page.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    texts = [*app.markdown, *app.caption, *app.get("html")]
    return " ".join(text.proto.body if hasattr(text.proto, "body") else text.value for text in texts)


def test_its_mistakes_stay_and_say_what_they_have_in_common(objects, finished_run):
    run = finished_run(objects, wrong=(0, 1))
    app = open_run(run.id)
    words = said(app)
    assert "2 of 9 test images are wrong" in words and "hat taken for cube" in words
    assert "7 of 9 test images are classified correctly" in words and "78 %" in words
    assert "The test images were used once, at the end." in words
    captions = [image.proto.imgs[0].caption for image in app.get("image")]
    assert sum("taken for" in caption for caption in captions) == 2
    labels = [button.label for button in app.button]
    assert "Get it ready to try" in labels, "a network that is not prepared says so"


@pytest.mark.slow
def test_a_solved_head_is_tried_at_once_with_where_it_looked(objects):
    plan = plan_from_json(suggest_plan(open_dataset(objects), "frozen", "EfficientNetLite0")).to_json()
    run = open_store().add_run("train", plan, "exact")
    assert execute(run.id)
    app = open_run(run.id)
    captions = [image.proto.imgs[0].caption for image in app.get("image")]
    assert any("in red what speaks for" in caption for caption in captions)
    first = next(text.value for text in app.markdown if "not seen in training" in text.value)
    shown = {first}
    for _ in range(4):
        next(button for button in app.button if button.label == "Another one").click().run()
        shown.add(next(text.value for text in app.markdown if "not seen in training" in text.value))
    assert len(shown) > 1, "the photos come from several classes"


def test_the_way_to_a_change_fills_the_form_with_the_plan(objects, finished_run):
    run = finished_run(objects, backbone="EfficientNetLite0", weights="package", epochs=7, name="mine")
    app = open_run(run.id)
    next(button for button in app.button if button.label == "Train again with a change").click().run()
    assert not app.exception and "run" not in app.query_params
    assert any("Filled in from “mine”" in caption.value for caption in app.caption)
    assert next(field.value for field in app.number_input if field.label == "Epochs") == 7


def test_it_is_shared_by_address_and_code(objects, finished_run, monkeypatch):
    from tlcore.settings import settings

    run = finished_run(objects)
    app = open_run(run.id)
    assert any(f"/train?run={run.id}" in code.value for code in app.code)
    assert "opens on this machine only" in said(app)
    from pages.train.run.share import _code

    assert _code("http://10.0.0.2:8501/train?run=1").startswith("data:image/svg+xml")
    assert not settings().shared


def test_what_compare_offers_can_be_taken_here(objects, finished_run):
    app = open_run(finished_run(objects).id, "Take away")
    labels = [button.proto.label for button in app.get("download_button")]
    assert {"Report", "All data"} <= set(labels)
    assert "Create the folder" in [button.label for button in app.button]
