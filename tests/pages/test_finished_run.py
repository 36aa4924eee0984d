"""The page of a finished run: the lesson first, a trial, the mistakes that stay, and ways on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tlcore.datasets.dataset import open_dataset
from tlcore.export.browser.runtime import LITERT_JS
from tlcore.runs.execution.worker import execute
from tlcore.runs.store import open_store
from tlcore.settings import settings
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
    assert "The test images never trained it, and nothing was chosen by them." in words
    assert words.count("% sure)</figcaption>") == 2
    labels = [button.label for button in app.button]
    assert "Get it ready to try" in labels, "a network that is not prepared says so"


def test_every_mistake_can_be_reached_and_a_click_on_a_cell_shows_its_photos(objects, finished_run):
    run = finished_run(objects, wrong=tuple(range(9)))
    app = open_run(run.id)
    assert said(app).count("% sure)</figcaption>") == 6
    next(button for button in app.button if button.label == "Show 3 more").click().run()
    assert said(app).count("% sure)</figcaption>") == 9
    app = open_run(run.id, "Confusion")
    assert "Click a cell to see its photos." in said(app)


def test_its_details_are_a_table_of_the_settings_in_force(objects, finished_run):
    run = finished_run(objects, strategy="frozen", optimizer="adam", epochs=4)
    rows = open_run(run.id, "Details").dataframe[1].value
    settings_shown = dict(zip(rows["Setting"], rows["Value"], strict=True))
    assert settings_shown["Epochs"] == "4"
    assert not {"Warm-up epochs", "Learning rate for fine-tuning", "Image mixing (mixup)"} & {*settings_shown}


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


def _share_newest() -> None:
    from pages.train.run.share import show_share
    from tlcore.runs.store import open_store

    show_share(open_store().runs()[0])


def test_it_is_shared_by_address_and_where_others_can_open_it_by_code(objects, finished_run, monkeypatch):
    run = finished_run(objects)
    alone = open_run(run.id)
    assert any(f"/train?run={run.id}" in code.value for code in alone.code)
    assert "opens on this machine only" in said(alone) and "data:image/svg+xml" not in said(alone)
    assert any("share it with a class" in link.proto.label for link in alone.get("page_link"))
    monkeypatch.setattr("pages.train.run.share.settings", lambda: replace(settings(), shared=True))
    shared = AppTest.from_function(_share_newest).run()
    assert not shared.exception and "data:image/svg+xml" in said(shared)


def test_what_compare_offers_can_be_taken_here(objects, finished_run):
    app = open_run(finished_run(objects).id, "Take away")
    labels = [button.proto.label for button in app.get("download_button")]
    assert {"Report", "All data"} <= set(labels)
    assert "Create the folder" in [button.label for button in app.button]


def test_a_web_page_is_offered_with_its_size_or_what_it_lacks(objects, finished_run):
    run = finished_run(objects).id
    app = open_run(run, "Take away")
    app.radio(key="export-form").set_value("One web page with the camera").run()
    assert "about 15 MB" in said(app)
    [warning] = app.warning
    assert "works offline" in warning.value and LITERT_JS.file_name in warning.value
    assert "Create the web page" not in [button.label for button in app.button]
    LITERT_JS.path.parent.mkdir(parents=True)
    LITERT_JS.path.write_bytes(b"the archive")
    app.run()
    assert not app.warning
    assert "Create the web page" in [button.label for button in app.button]
