"""Experiments: the right plans, queued as one, with one progress."""

import itertools
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tlcore.cli import main
from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.places import DELETED
from tlcore.datasets.versions import new_version
from tlcore.errors import InputError, NotFoundError, StateError
from tlcore.jobs import SILENT, Progress
from tlcore.runs import experiments, jobs
from tlcore.runs.headway import share_of_run
from tlcore.runs.run import EVALUATING, FINISHED, PREPARING, QUEUED, STOPPED, TRAINING, Run
from tlcore.runs.store import open_store
from tlcore.runs.time_left import Countdown, expected_seconds, seconds_left, share_of_all


def done(run: Run) -> float:
    return share_of_run(run, open_store().events(run.id))


@pytest.fixture(autouse=True)
def no_dispatcher(monkeypatch):
    monkeypatch.setattr(experiments, "ensure_dispatcher", lambda: None)


@pytest.mark.parametrize("experiment", experiments.EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_plans_share_the_split_and_differ_from_each_other(experiment, two_classes):
    plans = experiments.plan_experiment(experiment, open_dataset(two_classes), "MobileNetV2", {"epochs": 5})
    assert all(plan.epochs == 5 for plan in plans.values())
    assert len({(plan.dataset, plan.subset, plan.shares, plan.split_seed) for plan in plans.values()}) == 1
    assert len({plan.has_own_head for plan in plans.values()}) == 1
    assert len(set(plans.values())) == len(plans)
    assert len(plans) == {"strategies": 3, "photos": 15, "few": 9, "seeds": 9, "broken": 7, "backbones": 4}.get(
        experiment.name, len(plans)
    )


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, {5, 10, 20}),  # 60 photos of each class: 42 to train on
        ({"shares": (0.35, 0.05, 0.6)}, {5, 10, 20}),  # 21
        ({"shares": (0.9, 0.05, 0.05), "split_seed": 3}, {5, 10, 20, 50}),  # 54
        ({"shares": (0.175, 0.2, 0.625)}, {5, 10}),  # 10 of one class and 11 of the other
        ({"shares": (0.05, 0.25, 0.7)}, {3}),  # there are no more
    ],
)
def test_so_many_photos_a_class_are_so_many_whatever_the_shares(two_classes, changes, counts):
    dataset = open_dataset(two_classes)
    plans = experiments.plan_experiment(experiments.EXPERIMENTS.find("few"), dataset, "MobileNetV2", changes)
    for name, plan in plans.items():
        said = int(name.split(", ")[1].split()[0])
        found = np.bincount(dataset.labels[plan.split(dataset).train])
        assert found.tolist() == [min(said, max(counts))] * 2
    assert {min(int(name.split(", ")[1].split()[0]), max(counts)) for name in plans} == counts


def test_classes_of_different_size_have_so_many_photos_on_average(two_classes):
    dataset = new_version(open_dataset(two_classes), removed=range(40))  # 20 cats are left
    plans = experiments.plan_experiment(experiments.EXPERIMENTS.find("few"), dataset, "MobileNetV2", {})
    for count in (5, 10, 20):
        [plan] = [plan for name, plan in plans.items() if f" {count} images" in name and plan.strategy == "frozen"]
        assert len(plan.split(dataset).train) == pytest.approx(2 * count, abs=1)  # each class is rounded


@pytest.mark.parametrize(
    ("backbone", "trap"), [("MobileNetV2", [0.9, 0.999]), ("EfficientNetLite0", [0.9, 0.999]), ("VGG16", [0.9])]
)
def test_breaking_it_from_scratch_is_tried_with_slow_statistics_where_there_are_any(two_classes, backbone, trap):
    broken = experiments.EXPERIMENTS.find("broken")
    plans = experiments.plan_experiment(broken, open_dataset(two_classes), backbone, {})
    assert [plan.statistics_momentum for plan in plans.values() if plan.strategy == "scratch"] == trap
    # What changes nothing breaks nothing.
    assert any(plan.learn_statistics for plan in plans.values()) == (len(trap) == 2)


def test_why_slow_statistics_break_it_is_said(two_classes, capsys):
    assert main(["experiment", "broken", "--dataset", two_classes, "--backbone", "MobileNetV2", "--plan-only"]) == 0
    assert "near their random start" in capsys.readouterr().out


