"""What a run says it does: each thing once, in words that hold for it; and how an experiment says that it is done."""

from __future__ import annotations

import pytest

from pages.compare.live.done import end_words
from pages.ui.jobs import _line, queued_words
from pages.ui.running.doing import doing
from tlcore.datasets.dataset import open_dataset
from tlcore.jobs import Progress
from tlcore.runs.run import FINISHED, STOPPED, TRAINING, Run
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import LOOKING, LOOKING_AGAIN, READING, TRYING


def made(dataset: str, progress: Progress, strategy: str = "fine_tune") -> Run:
    plan = suggest_plan(open_dataset(dataset), strategy, "EfficientNetLite0")
    return Run("a", "train", "run", plan, TRAINING, "", progress=progress)


@pytest.mark.parametrize(
    ("what", "says"),
    [
        (LOOKING, "go through the layers that stay as they are"),
        (LOOKING_AGAIN, "once more"),
        (READING, "needs the images themselves"),
        (f"{LOOKING}, changed copy 2 of 3", "changed a little"),
    ],
)
def test_what_comes_before_the_epochs_is_explained_each_in_its_own_words(objects, what, says):
    said = doing(made(objects, Progress(what, 3, 42)))
    assert said.words == f"{what}, 3 of 42" and says in said.sentences


def test_a_head_is_looked_for_in_counted_tries(objects):
    assert doing(made(objects, Progress(TRYING, 0, 4))).words == "Finding the best head, try 1 of 4"
    assert doing(made(objects, Progress(TRYING, 3, 4))).words == "Finding the best head, try 4 of 4"


def test_runs_queued_since_the_line_was_read_are_not_all_said_to_start(objects):
    plan = suggest_plan(open_dataset(objects), "frozen", "EfficientNetLite0")
    _line(settings().store_address)
    runs = [open_store().add_run("train", plan, f"run {number}") for number in (1, 2)]
    assert [queued_words(run) for run in runs] == ["Starting", "Second in the queue"]


def test_an_experiment_says_how_it_ended():
    def run(state: str, started: str = "2026-01-01T10:00:00+00:00") -> Run:
        return Run("a", "train", "run", {}, state, "", started=started, ended="2026-01-01T10:03:00+00:00")

    assert end_words([run(FINISHED)] * 3) == "Done: all 3 runs have finished, in about 3 min. Here is what came out."
    assert end_words([run(FINISHED), run(STOPPED)]) == "The experiment has ended: 1 of 2 runs finished."
    assert "none of its runs" in end_words([run(STOPPED, "")])
