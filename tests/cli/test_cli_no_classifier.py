"""Segmentation networks: refused as classifiers by every command, in the same sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.inference.stand_in import photo_file
from tlcore.cli import main
from tlcore.errors import InputError
from tlcore.inference.networks.choice import imagenet_networks
from tlcore.inference.networks.prepared import CARD_FILE, PREPARED, Card
from tlcore.jobs import SILENT
from tlcore.runs.run import FINISHED, QUEUED, Run
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.storage.files import write_json
from tlcore.zoo import catalog

SENTENCE = catalog.find("UNet").why_no_classifier
CARD = Card("UNet", "file", 572, "unit", "bottom_conv2", title="An old U-Net")


@pytest.fixture
def old_run(objects) -> Run:
    """Half a U-Net that an earlier version trained as a classifier, before there was a rule."""
    store = open_store()
    run = store.add_run("train", {"dataset": objects, "strategy": "scratch", "weights": "none", "backbone": "UNet"}, "")
    store.move(run.id, [QUEUED], FINISHED, result={"classes": ["a", "b"]})
    return store.run(run.id)


@pytest.mark.parametrize(
    "command",
    [
        "train --dataset {dataset} --strategy scratch --set backbone=UNet",
        "train --dataset {dataset} --strategy frozen --set backbone=UNet",
        "train --recipe mobilenetv2-frozen --dataset {dataset} --set backbone=UNet",
        "train --plan {plan}",
        "train --plan {plan} --find-rate",
        "experiment strategies --dataset {dataset} --backbone UNet",
        "experiment cuts --dataset {dataset} --backbone UNet",
        "prepare UNet",
        "prepare UNet --weights {photo}",
        "classify {photo} --model UNet",
        "classify {photo} --model UNet --weights {photo}",
        "predict {run} {photo}",
        "export {run} --to {folder}",
        "code {run}",
    ],
)
def test_every_command_refuses_it_in_the_same_sentence(objects, old_run, tmp_path, capsys, command):
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(old_run.plan), "utf-8")
    values = {"dataset": objects, "run": old_run.id, "plan": plan, "photo": photo_file(tmp_path / "photo.jpg")}
    code = main(command.format(**values, folder=tmp_path / "taken").split())
    output = capsys.readouterr()
    assert (code, output.out) == (2, "")
    assert SENTENCE in output.err
    assert open_store().runs() == [old_run]


def test_one_that_an_earlier_version_prepared_classifies_nothing_any_more(old_run, tmp_path, capsys):
    write_json(old_run.folder / PREPARED / CARD_FILE, CARD.to_json())
    assert main(["predict", old_run.id, str(photo_file(tmp_path / "photo.jpg"))]) == 2
    assert SENTENCE in capsys.readouterr().err
    folder = settings().home / PREPARED / "UNet-572-0123456789abcdef"
    write_json(folder / CARD_FILE, CARD.to_json())
    listed = imagenet_networks()
    assert listed and folder not in {network.folder for network in listed}


def test_the_jobs_refuse_it_too(home):
    from tlcore.inference.jobs import prepare

    request = {"architecture": "FCN8s", "weights": str(Path(__file__))}
    with pytest.raises(InputError, match=r"segmentation.*Choose a network that classifies"):
        prepare(request, home, SILENT)


def test_all_others_classify():
    refused = {row.name for row in catalog.ARCHITECTURES} - {row.name for row in catalog.CLASSIFIERS}
    assert refused == {"FCN8s", "UNet"}