def test_one_experiment_has_one_progress(two_classes):
    dataset = open_dataset(two_classes)
    plans = experiments.plan_experiment(experiments.EXPERIMENTS.find("strategies"), dataset, "MobileNetV2", {})
    id = experiments.launch("strategies", plans)
    runs = experiments.runs_of(id)
    assert [run.plan["strategy"] for run in runs] == ["frozen", "fine_tune", "scratch"]
    assert {run.state for run in runs} == {QUEUED}
    store, expected = open_store(), expected_seconds(list(plans.values()))
    assert seconds_left(runs, done) == pytest.approx(sum(expected))
    store.move(runs[0].id, [QUEUED], FINISHED, result={"seconds": 2 * expected[0]})
    # The first run took twice as long as expected: so may the others, as far as a short run can tell.
    assert sum(expected[1:]) < seconds_left(experiments.runs_of(id), done) < 2 * sum(expected[1:])
    assert share_of_all(experiments.runs_of(id), done) == pytest.approx(expected[0] / sum(expected))
    assert experiments.stop(id) == runs[1:]
    assert seconds_left(experiments.runs_of(id), done) == 0


def test_a_run_that_is_slower_than_expected_says_so_before_it_ends(two_classes):
    dataset = open_dataset(two_classes)
    plans = experiments.plan_experiment(experiments.EXPERIMENTS.find("strategies"), dataset, "MobileNetV2", {})
    id = experiments.launch("strategies", plans)
    first, *rest = expected_seconds(list(plans.values()))
    started = (datetime.now(UTC) - timedelta(seconds=2 * first)).isoformat()
    run, store = experiments.runs_of(id)[0], open_store()
    store.move(run.id, [QUEUED], TRAINING, started=started)
    store.set_progress(run.id, Progress("Looking at the images", 60, 120))
    # Half of it took about twice the time of the whole: everything takes up to four times as long.
    assert first / 2 + sum(rest) < seconds_left(experiments.runs_of(id), done) < 4 * (first / 2 + sum(rest))


def test_the_time_left_is_raised_once_however_the_estimate_jumps():
    """Recorded on a machine with ten times the work it can do: seconds since the click → estimated seconds left."""
    recorded = {
        25: 71,
        45: 71,
        46: 540,
        47: 420,
        49: 180,
        61: 120,
        62: 80,
        63: 83,
        64: 180,
        84: 120,
        110: 180,
        132: 180,
    }
    countdown = Countdown(71, 25)
    shown = []
    for now in range(25, 400):
        estimated = recorded[max(moment for moment in recorded if moment <= now)] if now < 340 else 400 - now
        countdown.fall(estimated, now)
        shown.append(countdown.shown)
    changes = [after - before for before, after in itertools.pairwise(shown)]
    assert sum(change > 0 for change in changes) == 1 and countdown.is_rough
    assert min(changes) > -4  # no jump down either
    assert shown[-1] < 10


# What a run that is fine-tuned for 2 epochs after its head was solved reported, as the first example's does: its state,
# progress, and what had happened before.
WARM, MAIN = "Warming up the head", "Fine-tuning"
RECORDED = [
    (PREPARING, Progress("Building EfficientNet-Lite0", 0, 1), ()),
    (PREPARING, Progress("Reading the images", 250, 250), ()),
    (TRAINING, Progress(WARM, 100, 10_200, epoch=1, epochs=102), [("phase", {"title": WARM})]),
    (TRAINING, Progress(WARM, 5_000, 10_200, epoch=50, epochs=102), ()),
    (TRAINING, Progress("Reading the images", 20, 250), [("epoch", {"epoch": 50, "phase": WARM})]),
    (TRAINING, Progress(MAIN, 5_050, 5_200, epoch=51, epochs=52, epoch_share=0.5), [("phase", {"title": MAIN})]),
    (TRAINING, Progress(MAIN, 5_100, 5_200, epoch=52, epochs=52), [("epoch", {"epoch": 51, "phase": MAIN})]),
    (TRAINING, Progress("Reading the images", 20, 250), ()),
    (TRAINING, Progress(MAIN, 5_200, 5_200, epoch=52, epochs=52, epoch_share=1.0), ()),
    (EVALUATING, Progress("Reading the images", 50, 250), ()),
    (EVALUATING, Progress("Checking the saved network", 50, 50), ()),
]


