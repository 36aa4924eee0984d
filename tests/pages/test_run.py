"""The page of one run, as the script runs it: live, waiting, described, deleted and brought back."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tlcore.datasets.dataset import open_dataset
from tlcore.jobs import Progress
from tlcore.runs import run as states
from tlcore.runs.store import open_store
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import plan_from_json

APP = str(Path(__file__).parent.parent.parent / "pages" / "router.py")


@pytest.fixture
def plan(objects):
    return plan_from_json(suggest_plan(open_dataset(objects), "scratch", "LeNet5")).to_json()


def open_run(run_id: str) -> AppTest:
    """The Train page at the address of a run."""
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.query_params["run"] = run_id
    app = app.switch_page("train/page.py").run()
    assert not app.exception
    return app


def button(app: AppTest, label: str):
    return next(each for each in app.button if each.label == label)


def field(fields, label: str):
    return next(each for each in fields if each.label == label)


def test_a_run_under_way_shows_its_mistakes_and_what_its_curves_say(plan):
    store = open_store()
    run = store.add_run("train", plan, "busy")
    store.move(run.id, [states.QUEUED], states.TRAINING, worker={"host": "elsewhere", "pid": 1, "born": 0.0})
    for epoch in range(1, 5):
        losses = {f"{part}_loss": 1.6 * 0.8**epoch for part in ("train", "validation")}
        accuracies = {f"{part}_accuracy": 0.2 * epoch for part in ("train", "validation")}
        facts = {"epoch": epoch, "phase": "Training", "learning_rate": 0.001, "seconds": 1.0}
        store.add_event(run.id, "epoch", {**facts, **losses, **accuracies})
    photos = [{"image": 3, "true": 0, "predicted": 1, "probability": 0.91}]
    store.add_event(run.id, "mistakes", {"epoch": 4, "photos": photos})
    speed = {"seconds_left": 30.0, "per_second": 1234.5}
    epoch = {"epoch": 5, "epochs": 10, "epoch_share": 0.5, "images": 40, "learning_rate": 0.001}
    store.set_progress(run.id, Progress("Training", 130, 300, **speed, **epoch))
    app = open_run(run.id)
    assert "Only 9 validation images" in app.info[0].value
    assert any("Validation photos it gets most wrong after epoch 4" in heading.value for heading in app.subheader)
    # Pictures that change with every epoch hold their own data: a file would be gone before the browser asks for it.
    assert all(picture.proto.imgs[0].url.startswith("data:image/webp") for picture in app.get("image"))
    assert len(app.get("image")) == len(photos)
    button(app, "Stop").click().run()
    assert store.run(run.id).stop_requested
    assert button(app, "Stopping").disabled


def test_a_waiting_run_says_its_place_in_the_sidebar_and_gets_a_dispatcher(plan, no_processes):
    store = open_store()
    for owner in ("Ada", "Ada", "Grace"):
        store.add_run("train", plan, f"run of {owner}", owner=owner)
    app = AppTest.from_file(APP, default_timeout=60).run()
    assert no_processes[0][-1] == "dispatch"
    assert field(app.sidebar.text_input, "Your nickname").value == ""
    said = [element.value for element in app.sidebar.caption]
    # Nothing is ahead of the first, so that nobody wonders what it waits for.
    assert said == ["Starting, Ada", "Second in the queue, Grace", "Third in the queue, Ada"]


def test_a_run_is_described_deleted_brought_back_and_run_again(plan):
    store = open_store()
    run = store.add_run("train", plan, "old name")
    store.move(run.id, [states.QUEUED], states.FAILED, error={"message": "It broke.", "log": ""})
    app = open_run(run.id)
    app.text_input(key="nickname-field").set_value("Ada")
    field(app.text_input, "Name of the run").set_value("new name")
    field(app.text_input, "Tags").set_value("pets, to show")
    field(app.text_area, "Notes").set_value("better with more photos")
    button(app, "Save").click().run()
    changed = store.run(run.id)
    assert (changed.name, changed.tags, changed.notes) == (
        "new name",
        ["pets", "to show"],
        "better with more photos",
    )
    button(app, "Delete").click().run()
    assert store.runs() == []
    button(app, "Restore").click().run()
    assert [each.id for each in store.runs()] == [run.id]
    button(app, "Run again").click().run()
    assert not app.exception
    again = store.runs()[0]
    assert (again.plan, again.owner, again.state) == (run.plan, "Ada", states.QUEUED)
    assert again.id in app.query_params["run"]


def test_runs_are_found_by_tag_and_deleted_ones_listed_apart(plan):
    store = open_store()
    for name, tags in (("first", ["pets"]), ("second", ["plants"]), ("third", ["pets"])):
        run = store.add_run("train", plan, name)
        store.describe_run(run.id, {"tags": tags})
    store.delete_run(store.runs()[0].id)
    app = AppTest.from_file(APP, default_timeout=60).run().switch_page("train/page.py").run()
    field(app.text_input, "Find").set_value("PETS queued").run()
    assert [list(table.value["Run"]) for table in app.dataframe[:2]] == [["first"], ["third"]]
    assert any("can be restored" in caption.value for caption in app.caption)


def test_the_advice_is_plain_and_its_figures_stand_behind_it(objects):
    likeness = {"network": "MobileNetV2", "photos": 100, "photos_per_class": 350.0, "classes": 2, "correct": 97}
    measured = {**likeness, "confidence": 0.44, "own_confidence": 0.71}
    store = open_store()
    run = store.add_run("advise", {"dataset": objects}, "What to train")
    store.move(run.id, [states.QUEUED], states.FINISHED, result={"dataset": objects, "likeness": measured})
    app = open_run(run.id)
    assert app.subheader[0].value == "Frozen: train only a new head"
    said = " ".join(element.value for element in app.markdown)
    assert "97 of 100 images were classified correctly" in said and "small and similar" in said
    assert "worth trying both" in said and button(app, "Try both in an experiment")
    button(app, "Use this plan").click().run()
    assert not app.exception
    assert app.radio(key="strategy").value == "frozen"
