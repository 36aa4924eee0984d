"""The lesson of a comparison: made-up runs with a known answer, and what chance may explain is said to be so."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tlcore.comparison.comparison import load_compared
from tlcore.comparison.differences import many_plans, plan_table, varied_settings
from tlcore.comparison.findings.conclusions import fair_choice
from tlcore.comparison.findings.experiments import cheapest_of_the_best, kind_of
from tlcore.comparison.findings.lesson import Lesson, lesson
from tlcore.comparison.findings.pairs import compare_pairs
from tlcore.comparison.findings.seen import (
    costs_sentence,
    curves_sentence,
    hardest_class_sentence,
    layers_sentence,
    one_answer_sentence,
    plans_sentence,
)
from tlcore.comparison.findings.strategies import times_text
from tlcore.comparison.findings.sureness import sureness_of, sureness_sentence
from tlcore.figures.comparison.board import legend_html
from tlcore.figures.comparison.experiment import experiment_cost_figure, experiment_figure
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
            result["trainable"] = {"frozen": 1605, "fine_tune": 1_400_000, "scratch": 2_200_000}[strategy]
            open_store().move(run.id, [FINISHED], FINISHED, result=result, experiment=f"{kind}-abc")
            ids.append(run.id)
        return load_compared(ids)

    return make


def taught(compared) -> Lesson:
    return lesson(compared, compare_pairs(compared))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        # Of 18 test images, 9 of each class: guessing gets half of them.
        (
            {"frozen": 1, "fine_tune": 1, "scratch": 12},
            "On 18 test images, no difference shows between training 1,605 numbers on pretrained features (94 % right) "
            "and fine-tuning 1.4 million (94 %); starting from nothing is no better than guessing after 3 epochs "
            "(33 %).",
        ),
        (
            {"frozen": 6, "fine_tune": 5, "scratch": 4},
            "1,605 trained numbers on pretrained features get 67 % right and 1.4 million fine-tuned ones 72 %, which "
            "may be chance on 18 test images (about 190 would tell); whether starting from nothing (78 % after 3 "
            "epochs) is any different cannot be told on 18 test images (about 92 would tell).",
        ),
        (
            {"frozen": 12, "fine_tune": 0},
            "Fine-tuning 1.4 million numbers pays: 100 % right instead of 33 % with 1,605 numbers trained.",
        ),
        (
            {"fine_tune": 0, "frozen": 12, "scratch": 0},
            "Fine-tuning 1.4 million numbers pays: 100 % right instead of 33 % with 1,605 numbers trained; whether "
            "starting from nothing (100 % after 3 epochs) is any different cannot be told on 18 test images.",
        ),
        (
            {"frozen": 0, "fine_tune": 12},
            "1,605 trained numbers on pretrained features do better than 1.4 million fine-tuned ones (100 % right "
            "against 33 %).",
        ),
        (
            {"frozen": 12, "scratch": 0},
            "1,605 trained numbers on pretrained features get 33 % right; starting from nothing does better still "
            "(100 % after 3 epochs).",
        ),
        (
            {"frozen": 12, "scratch": 13},
            "Nothing was learned: on 18 new images, none of these strategies does better than guessing.",
        ),
    ],
)
def test_what_the_strategies_bought(experiment, wrong, sentence):
    runs = [(strategy, number, 5, {}) for strategy, number in wrong.items()]
    assert taught(experiment("strategies", *runs)) == Lesson(sentence)


def test_ratios_are_told_in_words():
    assert [times_text(ratio) for ratio in (1.4, 2.0, 1.9, 2.4, 3.2, 7.5)] == [
        "1.4 times",
        "twice",
        "about twice",
        "2.4 times",
        "about three times",
        "7.5 times",
    ]


def test_what_else_differs_than_the_strategy_is_named(experiment):
    runs = [("frozen", 0, 3, {"seed": 10}), ("scratch", 12, 3, {"seed": 80, "backbone": "LeNet5", "input_size": 32})]
    said = taught(experiment("strategies", *runs)).sentence
    assert "features (MobileNetV2, 10 training images) get 100 % right" in said
    assert "starting from nothing (LeNet-5, 80 training images) is no better than guessing" in said


def test_one_run_and_runs_that_cannot_be_compared(two_classes, finished_run, experiment):
    alone = experiment("strategies", ("frozen", 1, 5, {}))
    said = "1,605 trained numbers on pretrained features get 94 % of 18 new images right, after 5 seconds."
    assert taught(alone).sentence == said
    apart = load_compared([finished_run(two_classes).id, finished_run(two_classes, split_seed=4).id])
    assert taught(apart) == Lesson("")


def test_runs_of_one_strategy_are_ranked_only_where_chance_is_out(experiment):
    equal = experiment("", ("frozen", 1, 1, {}), ("frozen", 2, 1, {"dropout": 0.5}), ("frozen", 3, 1, {"epochs": 5}))
    assert taught(equal).sentence == (
        "No winner: these 3 runs (83 % to 94 %) could differ by chance alone on 18 test images (about 92 would tell)."
    )
    apart = experiment("", ("frozen", 0, 1, {}), ("frozen", 1, 1, {"dropout": 0.5}), ("frozen", 12, 1, {"epochs": 5}))
    assert taught(apart).sentence == (
        f"{apart[0].title} does better than {apart[2].title}: 100 % of 18 new images are right, against 33 %. One more "
        "could be as good."
    )


def test_few_images_on_pretrained_features_are_held_against_many_from_scratch(experiment):
    # The seed stands for the number of training images here: 10, 40 and 80 of two classes.
    frozen = [("frozen", wrong, 3, {"seed": images}) for images, wrong in ((10, 14), (40, 0), (80, 0))]
    scratch = [("scratch", wrong, 9, {"seed": images}) for images, wrong in ((10, 18), (40, 17), (80, 11))]
    compared = experiment("few", *frozen, *scratch)
    assert kind_of(compared) == "few"
    found = taught(compared)
    assert found.sentence == "20 images per class on pretrained features (100 %) do better than 40 from scratch (39 %)."
    assert found.findings == (
        "Frozen: 22 % with 5 images per class, 100 % with 40; that is more than chance explains on 18 test images. "
        "20 may be enough (100 %).",
        "From scratch: no better than guessing, even with 40 images per class (39 %).",
    )
    accuracy = experiment_figure(compared)
    assert [list(trace.x) for trace in accuracy.data] == [pytest.approx([5, 20, 40], rel=0.02)] * 2
    assert list(accuracy.layout.xaxis.ticktext) == ["5", "20", "40"]
    assert [list(trace.y) for trace in experiment_cost_figure(compared).data] == [[3, 3, 3], [9, 9, 9]]
    # One order of strategies, that of the runs: in both charts, the findings above and the legend of many runs.
    assert [trace.name for trace in accuracy.data] == ["Frozen", "From scratch"]
    legend = legend_html([*compared, replace(compared[0])])  # a line a strategy from seven runs on
    assert legend.index("frozen") < legend.index("scratch")
    fair = fair_choice(compared)  # one of each strategy, both with the most images that both have
    assert [(item.strategy.name, item.result.scores["train"].images) for item in fair] == [
        ("frozen", 80),
        ("scratch", 80),
    ]
    # Where fewer images get as many right, no difference shows; where none does, that is said.
    twins = experiment("few", ("frozen", 2, 3, {"seed": 10}), ("scratch", 2, 3, {"seed": 80}))
    assert taught(twins).sentence == (
        "On 18 test images, no difference shows between 5 images per class on pretrained features (89 %) and 40 from "
        "scratch (89 %)."
    )
    bare = experiment("few", ("frozen", 12, 3, {"seed": 10}), ("scratch", 0, 3, {"seed": 80}))
    assert taught(bare).sentence.startswith("Even 5 images per class on pretrained features do no better than 40")


def test_the_cheapest_cut_that_is_as_good_is_named_not_the_one_that_was_cached(experiment):
    runs = [
        ("frozen", wrong, cost, {"cut_layer": cut})
        for wrong, cost, cut in ((16, 2, "block_1_expand_relu"), (1, 4, "block_12_add"), (0, 9, "out_relu"))
    ]
    compared = experiment("cuts", *runs)
    assert cheapest_of_the_best(compared, compare_pairs(compared)).run.plan["cut_layer"] == "block_12_add"
    assert taught(compared).sentence == (
        "The cut at block_12_add is enough: 94 % right in 4 s (all runs: 2 to 9). No other is clearly better on 18 "
        "images."
    )
    depths = list(experiment_figure(compared).data[0].x)
    assert depths == sorted(depths) and len(set(depths)) == 3


def test_luck_is_told_from_what_holds_for_every_seed(experiment):
    seeds = [("frozen", wrong, 1, {"seed": seed}) for seed, wrong in enumerate((0, 1, 2), 1)]
    apart = experiment("seeds", *seeds, *[("scratch", wrong, 1, {"seed": wrong}) for wrong in (8, 9)])
    assert taught(apart).sentence == (
        "Not luck: with each of 3 random seeds, frozen gets 89 to 100 % right and from scratch gets 50 to 56 % right."
    )
    mixed = experiment("seeds", *seeds, *[("scratch", wrong, 1, {"seed": wrong}) for wrong in (2, 9)])
    assert taught(mixed).sentence.startswith("May be luck: over 3 random seeds, frozen gets 89 to 100 % right")


def test_what_broke_is_said_of_each_broken_run(experiment):
    compared = experiment(
        "broken",
        ("fine_tune", 0, 5, FINE),
        ("fine_tune", 14, 5, {**FINE, "preprocessing": "identity"}),
        ("fine_tune", 1, 5, {**FINE, "warmup_epochs": 0}),
        ("scratch", 15, 5, {}),
        ("scratch", 15, 5, {"statistics_momentum": 0.999}),
    )
    found = taught(compared)
    assert found.sentence == "Done right, 100 % are right; one mistake (no pretraining) leaves 17 %."
    said = " ".join(found.findings)
    assert "a range new to the network, accuracy low from the start; 22 % (unlikely to be due to chance" in said
    assert "No warm-up: the random head disrupts pretrained layers in the first epochs; 94 % (could be" in said
    assert "No pretraining: both curves" in said and "Slow batch statistics: training accuracy rises" in said


def test_runs_that_are_no_experiment_have_no_figure_of_one(two_classes, finished_run):
    loose = load_compared([finished_run(two_classes).id, finished_run(two_classes, "scratch").id])
    assert (kind_of(loose), experiment_figure(loose), experiment_cost_figure(loose)) == ("", None, None)


def test_a_run_is_too_sure_only_where_chance_cannot_explain_it(experiment):
    compared = experiment("", ("frozen", 0, 1, {}), ("scratch", 14, 1, {}))
    found = [sureness_of(item) for item in compared]
    right, wrong = found
    assert (wrong.right, right.right) == (pytest.approx(4 / 18), 1)
    assert wrong.is_too_sure and wrong.sure > wrong.high and not right.is_too_sure
    said = sureness_sentence(found)
    assert said.endswith(
        f"{compared[1].title} is {100 * wrong.sure:.0f} % sure on average, but only 22 % of its answers are right."
    )
    assert said.startswith("Too sure: 1 of 2 runs. Less sure than they could be: 1 of 2 runs. ")
    assert "about as sure as right" in sureness_sentence([replace(right, sure=0.99)])


def test_plans_of_many_runs_are_put_together_by_strategy_and_by_value(experiment):
    runs = [(strategy, 1, 1, {"seed": seed}) for strategy in ("frozen", "scratch") for seed in (10, 40, 80)]
    compared = experiment("seeds", *runs)
    differing, _ = plan_table(compared)
    single, together = many_plans(compared, differing)
    assert all([*row] == ["Strategy", "Frozen", "From scratch"] for row in together)
    assert {row["Strategy"] for row in together}.isdisjoint(row["Setting"] for row in single)
    assert [row["Value"] for row in single] == ["10", "40", "80"]


def test_what_a_tab_shows_is_said_only_where_it_is_true(experiment):
    def with_curve(item, train, validation):
        epochs = [
            {"epoch": number, "seconds": 1.0, "train_accuracy": train, "validation_accuracy": value}
            for number, value in enumerate(validation, start=1)
        ]
        return replace(item, epochs=epochs)

    frozen, tuned, scratch = experiment("", ("frozen", 1, 5, {}), ("fine_tune", 1, 5, {}), ("scratch", 9, 50, {}))
    pretrained = with_curve(frozen, 0.97, (0.8, 0.95))
    by_heart = with_curve(scratch, 0.94, (0.5, 0.6))
    sentence = curves_sentence([pretrained, by_heart])
    assert "reaches 94 % on its training images, but 60 %" in sentence
    assert "after epoch 1, above all that" in sentence and "ever reaches (60 %)" in sentence
    assert curves_sentence([pretrained, with_curve(tuned, 0.96, (0.9, 0.95))]) == ""
    assert one_answer_sentence(frozen) == ""
    tie = (
        f"{tuned.title} takes about as long as {frozen.title} (5.0 s against 5.0 s), both get 94 % of the test images "
    )
    assert costs_sentence([frozen, tuned]) == f"{tie}right."
    assert costs_sentence([frozen, scratch]).startswith(f"{scratch.title} takes 10 times as long as {frozen.title}")


def test_what_fine_tuning_costs_is_held_against_what_it_gains(experiment):
    slow = experiment("strategies", ("frozen", 2, 5, {}), ("fine_tune", 1, 10, {}), ("scratch", 9, 50, {}))
    tuned, scratch = costs_sentence(slow).split(". ", 1)
    assert tuned.startswith(f"{slow[1].title} takes twice as long as {slow[0].title} (10 s against 5.0 s); 94 %")
    assert tuned.endswith("against 89 %, which may be chance on 18 test images (about 190 would tell)")
    assert scratch.startswith(f"{slow[2].title} takes 10 times as long as {slow[0].title}")
    same = experiment("strategies", ("frozen", 1, 5, {}), ("fine_tune", 1, 10, {}))
    assert costs_sentence(same).endswith(
        "(10 s against 5.0 s) and does no better: both get 94 % of the test images right."
    )


def test_what_an_experiment_varies_comes_first_and_in_its_words(experiment):
    few = [("frozen", 1, 1, {"seed": 10, "fraction": 0.143}), ("frozen", 1, 1, {"seed": 40, "fraction": 0.571})]
    compared = experiment("few", *few)
    differing, equal = plan_table(compared)
    assert differing[0]["Setting"] == "Training images per class"
    assert [differing[0][item.title] for item in compared] == ["5", "20"]
    sentence = plans_sentence(differing, equal, varied_settings(compared))
    assert sentence.startswith("What differs on purpose: training images per class. With it go ")
    assert "14.3" not in str(differing)
    loose = experiment("", ("frozen", 1, 1, {}), ("frozen", 1, 1, {"dropout": 0.5}))
    assert plans_sentence(*plan_table(loose), varied_settings(loose)).startswith("The plans differ in dropout. ")


def test_what_does_not_apply_is_a_dash_and_zero_a_zero(experiment):
    frozen, tuned = experiment("strategies", ("frozen", 1, 1, {}), ("fine_tune", 1, 1, {**FINE, "dropout": 0.5}))
    differing, _ = plan_table([frozen, tuned])
    row = {row["Setting"]: (row[frozen.title], row[tuned.title]) for row in differing}
    assert row["Fine-tune from layer"] == ("–", "block_11_expand_BN")
    assert row["Learning rate for fine-tuning"][0] == "–" != row["Learning rate for fine-tuning"][1]
    assert row["Dropout"] == ("0 %", "50 %")


def test_the_layer_that_changed_most_is_told_by_how_much():
    rows = [{"layer": "C1", "relative change": 0.0}, {"layer": "C2", "relative change": 0.0052}]
    assert layers_sentence(rows) == "1 of 2 layers changed, C2 most: its weights by 0.52 %."


def test_all_classes_that_are_equally_hard_are_named():
    result = SimpleNamespace(confusion=[[4, 0, 0], [1, 1, 0], [0, 2, 2]])
    item = SimpleNamespace(title="Frozen", classes=["hat", "cube", "card"], result=result)
    assert hardest_class_sentence(item) == (
        "Hardest for Frozen: cube (1 of 2 images found) and card (2 of 4 images found)."
    )
