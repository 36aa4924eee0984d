"""The command line: readable text, JSON for machines, and exit code 2 with every problem for bad input."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from tlcore.cli import main
from tlcore.runs.store import open_store


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    """Run a command; returns exit code, output and errors."""
    try:
        code = main(arguments)
    except SystemExit as ended:
        code = ended.code
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_zoo_is_listed_for_people_and_machines(capsys):
    code, text, _ = run(capsys, "zoo")
    assert code == 0
    assert "MobileNetV2" in text
    _, text, _ = run(capsys, "zoo", "--json")
    parameters = {row["name"]: row["parameters"] for row in json.loads(text)}
    assert parameters["LeNet5"] == 61_706
    assert parameters["VGG16"] == 138_357_544
    assert parameters["MobileNetV2"] == 3_538_984
    assert parameters["ResNet50"] == 25_636_712
    assert parameters["UNet"] == 31_030_658


def test_doctor_knows_this_machine(capsys):
    code, text, _ = run(capsys, "doctor", "--json")
    facts = {fact["name"]: fact["value"] for fact in json.loads(text)}
    assert code == 0
    assert facts["network"] == "off"
    assert "tensorflow" in facts["packages"]


def test_a_dataset_is_added_listed_and_shown(capsys):
    code, text, _ = run(capsys, "data", "add", "rendered", "--images-per-class", "4", "--size", "32", "--json")
    added = json.loads(text)
    assert code == 0
    assert added["images"] == 20
    assert added["id"] in run(capsys, "data", "list")[1]
    assert "hat: 4" in run(capsys, "data", "show", added["id"])[1].lower()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["summary", "MobilNet"], ["architecture", "MobileNet"]),
        (["data", "show", "nothing-here"], ["dataset", "nothing-here"]),
        (["data", "add", "folder", "--path", "/no/such/folder"], ["/no/such/folder"]),
        (["runs", "show", "zzz"], ["run", "zzz"]),
        (["train"], ["--dataset"]),
        (["prepare", "NoNet"], ["NoNet"]),
    ],
)
def test_bad_input_ends_with_2_and_says_what_to_do(capsys, arguments, words):
    code, out, errors = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in errors
    for word in words:
        assert word in errors


def test_every_wrong_field_of_a_plan_is_named_and_nothing_is_queued(capsys, objects):
    code, _, errors = run(
        capsys, "train", "--dataset", objects, "--set", "epochs=0", "--set", "dropout=5", "--set", "color=red"
    )
    assert code == 2
    for field in ("epochs", "dropout", "color"):
        assert field in errors
    assert open_store().runs() == []


def test_recipes_are_listed_shown_and_checked_before_they_are_queued(capsys, objects):
    names = [row["name"] for row in json.loads(run(capsys, "recipes", "--json")[1])]
    assert {"inception-mixed7", "mobilenetv2-frozen", "vgg16-five-objects", "large-different"} <= set(names)
    assert "38,537,217" in run(capsys, "recipes", "show", "inception-mixed7-dropout")[1]
    code, _, errors = run(capsys, "train", "--recipe", "vgg19-small-similar")
    assert code == 2
    assert "--dataset" in errors
    code, _, errors = run(capsys, "train", "--recipe", "vgg19-small-similar", "--dataset", objects)
    assert code == 1
    assert "vgg19_weights" in errors
    assert open_store().runs() == []


def test_bad_folders_leave_nothing_behind(capsys, tmp_path, home):
    empty, lonely = tmp_path / "empty", tmp_path / "lonely"
    empty.mkdir()
    for name, count in (("cat", 3), ("dog", 1)):
        (lonely / name).mkdir(parents=True)
        for index in range(count):
            Image.effect_noise((40, 40), 90 + index).convert("RGB").save(lonely / name / f"{index}.png")
    assert run(capsys, "data", "add", "folder", "--path", str(empty))[0] == 2
    code, _, errors = run(capsys, "data", "add", "folder", "--path", str(lonely))
    assert code == 2
    assert "dog" in errors
    assert run(capsys, "data", "list", "--json")[1].strip() == "[]"
    assert [path for path in (home / "datasets").glob("*") if path.is_dir()] == []
