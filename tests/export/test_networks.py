"""A trained network taken away and looked into: files agree with the run, the program needs three packages only."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from tlcore.cli import main
from tlcore.comparison.changes import load_changes, neighbor_share
from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.errors import StateError
from tlcore.export.model_card import predict_program
from tlcore.export.take_away import export_request, exported
from tlcore.images.resize import RESIZE_MODES, resize
from tlcore.jobs import SILENT
from tlcore.runs.run import FINISHED, QUEUED
from tlcore.runs.store import open_store
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import plan_from_json

# Fails at once if the program imports anything of this project or TensorFlow.
ALONE = """
import runpy, sys
sys.path[:] = [folder for folder in sys.path if folder]
for name in ("tlcore", "tensorflow", "keras", "scipy", "sklearn"):
    sys.modules[name] = None
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("mode", [row.name for row in RESIZE_MODES if row.for_training])
def test_the_program_makes_squares_as_the_run_did(mode, tmp_path):
    program = {}
    exec(predict_program(mode).replace("Path(__file__).parent", "Path()"), program)
    random = np.random.default_rng(0)
    for wide, high in ((97, 64), (64, 211), (300, 301)):
        photo = random.integers(0, 256, (high, wide, 3), np.uint8)
        Image.fromarray(photo).save(tmp_path / "photo.png")
        square = program["read_square"](tmp_path / "photo.png", 64)
        assert np.abs(square - resize(photo, 64, 64, mode)).max() <= 1


def test_unfinished_runs_and_existing_folders_are_refused(two_classes, finished_run, tmp_path, capsys):
    run = open_store().add_run("train", {}, "waiting")
    with pytest.raises(StateError, match="queued"):
        export_request(run, False)
    assert main(["export", finished_run(two_classes).id, "--to", str(tmp_path)]) == 2
    assert "does not exist yet" in capsys.readouterr().err


@pytest.mark.slow
def test_the_files_name_the_classes_of_the_run_and_its_changes_are_found(home, tmp_path):
    from tlcore.comparison.jobs import find_changes
    from tlcore.export.jobs import export
    from tlcore.training.jobs import train

    dataset = import_dataset("digits", {}, "digits")
    fields = {"input_size": 32, "cut_layer": "F6", "head": "new", "epochs": 2, "fraction": 0.3}
    plan = plan_from_json({**suggest_plan(dataset, "scratch", "LeNet5"), **fields})
    store = open_store()
    run = store.add_run("train", plan.to_json(), "Digits")
    result = train(run.plan, run.folder, SILENT)
    result["classes"] = ["0\n# zero", *result["classes"][1:]]  # a name that is more than one line
    store.move(run.id, [QUEUED], FINISHED, result=result)
    run = store.run(run.id)
    checks = export(export_request(run, True), home, SILENT)["checks"]
    photos = result["scores"]["test"]["images"]
    for name in ("model.keras", "model.tflite", "predict.py"):
        assert checks[name] == {"photos": photos, "same": photos, "correct": result["scores"]["test"]["correct"]}
    assert checks["model_int8.tflite"]["same"] > 0.9 * photos
    folder = exported(run, True)
    assert json.loads((folder / "card.json").read_text())["checks"] == checks
    assert (folder / "labels.txt").read_text("utf-8").split("\n") == ["0 # zero", *map(str, range(1, 10)), ""]
    card = (folder / "README.md").read_text()
    assert "10 classes apart: 0 \\# zero, 1, 2" in card
    assert f"{photos} of {photos}" in card
    # No interval for training images, which are no sample of others; test images have one.
    rows = {row.split("|")[1].strip(): row for row in card.splitlines() if row.count("|") == 4}
    assert "–" in rows["test"] and "–" not in rows["training"]
    assert "choose by validation" in card
    _check_program(folder, open_dataset(dataset.id), tmp_path)

    find_changes({"run": run.id}, home, SILENT)
    changes = load_changes(run)
    assert [str(name) for name in changes.layers] == ["C1", "C3", "C5", "F6"]
    assert (changes.change > 0).all()
    assert changes.before.shape == changes.after.shape == (min(300, photos), 84)
    assert neighbor_share(changes.after, changes.labels) > 0.8


def _check_program(folder, dataset, place):
    """Use the exported program as a person does: several photos, bad ones among them, options, and slips."""
    good = ["first.png", "last.png"]
    for name, index in zip(good, (0, len(dataset) - 1), strict=True):
        (place / name).write_bytes(dataset.image_bytes(index))
    (place / "page.jpg").write_bytes(b"<html>")

    def run(*arguments):
        command = [sys.executable, "-I", "-c", ALONE, str(folder / "predict.py"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=place)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, [line for line in done.stderr.splitlines() if not line.startswith("INFO")]

    code, answers, complaints = run(*good)
    assert (code, complaints) == (0, [])
    assert [line.split(": ")[0] for line in answers.splitlines()] == good and answers.count(" %)") == 2
    assert run(good[0])[1] + run(good[1])[1] == answers

    small = str(folder / "model_int8.tflite")
    code, answers, complaints = run(good[0], "page.jpg", "none.jpg", good[1], "--top", "3", "--model", small)
    assert code == 1
    assert [line.count(" %)") for line in answers.splitlines()] == [3, 3]
    assert [line.split(": ")[0] for line in complaints] == ["page.jpg", "none.jpg"]
    assert "No such file" in complaints[1]

    code, answers, complaints = run("--help")
    assert code == 0 and "--model FILE" in answers and "--top N" in answers
    for slip, words in (
        ([], "PHOTO"),
        ([good[0], "--top", "0"], "--top"),
        ([good[0], "--model", "page.jpg"], "page.jpg"),
        ([good[0], "--model", "none.tflite"], "none.tflite"),
    ):
        code, answers, complaints = run(*slip)
        assert (code, answers) == (2, "") and words in complaints[-1]
