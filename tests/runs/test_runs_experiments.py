"""Experiments: the right plans, queued as one, with one progress."""

from datetime import UTC, datetime, timedelta

import pytest

from tlcore.cli import main
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import InputError, NotFoundError, StateError
from tlcore.runs import experiments
from tlcore.runs.run import FINISHED, QUEUED, STOPPED, TRAINING
from tlcore.runs.store import open_store


@pytest.fixture(autouse=True)
def no_dispatcher(monkeypatch):
    monkeypatch.setattr(experiments, "ensure_dispatcher", lambda: None)


@pytest.mark.parametrize("experiment", experiments.EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_plans_share_the_split_and_differ_from_each_other(experiment, two_classes):
    plans = experiments.plan_experiment(experiment, open_dataset(two_classes), "MobileNetV2", {"epochs": 5})
    assert all(plan.epochs == 5 for plan in plans.values())
    assert len({(plan.dataset, plan.shares, plan.split_seed) for plan in plans.values()}) == 1
    assert len(set(plans.values())) == len(plans)
    assert len(plans) == {"strategies": 3, "photos": 15, "few": 9, "seeds": 9, "broken": 6, "backbones": 2}.get(
        experiment.name, len(plans)
    )


def test_one_experiment_has_one_progress(two_classes):
    dataset = open_dataset(two_classes)
    plans = experiments.plan_experiment(experiments.find_experiment("strategies"), dataset, "MobileNetV2", {})
    id = experiments.launch("strategies", plans)
    runs = experiments.runs_of(id)
    assert [run.plan["strategy"] for run in runs] == ["scratch", "frozen", "fine_tune"]
    assert {run.state for run in runs} == {QUEUED}
    whole = experiments.seconds_left(runs)
    assert whole == pytest.approx(sum(experiments.expected_seconds(list(plans.values()))))
    store, expected = open_store(), experiments.expected_seconds(list(plans.values()))
    store.move(runs[0].id, [QUEUED], FINISHED, result={"seconds": 2 * expected[0]})
    # The first run took twice as long as expected: so will the others.
    assert experiments.seconds_left(experiments.runs_of(id)) == pytest.approx(2 * sum(expected[1:]))
    assert experiments.share_of_all(experiments.runs_of(id)) == pytest.approx(expected[0] / sum(expected))
    assert experiments.stop(id) == runs[1:]
    assert experiments.seconds_left(experiments.runs_of(id)) == 0


def test_a_run_that_is_slower_than_expected_says_so_before_it_ends(two_classes):
    dataset = open_dataset(two_classes)
    plans = experiments.plan_experiment(experiments.find_experiment("strategies"), dataset, "MobileNetV2", {})
    id = experiments.launch("strategies", plans)
    first, *rest = experiments.expected_seconds(list(plans.values()))
    started = (datetime.now(UTC) - timedelta(seconds=2 * first)).isoformat()
    run, store = experiments.runs_of(id)[0], open_store()
    store.move(run.id, [QUEUED], TRAINING, started=started, progress={"done": 5, "total": 10, "epochs": 10})
    # Half of it took twice the time of the whole: everything takes four times as long.
    left = experiments.seconds_left(experiments.runs_of(id))
    assert left == pytest.approx(4 * (first / 2 + sum(rest)), rel=0.2)


def test_an_experiment_is_stopped_and_resumed_as_one(two_classes, capsys):
    dataset = open_dataset(two_classes)
    plans = experiments.plan_experiment(experiments.find_experiment("strategies"), dataset, "MobileNetV2", {})
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
        experiments.find_experiment("alchemy")
    with pytest.raises(NotFoundError):
        experiments.runs_of("strategies-0")
    with pytest.raises(InputError):
        experiments.launch("strategies", {})
