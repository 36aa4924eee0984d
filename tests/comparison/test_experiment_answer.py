"""Each kind of experiment answers its own question; made-up runs with a known answer."""

from __future__ import annotations

import pytest

from tlcore.comparison.comparison import load_compared
from tlcore.comparison.experiment_answer import answer, cheapest_of_the_best, kind_of
from tlcore.figures.comparison.experiment import experiment_figure
from tlcore.runs.run import FINISHED
from tlcore.runs.store import open_store

FINE = {"first_trainable": "block_11_expand_BN", "warmup_epochs": 2}


@pytest.fixture
def experiment(two_classes, finished_run):
    """A function that makes finished runs of one experiment: (strategy, wrong test images, seconds, fields) each."""

    def make(kind: str, *runs: tuple):
        ids = []
        for number, (strategy, wrong, seconds, fields) in enumerate(runs):
            run = finished_run(two_classes, strategy, wrong=range(wrong), name=f"{strategy} {number}", **fields)
            costs = dict.fromkeys(run.result["costs"], seconds / 5)
            train = {**run.result["scores"]["train"], "images": fields.get("seed", 0) or 84}
            result = {**run.result, "costs": costs, "scores": {**run.result["scores"], "train": train}}
            open_store().move(run.id, [FINISHED], FINISHED, result=result, experiment=f"{kind}-abc")
            ids.append(run.id)
        return load_compared(ids)

    return make


def test_few_images_are_enough_where_more_cannot_be_told_apart(experiment):
    # The seed stands for the number of training images here: 10, 40 and 80 of two classes.
    frozen = [("frozen", wrong, 3, {"seed": images}) for images, wrong in ((10, 14), (40, 1), (80, 0))]
    scratch = [("scratch", wrong, 9, {"seed": images}) for images, wrong in ((10, 18), (40, 16), (80, 4))]
    compared = experiment("few", *frozen, *scratch)
    assert kind_of(compared) == "few"
    said = answer(compared)
    assert "Frozen: 20 images per class are enough; more (up to 40) make no clear difference on 18 test images." in said
    assert "From scratch: more images still help; 40 per class beats any fewer." in said
    figure = experiment_figure(compared)
    assert [list(trace.x) for trace in figure.data] == [[5, 20, 40], [5, 20, 40]]


def test_the_cheapest_cut_that_is_as_good_is_named_not_the_one_that_was_cached(experiment):
    runs = [
        ("frozen", wrong, cost, {"cut_layer": cut})
        for wrong, cost, cut in ((16, 2, "block_1_expand_relu"), (1, 4, "block_12_add"), (0, 9, "out_relu"))
    ]
    compared = experiment("cuts", *runs)
    assert cheapest_of_the_best(compared).run.plan["cut_layer"] == "block_12_add"
    assert answer(compared).startswith("The cut at block_12_add is enough: 94 % at 4 s (all runs: 2 to 9 s).")
    depths = list(experiment_figure(compared).data[0].x)
    assert depths == sorted(depths) and len(set(depths)) == 3


def test_what_broke_is_said_of_each_broken_run(experiment):
    compared = experiment(
        "broken",
        ("fine_tune", 0, 5, FINE),
        ("fine_tune", 14, 5, {**FINE, "preprocessing": "identity"}),
        ("fine_tune", 1, 5, {**FINE, "warmup_epochs": 0}),
        ("scratch", 15, 5, {}),
        ("scratch", 15, 5, {"statistics_momentum": 0.999}),
    )
    said = answer(compared)
    assert said.startswith("Done right: 100 %.")
    assert "a range new to the network, accuracy low from the start; 22 % (unlikely to be due to chance" in said
    assert "No warm-up: the random head disrupts pretrained layers in the first epochs; 94 % (could be" in said
    assert "No pretraining: both curves" in said and "Slow batch statistics: training accuracy rises" in said


def test_runs_that_are_no_experiment_have_no_answer(two_classes, finished_run, experiment):
    loose = load_compared([finished_run(two_classes).id, finished_run(two_classes, "scratch").id])
    assert (kind_of(loose), answer(loose), experiment_figure(loose)) == ("", "", None)
    assert answer(experiment("strategies", ("frozen", 0, 1, {}), ("scratch", 9, 1, {}))) == ""