def test_what_is_done_of_an_experiment_never_shrinks(two_classes, monkeypatch):
    dataset = open_dataset(two_classes)
    changes = {"epochs": 5}
    plans = experiments.plan_experiment(experiments.EXPERIMENTS.find("strategies"), dataset, "MobileNetV2", changes)
    id, store = experiments.new_id("strategies"), open_store()
    job = store.add_run("example", {}, "First example", id)
    shares, left = [], []

    def look() -> None:
        jobs = experiments.jobs_of(id)
        shares.append(share_of_all(jobs, done))
        left.append(seconds_left([run for run in jobs if run.kind == "train"], done))

    look()
    store.move(job.id, [QUEUED], TRAINING)
    for drawn in (10, 250):
        store.set_progress(job.id, Progress("Drawing images", drawn, 250))
        look()
    experiments.launch("strategies", plans, experiment=id)
    store.move(job.id, [TRAINING], FINISHED, result={})
    look()
    frozen, tuned, _ = experiments.runs_of(id)
    store.move(frozen.id, [QUEUED], FINISHED, result={"seconds": 5})
    look()
    for state, progress, happened in RECORDED:
        before = experiments.runs_of(id)[1].state
        store.move(tuned.id, [before], state, started=datetime.now(UTC).isoformat())
        for kind, payload in happened:
            store.add_event(tuned.id, kind, payload)
        store.set_progress(tuned.id, progress)
        look()
    share_tested = done(experiments.runs_of(id)[1])
    assert shares == sorted(shares) and shares[0] == 0 < shares[2] < shares[-1] < 1
    assert 0.8 < share_tested < 1  # the test is still to come: "100 %" would be too early
    assert len(set(shares[-len(RECORDED) :])) >= 3  # it does move
    assert max(after - before for before, after in itertools.pairwise(left[5:])) < 2  # seconds pass meanwhile
    store.move(tuned.id, [EVALUATING], FINISHED, result={"seconds": 9})
    look()
    assert shares[-1] > shares[-2]


def test_who_has_read_that_it_is_almost_done_is_not_told_that_it_takes_longer():
    over, stuck = Countdown(4, 0), Countdown(20, 0)
    for now in range(1, 60):
        over.fall(50, now)
        stuck.fall(120, now)  # half a minute was expected; a run that hardly moves may take minutes
    assert over.is_over and not over.is_rough
    assert stuck.is_rough and stuck.shown > 80


def test_the_first_example_is_joined_and_stopped_before_its_runs_are_queued(home):
    id = experiments.launch_example()
    assert experiments.launch_example() == id
    assert experiments.runs_of(id) == []
    [job] = experiments.stop(id)
    assert job.kind == "example" and experiments.jobs_of(id)[0].state == STOPPED
    assert experiments.launch_example() != id


def test_the_first_example_never_learns_from_a_version_that_somebody_made(home, tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "DRAWN", {"images_per_class": 6, "size": 32, "seed": 0})  # few, as they are drawn here

    def learned_from() -> str:
        [dataset] = {open_store().run(id).plan["dataset"] for id in jobs.run_example({}, tmp_path, SILENT)["runs"]}
        return dataset

    drawn = learned_from()
    relabeled = new_version(open_dataset(drawn), relabeled={0: "screw", 1: "screw"})
    assert learned_from() == drawn != relabeled.id
    (relabeled.folder.parent / drawn / DELETED).touch()
    assert learned_from() == drawn  # drawn again rather than replaced by what looks like it


def test_an_experiment_is_stopped_and_resumed_as_one(two_classes, capsys):
    dataset = open_dataset(two_classes)
    plans = experiments.plan_experiment(experiments.EXPERIMENTS.find("strategies"), dataset, "MobileNetV2", {})
    id = experiments.launch("strategies", plans)
    with pytest.raises(StateError, match="nothing to resume"):
        experiments.resume(id)
    assert main(["experiments", "stop", id]) == 0
    assert {run.state for run in experiments.runs_of(id)} == {STOPPED}
    assert main(["experiments", "resume", id]) == 0
    assert {run.state for run in experiments.runs_of(id)} == {QUEUED}
    assert main(["experiments", "list"]) == 0
    assert main(["experiments", "show", id, "--json"]) == 0
    assert '"share_done": 0.0' in capsys.readouterr().out


def test_what_does_not_exist_is_refused(two_classes):
    with pytest.raises(NotFoundError):
        experiments.EXPERIMENTS.find("alchemy")
    with pytest.raises(NotFoundError):
        experiments.runs_of("strategies-0")
    with pytest.raises(InputError):
        experiments.launch("strategies", {})


@pytest.mark.parametrize("epochs", [1, 2, 200])
def test_an_experiment_runs_for_as_many_epochs_as_are_asked_for(objects, epochs):
    kind = experiments.EXPERIMENTS.find("strategies")
    plans = experiments.plan_experiment(kind, open_dataset(objects), "MobileNetV2", {"epochs": epochs})
    assert {plan.epochs for plan in plans.values()} == {epochs}
    assert max(plan.warmup_epochs for plan in plans.values()) == min(3, epochs - 1)
