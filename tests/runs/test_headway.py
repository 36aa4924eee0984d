"""How far a run is as a whole: through all its phases, and never back."""

from __future__ import annotations

from itertools import pairwise

from tlcore.jobs import Progress
from tlcore.runs import run as states
from tlcore.runs.headway import share_of_run
from tlcore.runs.store import open_store
from tlcore.training.plans.plan import TRYING, WARM_UP


def test_a_fine_tuning_run_goes_on_through_its_phases_and_never_back(objects):
    plan = {"dataset": objects, "strategy": "fine_tune", "backbone": "EfficientNetLite0", "weights": "package"}
    plan |= {"optimizer": "lbfgs", "warmup_epochs": 3, "epochs": 7, "first_trainable": "block6a_expand_conv"}
    store = open_store()
    run = store.add_run("train", plan, "run")
    store.move(run.id, [states.QUEUED], states.TRAINING, worker={"host": "elsewhere", "pid": 1, "born": 0.0})

    def epoch(number: int, phase: str, rate: float | None) -> None:
        store.add_event(run.id, "epoch", {"epoch": number, "phase": phase, "learning_rate": rate})

    shares = []

    def at(what: str, done: float, total: float, **more: float) -> None:
        store.set_progress(run.id, Progress(what, done, total, **more))
        shares.append(share_of_run(store.run(run.id), store.events(run.id)))

    at("Looking at the images", 20, 60)
    at("Looking at the images", 60, 60)
    store.add_event(run.id, "phase", {"title": WARM_UP})
    at(WARM_UP, 5, 100, epoch=5, epochs=104)
    epoch(1, WARM_UP, None)
    at("Looking at the images", 6, 60)  # in between: what the next phase begins with
    at("Looking at the images", 60, 60)
    store.add_event(run.id, "phase", {"title": "Fine-tuning"})
    at("Fine-tuning", 42, 210, epoch=2, epochs=5, epoch_share=0.5)
    epoch(2, "Fine-tuning", 1e-4)
    at("Fine-tuning", 42, 210, epoch=4, epochs=5, epoch_share=0.5)
    store.move(run.id, [states.TRAINING], states.EVALUATING)
    at("Checking the saved network", 1, 64)
    assert all(before <= after for before, after in pairwise(shares)), shares
    assert 0 < shares[0] < 0.5 < shares[-2] < shares[-1] < 1


def test_features_that_were_kept_take_no_share_and_each_try_of_a_head_counts(objects):
    plan = {"dataset": objects, "strategy": "frozen", "backbone": "EfficientNetLite0", "weights": "package"}
    store = open_store()
    run = store.add_run("train", {**plan, "optimizer": "lbfgs"}, "run")
    store.move(run.id, [states.QUEUED], states.TRAINING, worker={"host": "elsewhere", "pid": 1, "born": 0.0})
    store.add_event(run.id, "phase", {"title": "Training the head", "computed": 0.0})
    shares = []
    for tried in range(4):
        store.set_progress(run.id, Progress(TRYING, tried, 4))
        shares.append(share_of_run(store.run(run.id), store.events(run.id)))
    assert shares[0] == 0 and all(before + 0.1 < after for before, after in pairwise(shares)), shares
