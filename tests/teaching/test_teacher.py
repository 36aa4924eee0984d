"""From pictures to answers, to a dataset and to a run, with the installed network; and the command line."""

import io
import json
import time

import numpy as np
import pytest
from PIL import Image

from tlcore.cli import main
from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.sources.rendered import render
from tlcore.inference.live import look, sight_of
from tlcore.jobs import SILENT
from tlcore.runs.jobs import keep_and_train
from tlcore.runs.store import open_store
from tlcore.teaching.keep import import_request
from tlcore.teaching.teacher import Teacher
from tlcore.teaching.words import missing_text, training_text
from tlcore.training.plans.plan import plan_from_json


def picture(label, number):
    return render(label, number, 96, 5)


def jpeg(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()


def teach(recordings=3, frames=3):
    """Frames of a recording are shifted copies of one picture, as of a camera held by hand."""
    teacher = Teacher()
    for label, taught in enumerate(teacher.collection.classes):
        for number in range(recordings):
            whole = picture(label, number)
            shots = [np.ascontiguousarray(whole[place : 80 + place, place : 80 + place]) for place in range(frames)]
            teacher.record(taught.id, f"r{label}-{number}", [(jpeg(shot), "", shot) for shot in shots])
    return teacher


@pytest.fixture
def no_dispatcher(monkeypatch):
    monkeypatch.setattr("tlcore.runs.client.ensure_dispatcher", lambda: None)


def judged(teacher):
    for _ in range(600):
        if teacher.judge():
            return teacher.judged
        time.sleep(0.05)
    raise AssertionError("it is not judged")


def test_it_answers_at_once_and_is_judged_on_new_recordings():
    teacher = Teacher()
    words = missing_text(teacher.collection.classes, teacher.collection.answerable, {})
    assert teacher.network() is None and "at least 3 pictures of Class 1 and Class 2" in words
    teacher = teach(recordings=1)
    network = teacher.network()
    assert network.names == ("Class 1", "Class 2")
    question = picture(1, 0)  # the whole of what its frames show parts of
    [sight] = look([network], question, 2)
    assert sight.guesses[0].name == "Class 2" and sight.heat.max() == pytest.approx(1) and sight.share == 1
    assert sight_of(network, teacher.maps([question])[0], 2).guesses == sight.guesses
    assert judged(teacher) is None and teacher.distinct == {"c1": 1, "c2": 1}
    words = missing_text(teacher.collection.classes, teacher.collection.answerable, teacher.distinct)
    assert "record Class 1 and Class 2 a second time, in another place" in words and "nearly the same picture" in words
    teacher = teach(recordings=3)
    found = judged(teacher)
    assert (found.recordings, found.frames) == (6, 18) and found.accuracy > 0.6
    assert not training_text(teacher.collection.answerable, teacher.distinct)
    teacher.collection.rename(teacher.collection.classes[0].id, "hat")
    assert teacher.network().names == ("hat", "Class 2")


def test_recordings_become_a_dataset_whose_split_never_parts_them(no_dispatcher):
    teacher = teach(recordings=3)
    photo = jpeg(picture(0, 90))
    teacher.record(teacher.collection.classes[0].id, "p1", [(photo, "../my cat.JPG", picture(0, 90))])
    request = import_request(teacher.collection, "Two things")
    result = keep_and_train({**request, "owner": "Ada"}, None, SILENT)
    dataset = open_dataset(result["dataset"])
    assert dataset.name == "Two things" and len(dataset) == 19 and len(np.unique(dataset.groups)) == 7
    [index] = [index for index, name in enumerate(dataset.names) if "my cat" in name]
    assert dataset.image_bytes(index) == photo, "photos keep their bytes"
    run = open_store().run(result["run"])
    assert (
        run.owner == "Ada"
        and run.plan["strategy"] == "frozen"
        and run.name == "Frozen EfficientNet-Lite0 on two-things"
    )
    split = plan_from_json(run.plan).split(dataset)
    parts = [set(dataset.groups[part].tolist()) for part in (split.train, split.validation, split.test)]
    assert not parts[0] & parts[1] and not parts[0] & parts[2] and not parts[1] & parts[2]
    assert all(set(dataset.labels[part]) == {0, 1} for part in (split.train, split.validation, split.test))
    assert "7 recordings and single photos stand behind these 19 images" in " ".join(dataset.report.sentences())


def test_two_recordings_make_a_dataset_but_no_run(no_dispatcher):
    teacher = teach(recordings=2)
    judged(teacher)
    assert "3 recordings of each class" in training_text(teacher.collection.answerable, teacher.distinct)
    result = keep_and_train(import_request(teacher.collection, ""), None, SILENT)
    assert result["run"] == "" and "every class in every part" in result["why_none"]
    assert open_dataset(result["dataset"]).name == "Recorded: Class 1, Class 2" and not open_store().runs()


def test_a_folder_of_recordings_is_imported_and_taught_from_the_command_line(tmp_path, capsys):
    for label, name in enumerate(("hat", "cube")):
        for recording in range(2):
            folder = tmp_path / "things" / name / f"take {recording}"
            folder.mkdir(parents=True)
            for frame in range(2):
                (folder / f"{frame}.jpg").write_bytes(jpeg(picture(label, recording)[frame:, frame:]))
        (tmp_path / "things" / name / "single.jpg").write_bytes(jpeg(picture(label, 30)))
    (tmp_path / "things" / "hat" / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing")
    dataset = import_dataset("recorded", {"path": tmp_path / "things"})
    assert dataset.classes == ("cube", "hat") and len(np.unique(dataset.groups)) == 6
    assert main(["teach", str(tmp_path / "things"), "--ask", str(tmp_path / "things/cube/single.jpg"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["pictures"] == 10 and answer["held_out"]["recordings"] == 6 and len(answer["refused"]) == 1
    assert next(iter(answer["answers"].values()))[0]["name"] == "cube"
    assert main(["teach", str(tmp_path / "things" / "hat")]) == 2
    assert "at least 3 pictures" in capsys.readouterr().err
