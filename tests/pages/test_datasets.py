"""The Datasets page, as the script runs it."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.datasets.photo_files import photo_bytes
from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.deleting import deleted_datasets
from tlcore.datasets.jobs import import_images, preview_import
from tlcore.errors import StudioError
from tlcore.jobs import SILENT
from tlcore.runs import run as states
from tlcore.runs.store import open_store
from tlcore.training.results.evaluation import JUDGED_FILE, PREDICTIONS_FILE

APP = str(Path(__file__).parent.parent.parent / "pages" / "router.py")


def open_page(**query: str) -> AppTest:
    """The Datasets page at an address."""
    return _open("datasets/page.py", query)


def _open(page: str, query: dict[str, str]) -> AppTest:
    st.cache_data.clear()  # readings of runs that serve everybody for a moment
    app = AppTest.from_file(APP, default_timeout=60).run()
    for name, value in query.items():
        app.query_params[name] = value
    app = app.switch_page(page).run()
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


def button(app: AppTest, label: str):
    return next(button for button in app.button if button.label == label)


def look_at(app: AppTest, data: bytes):
    """Upload an archive, and do what a worker would; returns the run that has looked at it, and its page."""
    app.selectbox(key="source").select("Zip or tar file").run()
    app.file_uploader(key="zip-path").upload("pets/../pets.zip", data)
    app = button(app, "Look at the images").click().run()
    assert not app.exception
    return work_off()


def work_off():
    store = open_store()
    run = store.runs(kind="preview")[0]
    run.folder.mkdir(parents=True, exist_ok=True)
    try:
        store.move(run.id, [states.QUEUED], states.FINISHED, result=preview_import(run.plan, run.folder, SILENT))
    except StudioError as error:
        store.move(run.id, [states.QUEUED], states.FAILED, error={"message": str(error)})
    return store.run(run.id), _open("train/page.py", {"run": run.id})


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for seed, name in enumerate(names):
            archive.writestr(name, photo_bytes(seed))
    return file.getvalue()


def test_uploaded_images_are_shown_before_they_are_kept(home):
    names = [f"set/{part}/{label}/{number}.jpg" for part in ("train", "test") for label in "ab" for number in (1, 2)]
    run, app = look_at(open_page(), zipped(*names, "set/extra/1.jpg"))
    assert Path(run.plan["options"]["path"]).name == "pets_.._pets.zip"
    assert not open_store().runs(kind="import")
    table = app.dataframe[0].value
    assert list(table["Class"]) == ["a", "b"] and list(table["Training"]) == list(table["Test"]) == [2, 2]
    assert all(address.startswith("data:image/webp") for address in table["Example 4"])
    button(app, "Add this dataset").click().run()
    assert not app.exception
    (added,) = open_store().runs(kind="import")
    assert added.plan["options"]["path"] == run.plan["options"]["path"]
    dataset = open_dataset(import_images(added.plan, home, SILENT)["dataset"])
    assert dataset.name == "pets" and dataset.given_parts() == {"train": 4, "test": 4}
    again = _open("train/page.py", {"run": run.id})
    assert "You have added these images." in [box.value for box in again.info] and not again.button


def test_classes_guessed_from_names_are_confirmed_by_adding_them(home):
    run, app = look_at(open_page(), zipped("cat.1.jpg", "cat.2.jpg", "dog.1.jpg", "dog.2.jpg"))
    assert any("guessed from the names" in warning.value for warning in app.warning)
    app.text_input(key=f"name-{run.id}").set_value("Friends").run()
    app.segmented_control[0].set_value("folders").run()
    assert open_store().runs(kind="preview")[0].plan["name"] == "Friends"
    app = _open("train/page.py", {"run": run.id})
    button(app, "Add, with these classes").click().run()
    (added,) = open_store().runs(kind="import")
    assert open_dataset(import_images(added.plan, home, SILENT)["dataset"]).classes == ("cat", "dog")


def test_where_no_classes_are_found_they_can_be_taken_from_elsewhere(home):
    run, app = look_at(
        open_page(), zipped("train/cat.1.jpg", "train/cat.2.jpg", "train/b_1.jpg", "train/b_2.jpg", "train/x.jpg")
    )
    assert run.state == states.FAILED and any("parts of a split" in warning.value for warning in app.warning)
    assert app.title[0].value.endswith("failed") and run.name == "Look at: pets"
    back = _open("datasets/page.py", {"add": "zip"})
    assert back.selectbox(key="source").value == "Zip or tar file"
    app.segmented_control[0].set_value("names").run()
    again, app = work_off()
    assert again.plan["options"]["classes_from"] == "names" and again.id != run.id
    assert list(app.dataframe[0].value["Class"]) == ["b", "cat"]
