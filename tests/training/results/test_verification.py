"""A run that does not do what it says is failed, when it ends and whenever it is asked later."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tlcore.cli import main
from tlcore.comparison.comparison import load_compared
from tlcore.datasets.importer import import_dataset
from tlcore.errors import VerificationError
from tlcore.inference.networks.prepared import CARD_FILE, PREPARED, run_card
from tlcore.jobs import SILENT
from tlcore.runs import run as states
from tlcore.runs.execution.worker import execute
from tlcore.runs.store import open_store
from tlcore.runs.verification import is_verified, verification_text
from tlcore.storage.files import write_json
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.results.evaluation import PREDICTIONS_FILE, Predictions, load_predictions, save_predictions

pytestmark = pytest.mark.slow


@pytest.fixture
def digits_run(home):
    """A finished run on digits, as a worker leaves it."""
    dataset = import_dataset("digits", {}, "digits")
    plan = TrainingPlan(
        dataset=dataset.id, strategy="scratch", weights="none", backbone="LeNet5", input_size=32, epochs=1, subset=0.3
    )
    run = open_store().add_run("train", plan.to_json(), "digits run")
    assert execute(run.id)
    return open_store().run(run.id)


def verify(run_id: str) -> dict:
    """Queue the check of a run, do it in this process and return the job."""
    job = open_store().add_run("verify", {"run": run_id}, "check")
    execute(job.id)
    return open_store().run(job.id)


def tamper(run) -> None:
    """Exchange the stored probabilities of two classes on one test image, as features of another network would."""
    path = run.folder / PREDICTIONS_FILE
    parts = {part: load_predictions(path, part) for part in ("train", "validation", "test")}
    probabilities = parts["test"].probabilities.copy()
    order = probabilities[0].argsort()
    probabilities[0, order[[0, -1]]] = probabilities[0, order[[-1, 0]]]
    parts["test"] = Predictions(parts["test"].indices, parts["test"].labels, probabilities)
    save_predictions(path, parts)


def test_a_run_checks_itself_and_older_ones_on_demand(digits_run, capsys):
    assert digits_run.state == states.FINISHED
    found = digits_run.result["verified"]
    assert (found["images"], found["of"]) == (64, 81) and found["difference"] < 1e-4
    assert "64 of the 81 test images" in verification_text(digits_run)
    # A run of before there were checks says so until it is checked, on all of its test images then.
    older = {name: value for name, value in digits_run.result.items() if name != "verified"}
    open_store().move(digits_run.id, [states.FINISHED], states.FINISHED, result=older)
    assert "Not verified" in verification_text(open_store().run(digits_run.id))
    assert main(["runs", "show", digits_run.id]) == 0
    assert "Not verified" in capsys.readouterr().out
    assert verify(digits_run.id).state == states.FINISHED
    checked = open_store().run(digits_run.id)
    assert is_verified(checked) and "all 81" in verification_text(checked)
    assert checked.result["scores"] == digits_run.result["scores"]


def test_a_run_whose_network_says_otherwise_cannot_be_compared(digits_run):
    tamper(digits_run)
    job = verify(digits_run.id)
    assert job.state == states.FAILED
    run = open_store().run(digits_run.id)
    assert run.state == states.FAILED
    for message in (job.error["message"], run.error["message"]):
        assert "on 1 of 81 test images" in message and "Train it again" in message
    with pytest.raises(Exception, match="a finished training run"):
        load_compared([run.id])


def test_a_converted_copy_does_not_answer_for_a_network_that_is_gone(objects, finished_run):
    run = finished_run(objects)
    card = run_card(run.plan, run.result["classes"], run.name)
    write_json(run.folder / PREPARED / CARD_FILE, card.to_json())  # it names no source: the folder holds the features
    job = verify(run.id)
    assert job.state == states.FAILED
    assert "no such file" in job.error["message"] and "Train the run again" in job.error["message"]


def test_a_new_run_whose_network_says_otherwise_fails_at_its_end(home, monkeypatch):
    from tlcore.training import jobs as job

    def wrong(path, parts):
        """What a cache that serves features of another network comes to."""
        mixed = parts["test"].probabilities[::-1]
        test = Predictions(parts["test"].indices, parts["test"].labels, np.ascontiguousarray(mixed))
        parts["test"] = test
        save_predictions(path, parts)

    monkeypatch.setattr(job, "save_predictions", wrong)
    dataset = import_dataset("digits", {}, "digits")
    plan = TrainingPlan(
        dataset=dataset.id, strategy="scratch", weights="none", backbone="LeNet5", input_size=32, epochs=1, subset=0.2
    )
    with pytest.raises(VerificationError):
        job.train(plan.to_json(), home / "run", SILENT)
    run = open_store().add_run("train", plan.to_json(), "wrong")
    execute(run.id)
    assert open_store().run(run.id).state == states.FAILED


def test_the_command_checks_all_runs_and_goes_on_after_a_bad_one(digits_run, capsys, monkeypatch):
    from tlcore.cli import runs

    good = open_store().add_run("train", digits_run.plan, "copy")
    digits_run.folder.rename(good.folder)  # the files of the first are gone, the second has them
    open_store().move(good.id, [states.QUEUED], states.FINISHED, result=digits_run.result)

    def at_once(run_id):
        execute(run_id)
        run = open_store().run(run_id)
        if run.state != states.FINISHED:
            raise VerificationError("a finished run", run.state, run.error["message"])
        return run

    monkeypatch.setattr(runs, "wait_and_show", at_once)
    monkeypatch.setattr("tlcore.runs.client.ensure_dispatcher", lambda: None)
    assert main(["runs", "verify", "--json"]) == 1
    rows = {row["run"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows[good.id]["ok"] and not rows[digits_run.id]["ok"]
    assert "no such file" in rows[digits_run.id]["message"]
