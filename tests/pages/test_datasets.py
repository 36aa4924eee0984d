"""The Datasets page, as the script runs it."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.datasets.photo_files import photo_bytes
from tlcore.comparison.label_noise import doubts_of, suspects_of
from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.deleting import deleted_datasets
from tlcore.datasets.jobs import import_images, make_version, preview_import
from tlcore.datasets.overview import mixed_order
from tlcore.datasets.splits import split
from tlcore.datasets.versions import new_version
from tlcore.errors import StudioError
from tlcore.jobs import SILENT, Progress
from tlcore.runs import run as states
from tlcore.runs.store import open_store
from tlcore.training.features.image_map import MAP_FILE, ImageMap, write_map
from tlcore.training.results.evaluation import JUDGED_FILE, PREDICTIONS_FILE, Predictions, save_predictions

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


def test_a_dataset_shows_its_balance_its_parts_and_its_table(objects):
    app = open_page(dataset=objects)
    assert "60 images in 5 classes, 12 of each" in words(app) and "All images are 64 × 64 pixels" in words(app)
    assert [int(metric.value) for metric in app.metric] == [42, 9, 9]
    rows = open_page(dataset=objects, tab="Details").dataframe[0].value
    assert list(rows["images"]) == [12] * 5
    assert list(rows["train"] + rows["validation"] + rows["test"]) == [12] * 5


def test_class_and_part_in_the_address_choose_the_images_shown(objects):
    dataset = open_dataset(objects)
    app = open_page(dataset=objects, tab="Images", **{"class": dataset.classes[1]})
    assert "12 images, page 1 of 1" in words(app)
    app.segmented_control[0].set_value("Test").run()
    part = (dataset.labels[split(dataset).test] == 1).sum()
    assert f"{part} image" in words(app) and "12 images" not in words(app)
    app = open_page(dataset=objects, tab="Images", page="2")
    assert "60 images, page 2 of 2" in words(app)


def test_one_action_for_many_images_makes_a_new_version(objects):
    dataset = open_dataset(objects)
    app = open_page(dataset=objects, tab="Images")
    assert not [each for each in app.button if each.label in ("Remove", "Make a new version")]
    app.session_state[f"chosen-{objects}"] = frozenset({0, 1, 13})  # as the grid says it
    app.run()
    assert "**3 chosen**" in words(app)
    relabel = next(field for field in app.selectbox if field.label.startswith("Class for the chosen"))
    relabel.set_value(dataset.classes[1]).run()
    app.session_state[f"chosen-{objects}"] = frozenset({5, 6})
    app.run()
    button(app, "Remove").click().run()
    assert "2 to relabel, 2 to remove" in words(app), "an image of that class already is no change"
    button(app, "Make a new version").click().run()
    assert not app.exception
    (run,) = open_store().runs(kind="version")
    name = dataset.classes[1]
    assert run.plan == {"parent": objects, "relabeled": {"0": name, "1": name}, "removed": [5, 6]}
    open_store().move(run.id, [states.QUEUED], states.FINISHED, result=make_version(run.plan, run.folder, SILENT))
    app = open_page(job=run.id)
    assert "2 images removed and 2 relabeled." in words(app)
    version = app.selectbox[0].value
    assert version != objects
    assert any("2 images removed and 2 relabeled, 20" in option for option in app.selectbox[0].options)
    button(app, "Undo").click().run()
    assert app.selectbox[0].value == objects and deleted_datasets() == [version]
    assert open_page().selectbox[0].value == objects, "it is undone for good"


def test_a_version_keeps_the_order_of_images_and_can_show_only_what_changed(objects):
    dataset = open_dataset(objects)
    before = [dataset.names[index] for index in mixed_order(dataset)]
    version = new_version(new_version(dataset, removed=[3, 40]), relabeled={0: "odd", 30: "odd"})
    gone = {dataset.names[3], dataset.names[40]}
    assert [version.names[index] for index in mixed_order(version)] == [name for name in before if name not in gone]
    app = open_page(dataset=version.id, tab="Images", changed="true")
    assert "2 images, page 1 of 1" in words(app)


def test_what_was_chosen_is_still_chosen_after_another_page(objects):
    version = new_version(open_dataset(objects), removed=[0])
    app = open_page()
    app.selectbox[0].set_value(objects).run()
    app.switch_page("compare/page.py").run()
    app.query_params.clear()
    app.switch_page("datasets/page.py").run()
    assert app.selectbox[0].value == objects != version.id


def test_a_frozen_run_points_at_labels_it_doubts(two_classes, finished_run):
    run = finished_run(two_classes, wrong=(15, 16))
    app = open_page(dataset=two_classes, judge=run.id)
    button(app, "Check the labels").click().run()
    assert not app.exception
    [job] = open_store().runs(kind="judge")
    assert job.plan == {"run": run.id}
    shutil.copyfile(run.folder / PREDICTIONS_FILE, run.folder / JUDGED_FILE)  # as the job leaves it
    app = open_page(dataset=two_classes, judge=run.id)
    assert "2 of 120 images may be labeled wrong" in words(app)
    doubted = [suspect.image for suspect in suspects_of(run)]
    assert any("Less sure" in box.label for box in app.expander), "those below the line can be seen, too"
    sure = next(index for index in range(120) if index not in {each.image for each in doubts_of(run)})
    app.session_state[f"chosen-{two_classes}"] = frozenset({doubted[0], sure})
    app.run()
    button(app, "Relabel 1 as suggested").click().run()
    assert "1 to relabel, 0 to remove" in words(app)
    app.session_state[f"chosen-{two_classes}"] = frozenset({sure})
    app.run()
    assert not [each for each in app.button if each.label == "Remove"], "nobody removes what is not in sight"


def test_one_button_checks_labels_for_map_and_list_alike_and_a_version_is_checked_by_itself(two_classes):
    app = open_page(dataset=two_classes, tab="Wrong labels?")
    button(app, "Check the labels").click().run()
    assert not app.exception and not app.error, [box.value for box in app.error]
    store, dataset = open_store(), open_dataset(two_classes)
    (job,) = store.runs(kind="judge")
    assert job.plan == {"dataset": two_classes} and app.query_params["tab"] == "Wrong labels?"
    finish_check(job, wrong=[15, 16])
    app = open_page(dataset=two_classes, tab="Wrong labels?")
    assert "2 of 120 images may be labeled wrong" in words(app)
    drawn = store.add_run("map", {"dataset": two_classes}, "Map")
    drawn.folder.mkdir(parents=True)
    points = np.random.default_rng(0).normal(size=(120, 2)).astype(np.float32)
    write_map(drawn.folder / MAP_FILE, ImageMap(dataset.digests, points))
    store.move(drawn.id, [states.QUEUED], states.FINISHED)
    app = open_page(dataset=two_classes, tab="Map")
    assert "2 of 120 images may be labeled wrong" in words(app)
    [chart] = app.get("plotly_chart")
    ringed = [trace for trace in json.loads(chart.proto.spec)["data"] if trace["name"] == "label may be wrong"]
    assert len(ringed) == 1
    made = store.add_run("version", {"parent": two_classes, "relabeled": {}, "removed": [15]}, "New version")
    store.move(made.id, [states.QUEUED], states.FINISHED, result=make_version(made.plan, made.folder, SILENT))
    app = open_page(job=made.id)
    assert store.runs(kind="judge")[0].plan == {"dataset": app.selectbox[0].value}


def finish_check(job, wrong: list[int]) -> None:
    """What a check leaves that doubts these images of two classes, and no others."""
    dataset = open_dataset(job.plan["dataset"])
    truths = dataset.labels.copy()
    truths[wrong] = 1 - truths[wrong]
    answers = np.where(np.eye(2, dtype=bool)[truths], 0.95, 0.05).astype(np.float32)
    parts = {part: getattr(split(dataset), part) for part in ("train", "validation", "test")}
    judged = {part: Predictions(each, dataset.labels[each], answers[each]) for part, each in parts.items()}
    job.folder.mkdir(parents=True, exist_ok=True)
    save_predictions(job.folder / JUDGED_FILE, judged)
    open_store().move(job.id, [states.QUEUED], states.FINISHED, result=job.plan)


def test_the_map_of_a_dataset_is_that_of_its_versions_too(objects):
    app = open_page(dataset=objects, tab="Map")
    button(app, "Draw the map").click().run()
    (run,) = open_store().runs(kind="map")
    dataset = open_dataset(objects)
    points = np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32)
    run.folder.mkdir(parents=True, exist_ok=True)
    write_map(run.folder / MAP_FILE, ImageMap(dataset.digests, points))
    open_store().move(run.id, [states.QUEUED], states.FINISHED, result={})
    version = new_version(new_version(dataset, removed=[0, 1]), relabeled={0: "odd", 1: "odd"})
    app = open_page(dataset=version.id, tab="Map")
    assert not app.exception and not [each for each in app.button if each.label == "Draw the map"]
    [chart] = app.get("plotly_chart")
    drawn = [point for trace in json.loads(chart.proto.spec)["data"] for point in trace["text"]]
    assert len(drawn) == 58 and sum(text.endswith("odd") for text in drawn) == 2


def test_a_dataset_is_deleted_and_brought_back(objects):
    waiting = open_store().add_run("train", {"dataset": objects}, "needs it")
    assert next(
        button for button in open_page(dataset=objects, tab="Details").button if button.label == "Delete"
    ).disabled
    open_store().move(waiting.id, [states.QUEUED], states.STOPPED)
    app = open_page(dataset=objects, tab="Details")
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
    return store.run(run.id), open_page(job=run.id)


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for seed, name in enumerate(names):
            archive.writestr(name, photo_bytes(seed))
    return file.getvalue()


def test_uploaded_images_are_shown_before_they_are_kept(home):
    names = [f"set/{part}/{label}/{number}.jpg" for part in ("train", "test") for label in "ab" for number in (1, 2)]
    run, app = look_at(open_page(add="zip"), zipped(*names, "set/extra/1.jpg"))
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
    again = open_page(job=run.id)
    assert "You have added these images." in [box.value for box in again.info] and button(again, "See what came of it")
    assert not [each for each in again.button if each.label == "Add this dataset"]


def test_a_dropped_folder_becomes_an_archive_whose_names_never_become_paths(home):
    app = open_page(add="folder")
    names = [f"pets/{label}/{number}.jpg" for label in "ab" for number in (1, 2)]
    files = [(name, photo_bytes(seed), "image/jpeg") for seed, name in enumerate([*names, "pets/../../x.jpg"])]
    app.file_uploader(key="folder-files").set_value(files)
    app = button(app, "Look at the images").click().run()
    assert not app.exception and not app.error, [box.value for box in app.error]
    run, app = work_off()
    assert run.plan["source"] == "zip" and run.plan["name"] == "pets"
    path = Path(run.plan["options"]["path"])
    assert path.name == "pets.zip" and path.is_relative_to(home / "uploads")
    assert [file.name for file in home.rglob("*.jpg")] == []
    assert {"a", "b"} <= {*app.dataframe[0].value["Class"]}


def test_classes_guessed_from_names_are_confirmed_by_adding_them(home):
    run, app = look_at(open_page(add="zip"), zipped("cat.1.jpg", "cat.2.jpg", "dog.1.jpg", "dog.2.jpg"))
    assert any("guessed from the names" in warning.value for warning in app.warning)
    app.text_input(key=f"name-{run.id}").set_value("Friends").run()
    app.segmented_control[0].set_value("folders").run()
    assert open_store().runs(kind="preview")[0].plan["name"] == "Friends"
    app = open_page(job=run.id)
    button(app, "Add, with these classes").click().run()
    (added,) = open_store().runs(kind="import")
    assert open_dataset(import_images(added.plan, home, SILENT)["dataset"]).classes == ("cat", "dog")


def test_where_no_classes_are_found_they_can_be_taken_from_elsewhere(home):
    run, app = look_at(
        open_page(add="zip"),
        zipped("train/cat.1.jpg", "train/cat.2.jpg", "train/b_1.jpg", "train/b_2.jpg", "train/x.jpg"),
    )
    assert run.state == states.FAILED and any("parts of a split" in box.value for box in app.error)
    assert app.subheader[0].value == "Look at\\: pets"
    back = _open("datasets/page.py", {"add": "zip"})
    assert back.button_group(key="source").value == "Zip or tar file"
    app.segmented_control[0].set_value("names").run()
    again, app = work_off()
    assert again.plan["options"]["classes_from"] == "names" and again.id != run.id
    assert list(app.dataframe[0].value["Class"]) == ["b", "cat"]


def test_an_import_is_followed_here_and_ends_at_its_dataset_also_from_the_page_of_runs(objects):
    store = open_store()
    run = store.add_run("import", {"source": "rendered", "options": {}, "name": None}, "Import: Five objects")
    store.move(run.id, [states.QUEUED], states.PREPARING, worker={"host": "elsewhere", "pid": 1, "born": 0.0})
    store.set_progress(run.id, Progress("Reading images", 20, 60))
    app = _open("train/page.py", {"run": run.id})
    assert app.title[0].value == "Datasets" and app.subheader[0].value == "Import\\: Five objects"
    assert "Each image is read, checked and saved." in words(app) and button(app, "Stop")
    store.move(run.id, [states.PREPARING], states.FINISHED, result={"dataset": objects})
    app = open_page(job=run.id, tab="Map")
    assert "60 images in 5 classes" in words(app)
    assert [toast.value for toast in app.toast] == ["Added: objects, 60 images in 5 classes, 12 of each."]
    assert app.session_state["tab"] == "Overview"
