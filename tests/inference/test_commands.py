"""`classify` and `predict` as a script uses them, and batches with bad files in between."""

import json

import numpy as np
import pytest

from tests.inference.stand_in import NAME, photo_file
from tlcore.cli import main
from tlcore.errors import ImageError
from tlcore.inference.imagenet import imagenet_classes
from tlcore.inference.many import PhotoFile, classify_files
from tlcore.jobs import SILENT


def test_classify_prints_json(ready, tmp_path, capsys):
    path = photo_file(tmp_path / "a photo.jpg")
    assert main(["classify", str(path), "--model", NAME, "--top", "3", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)[0]
    assert row["file"] == str(path)
    assert len(row["guesses"]) == 3
    assert row["guesses"][0]["probability"] >= row["guesses"][1]["probability"]
    assert "its first guess is" in row["sureness"]
    assert main(["classify", str(path), "--model", NAME, "--top", "1", "--json"]) == 0
    alone = json.loads(capsys.readouterr().out)[0]
    assert len(alone["guesses"]) == 1 and alone["sureness"] == row["sureness"]
    assert all((guess["id"], guess["name"]) in imagenet_classes() for guess in row["guesses"])


def test_a_bad_file_costs_only_itself(ready, tmp_path, capsys):
    good, bad = photo_file(tmp_path / "good.jpg"), tmp_path / "bad.jpg"
    bad.write_bytes(b"<html>")
    assert main(["classify", str(bad), str(good), str(tmp_path / "none.jpg"), "--model", NAME]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert "web page" in lines[0]
    assert " %)" in lines[1]
    assert "does not exist" in lines[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "VGG16"], "switched off"),
        (["--model", "LeNet5"], "--weights FILE"),
        (["--model", "MobileNetV9"], "Did you mean"),
        (["--model", NAME, "--top", "0"], "--top"),
        (["--model", NAME, "--weights", "none.h5"], "does not exist"),
    ],
)
def test_what_cannot_be_done_is_said(ready, tmp_path, capsys, arguments, words):
    assert main(["classify", str(photo_file(tmp_path / "a.jpg")), *arguments]) in (1, 2)
    assert words in capsys.readouterr().err


def test_many_photos_come_out_in_order(network):
    def read(index):
        if index % 7 == 3:
            raise ImageError("a photo", f"number {index}", "Choose another.")
        return photos[index % 3]

    photos = [photo_file(network.folder / f"{seed}.jpg", seed).read_bytes() for seed in range(3)]
    files = [PhotoFile(str(index), str(index), lambda index=index: read(index)) for index in range(40)]
    results = list(classify_files(network, files, top=2))
    assert len(results) == 40
    for index, result in enumerate(results):
        if index % 7 == 3:
            assert isinstance(result, ImageError)
        else:
            alone = next(classify_files(network, [files[index]], top=2))
            assert result.guesses[0].name == alone.guesses[0].name
            assert result.guesses[0].probability == pytest.approx(alone.guesses[0].probability, abs=1e-5)


def test_accuracy_on_real_photos(shared, monkeypatch, tmp_path):
    """Top-1 of the two networks whose published weights are at hand, with the standard evaluation crop."""
    from tlcore.inference.jobs import prepare
    from tlcore.inference.networks.prepared import load_prepared, prepared_folder
    from tlcore.settings import settings

    monkeypatch.setenv("KERAS_HOME", str(shared / "keras_home"))
    settings.cache_clear()
    paths = sorted((shared / "data" / "imagenet_samples").glob("*.jpg"))
    files = [PhotoFile(path.name, path.name, path.read_bytes) for path in paths]
    for name, least in (("MobileNetV2", 0.83), (NAME, 0.48)):
        prepare({"architecture": name}, tmp_path, SILENT)
        results = list(classify_files(load_prepared(prepared_folder(name)), files))
        right = [
            path.name.startswith(imagenet_classes()[result.best.index][0])
            for path, result in zip(paths, results, strict=True)
        ]
        assert sum(right) >= least * len(paths)
        said = [result.sureness() for result in results]
        ahead, doubtful = (
            np.mean([was_right for was_right, words in zip(right, said, strict=True) if has_said(words)])
            for has_said in (lambda words: words.startswith("Far ahead"), lambda words: "something else" in words)
        )
        assert ahead > 0.9 > doubtful
