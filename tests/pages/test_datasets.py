"""The Datasets page, as the script runs it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.deleting import deleted_datasets
from tlcore.datasets.sources.catalog import SOURCES
from tlcore.runs import run as states
from tlcore.runs.store import open_store
from tlcore.training.results.evaluation import JUDGED_FILE, PREDICTIONS_FILE

APP = str(Path(__file__).parent.parent.parent / "pages" / "router.py")


def open_page(**query: str) -> AppTest:
    """The Datasets page at an address."""
    app = AppTest.from_file(APP, default_timeout=60).run()
    for name, value in query.items():
        app.query_params[name] = value
    app = app.switch_page("datasets/page.py").run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.success, *app.info])


def test_a_dataset_shows_its_classes_its_split_and_what_was_found(objects):
    app = open_page(dataset=objects)
    rows = app.dataframe[0].value
    assert list(rows["images"]) == [12] * 5
    assert list(rows["train"] + rows["validation"] + rows["test"]) == [12] * 5
    assert "All images are 64 × 64 pixels" in words(app)


def test_changed_and_removed_photos_make_a_new_version(objects):
    app = open_page(dataset=objects)
    next(toggle for toggle in app.toggle if toggle.label.startswith("Change labels")).set_value(True).run()
    dataset = open_dataset(objects)
    fields = [field for field in app.selectbox if field.label.startswith("Class of ")]
    assert len(fields) == 24
    relabeled, removed = (int(field.label.removeprefix("Class of image ")) - 1 for field in fields[:2])
    other = next(name for name in dataset.classes if name != fields[0].value)
    fields[0].set_value(other).run()
    fields = [field for field in app.selectbox if field.label.startswith("Class of ")]
    fields[1].set_value("Remove from the dataset").run()
    assert "1 to relabel, 1 to remove." in words(app)
    next(button for button in app.button if button.label == "Make a new version").click().run()
    assert not app.exception
    (run,) = open_store().runs(kind="version")
    assert run.plan == {"parent": objects, "relabeled": {str(relabeled): other}, "removed": [removed]}


def test_a_frozen_run_points_at_labels_it_doubts(two_classes, finished_run):
    run = finished_run(two_classes, wrong=(15, 16))
    app = open_page(dataset=two_classes, judge=run.id)
    next(button for button in app.button if button.label == "Look for wrong labels").click().run()
    assert not app.exception
    [job] = open_store().runs(kind="judge")
    assert job.plan == {"run": run.id}
    shutil.copyfile(run.folder / PREDICTIONS_FILE, run.folder / JUDGED_FILE)  # as the job leaves it
    app = open_page(dataset=two_classes, judge=run.id)
    text = words(app)
    assert "2 of 120 images" in text
    assert sum(field.label.startswith("Class of ") for field in app.selectbox) == 2


def test_a_dataset_is_deleted_and_brought_back(objects):
    waiting = open_store().add_run("train", {"dataset": objects}, "needs it")
    assert next(button for button in open_page(dataset=objects).button if button.label == "Delete").disabled
    open_store().move(waiting.id, [states.QUEUED], states.STOPPED)
    app = open_page(dataset=objects)
    assert "One run was made with it" in words(app)
    app = next(button for button in app.button if button.label == "Delete").click().run()
    assert not app.exception and deleted_datasets() == [objects]
    app = next(button for button in app.button if button.label == "Restore").click().run()
    assert not app.exception and open_dataset(objects).id == objects
    assert app.selectbox[0].value == objects


@pytest.mark.parametrize(
    ("source", "file", "name"), [("zip", "pets.zip", "pets"), ("arrays", "data_batch_1", "data_batch_1")]
)
def test_an_uploaded_file_is_kept_and_names_its_dataset(home, source, file, name):
    app = open_page()
    app.selectbox(key="source").select(SOURCES.find(source).title).run()
    app.file_uploader(key=f"{source}-path").upload(file, b"packed")
    next(button for button in app.button if button.label == "Add").click().run()
    assert not app.exception
    plan = open_store().runs(kind="import")[0].plan
    assert plan["source"] == source and plan["name"] == name
    assert Path(plan["options"]["path"]).read_bytes() == b"packed"
