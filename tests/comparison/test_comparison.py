"""Comparing finished runs: who with whom, in which words, and down to the single photo."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tlcore.cli import main
from tlcore.comparison.calibration import calibration_error, calibration_floor, calibration_rows
from tlcore.comparison.class_scores import class_scores
from tlcore.comparison.comparison import comparison_rows, groups, incomparable, load_compared, suggest
from tlcore.comparison.differences import plan_differences
from tlcore.comparison.findings.conclusions import conclusions
from tlcore.comparison.findings.lesson import lesson
from tlcore.comparison.findings.pairs import Pair, compare_pairs, enough_images
from tlcore.comparison.mistakes import (
    confused_pairs,
    disagreements,
    hardest,
    in_cell,
    judges,
    still_wrong,
    why_wrong,
)
from tlcore.comparison.statistics import PairTest, compare_pair, images_needed
from tlcore.comparison.threshold import area, curve_rows, threshold_row
from tlcore.errors import MissingError, StateError
from tlcore.export.csv_text import csv_text
from tlcore.runs.store import open_store
from tlcore.training.results.evaluation import Predictions


@pytest.fixture
def three(two_classes, finished_run):
    """Scratch wrong on 12 of 18 test photos, frozen on one, fine-tuned on none."""
    return [
        finished_run(two_classes, "scratch", wrong=range(12), name="Scratch on noise"),
        finished_run(two_classes, "frozen", wrong=[3], name="Frozen on noise"),
        finished_run(two_classes, "fine_tune", name="Fine-tuned on noise"),
    ]


def said(compared):
    return conclusions(compared, compare_pairs(compared))


def test_the_best_comes_first_and_only_unlikely_differences_are_called_so(three):
    compared = load_compared([run.id for run in three])
    assert [item.title for item in compared] == ["Scratch", "Frozen", "Fine-tuned"]
    # All are equally good on the validation images, and have trained as many parameters: the order given is kept.
    best, frozen, fine_tuned = said(compared[1:] + compared[:1])
    assert best.startswith(
        "Tied for best on the validation images: Frozen, Fine-tuned and Scratch. Frozen classifies 94 % (74–99, 18 "
        "images)"
    )
    assert (
        "5.6 points higher. With 18 images, this could be due to chance (p = 1.00, adjusted for 3 pairs; Frozen"
        in frozen
    )
    assert "About 190 test images would be needed to tell." in frozen
    # 11 against 0: p = 2 / 2**11 = 0.00098, twice that after Holm.
    assert "61.1 points lower. This is unlikely to be due to chance (p = 0.002" in fine_tuned
    by_titles = {(pair.first, pair.second): pair for pair in compare_pairs(compared).all}
    assert by_titles["Scratch", "Fine-tuned"].test.p == pytest.approx(2 / 2**12)
    assert by_titles["Scratch", "Fine-tuned"].adjusted == pytest.approx(6 / 2**12)


def test_runs_on_other_test_photos_are_set_apart(three, two_classes, finished_run):
    other = finished_run(two_classes, "frozen", name="Other split", split_seed=5)
    compared = load_compared([three[0].id, other.id, three[1].id])
    assert [len(group) for group in groups(compared)] == [2, 1]
    assert "2 different sets of images" in incomparable(compared)[0]
    assert [(pair.first, pair.second) for pair in compare_pairs(compared).all] == [("Scratch", "Frozen")]
    assert incomparable(compared[:1]) == []


def test_the_spread_over_seeds_is_said(two_classes, finished_run):
    runs = [finished_run(two_classes, wrong=range(seed), seed=seed) for seed in range(3)]
    last = said(load_compared([run.id for run in runs]))[-1]
    assert last == (
        "Frozen with 3 random seeds: 94.4 % on average, from 88.9 to 100.0 % (standard deviation 5.6 points)."
    )


def test_suggestion_is_the_newest_of_each_strategy(three, two_classes, finished_run):
    newer = finished_run(two_classes, "frozen", wrong=[1, 2])
    runs = open_store().runs(kind="train")
    assert suggest(runs) == [three[0].id, newer.id, three[2].id]


def test_of_the_newest_experiment_all_runs_are_suggested(three, two_classes, finished_run):
    few, many = (finished_run(two_classes, "frozen", fraction=fraction) for fraction in (0.2, 1.0))
    runs = [
        replace(run, experiment="few-1") if run.id in (few.id, many.id) else run
        for run in open_store().runs(kind="train")
    ]
    assert suggest(runs) == [few.id, many.id]


def test_a_run_that_stands_alone_is_not_suggested_for_comparison(three, two_classes, finished_run):
    finished_run(two_classes, "frozen", split_seed=4)
    assert suggest(open_store().runs(kind="train")) == [run.id for run in three]


def test_equal_names_are_told_apart(two_classes, finished_run):
    settings = ({}, {}, {"epochs": 20, "cut_layer": "block_12_add"})
    runs = [finished_run(two_classes, name="same", **fields) for fields in settings]
    assert [item.title for item in load_compared([run.id for run in runs])] == [
        "same, cut layer The last one, epochs 10",
        "same, cut layer The last one, epochs 10 (2)",
        "same, cut layer block_12_add, epochs 20",
    ]
    assert [item.title for item in load_compared([run.id for run in runs[:2]])] == ["same", "same (2)"]


def test_plans_side_by_side(three):
    differing, equal = plan_differences(load_compared([run.id for run in three]))
    assert {row["field"] for row in differing} == {"strategy", "weights", "first_trainable"}
    assert differing[0]["Frozen"] == "frozen"
    assert {"epochs", "dataset", "seed"} <= {row["field"] for row in equal}


def test_only_finished_training_runs_with_their_files_are_compared(two_classes, finished_run):
    queued = open_store().add_run("train", {}, "waiting")
    with pytest.raises(StateError, match="queued"):
        load_compared([queued.id])
    run = finished_run(two_classes)
    (run.folder / "predictions.npz").unlink()
    with pytest.raises(MissingError, match="Train the run again"):
        load_compared([run.id])[0].predictions()


def test_photos_of_a_cell_hardest_and_disagreements(three):
    scratch, frozen, _ = (item.predictions() for item in load_compared([run.id for run in three]))
    pair = confused_pairs(frozen.confusion())[0]
    assert in_cell(frozen, pair.true, pair.predicted).tolist() == [3]
    assert hardest(frozen)[0] == 3
    chosen = disagreements(scratch, frozen)
    assert sorted(chosen.tolist()) == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11]
    assert sum(pair.photos for pair in confused_pairs(scratch.confusion())) == 12


def test_a_pair_can_be_turned_and_fewer_tests_are_adjusted_less(three):
    scratch, frozen, fine_tuned = load_compared([run.id for run in three])
    pairs = compare_pairs([scratch, frozen, fine_tuned])
    forth, back = pairs.between(scratch, frozen), pairs.between(frozen, scratch)
    assert (forth.test.first_only, forth.test.second_only) == (0, 11) == (back.test.second_only, back.test.first_only)
    assert pairs.is_clear(frozen, scratch) and not pairs.is_clear(frozen, fine_tuned)
    assert forth.adjusted == 2 * pairs.among([scratch, frozen]).between(scratch, frozen).adjusted


def test_what_the_best_run_gets_wrong_and_why_that_might_be():
    classes = ["cat", "dog"]

    def answers(*dog: float) -> Predictions:
        return Predictions(np.arange(6), np.array([0, 0, 0, 0, 1, 1]), np.array([[1 - p, p] for p in dog], np.float32))

    best = answers(0.95, 0.55, 0.1, 0.1, 0.9, 0.01)
    weak = answers(0.91, 0.2, 0.9, 0.9, 0.8, 0.8)
    # What only the weaker run gets wrong is no mistake that is left; the commonest confusion comes before a surer one.
    assert still_wrong(best).tolist() == [0, 1, 5]
    runs = [best, weak]
    sure, torn, other_way = (why_wrong(runs, position, classes) for position in (0, 1, 5))
    assert sure == "cat and dog are confused in both directions here." and other_way.startswith("dog and cat are")
    assert torn == "Torn between cat and dog."
    one_way = [answers(0.95, *said, 0.9, 0.9) for said in ((0.8, 0.1, 0.1), (0.1, 0.1, 0.1))]
    # A label is doubted only where nothing else of its class is taken for the other one, and others agree.
    assert why_wrong([one_way[0], weak], 0, classes) == "Sure of dog: what in it looks like dog?"
    assert why_wrong([one_way[1], weak], 0, classes).startswith("Sure of dog, and all others agree: check the label")
    assert why_wrong([one_way[1]], 0, classes) == "Sure of dog: what in it looks like dog?"
    assert why_wrong([one_way[0], weak], 1, classes) == ""  # of two classes, one is taken for the other: nothing new


def test_who_only_guesses_is_not_asked_what_may_be_wrong_with_a_photo(three):
    compared = load_compared([run.id for run in three])
    assert [item.title for item in judges(compared)] == ["Fine-tuned", "Frozen"]


def test_a_tie_on_the_validation_images_says_what_the_first_has_over_the_others(three):
    scratch, frozen, tuned = load_compared([run.id for run in three])

    def alike(item, trainable, images):
        scores = item.run.result["scores"]
        train = {**scores["train"], "images": images, "correct": images}
        result = {**item.run.result, "trainable": trainable, "scores": {**scores, "train": train}}
        return replace(item, run=replace(item.run, result=result))

    small, large = alike(frozen, 1605, 80), alike(tuned, 1_400_000, 80)
    assert "and Fine-tuned. Frozen trains 1,605 numbers for it, against 1.4 million. It cl" in said([large, small])[0]
    # Of runs that train as many numbers, the one that learned from more images comes first.
    few, many = alike(scratch, 1605, 10), alike(tuned, 1605, 20)
    assert "Fine-tuned learned from 20 images, more than the other. It classifies" in said([few, many])[0]


def predictions(confidence, right):
    confidence = np.asarray(confidence, np.float32)
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    return Predictions(np.arange(len(confidence)), np.where(right, 0, 1), probabilities)


def test_calibration_by_hand():
    rows = calibration_rows(predictions([0.95, 0.95, 0.95, 0.95, 0.65, 0.65], [1, 1, 1, 0, 1, 0]))
    assert [(row["photos"], round(row["accuracy"], 3)) for row in rows] == [(2, 0.5), (4, 0.75)]
    assert calibration_error(rows) == pytest.approx((4 * 0.2 + 2 * 0.15) / 6, abs=1e-6)


def test_threshold_counts_and_areas_by_hand():
    record = predictions([0.9, 0.8, 0.7, 0.4, 0.2], [1, 0, 1, 1, 0])
    row = threshold_row(record, positive=0, threshold=0.5)
    assert (row["found"], row["missed"], row["false alarms"], row["rightly not named"]) == (2, 1, 1, 1)
    assert (row["precision"], row["recall"]) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    # Of the 3 × 2 pairs of one of each class, 4 are in the right order.
    assert area(record, 0, "roc") == pytest.approx(4 / 6)
    assert curve_rows(record, 0, "roc")[-1]["x"] == 1


def test_class_scores_by_hand():
    record = Predictions(np.arange(4), np.array([0, 0, 1, 1]), np.eye(2)[[0, 1, 1, 1]])
    cat, dog, mean = class_scores(record, ["cat", "dog"])
    assert (cat["precision"], cat["recall"]) == (1, 0.5)
    assert (dog["precision"], dog["recall"]) == (pytest.approx(2 / 3), 1)
    assert mean["recall"] == 0.75


def test_csv_holds_columns_that_only_some_rows_have():
    assert csv_text([{"a": 1}, {"a": "x,y", "b": 2}]).splitlines() == ["a,b", "1,", '"x,y",2']
    assert csv_text([]) == ""


def test_the_command_line_says_the_same(three, capsys):
    ids = [run.id for run in three]
    assert main(["compare", *ids, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    compared = load_compared(ids)
    assert answer["conclusions"] == said(compared)
    assert answer["runs"] == comparison_rows(compared)
    assert main(["compare", *ids]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert set(said(compared)) <= set(printed)
    assert main(["compare", "nothing"]) == 2


def equal_runs(number, images, accuracy, seed):
    """What runs say that are all right with the same probability, image by image."""
    random = np.random.default_rng(seed)
    return [random.random(images) < accuracy for _ in range(number)]


def test_of_fifteen_equal_runs_none_is_named_the_winner(two_classes, finished_run):
    runs = []
    for number, right in enumerate(equal_runs(15, 18, 0.9, seed=1)):
        runs.append(finished_run(two_classes, wrong=np.flatnonzero(~right), name=f"Run {number}", seed=number))
    compared = load_compared([run.id for run in runs])
    assert lesson(compared, compare_pairs(compared)).sentence.startswith("No winner: these 15 runs (")
    assert not [sentence for sentence in said(compared) if "unlikely" in sentence]


def test_equal_answers_are_said_to_be_equal(two_classes, finished_run):
    same = load_compared([finished_run(two_classes, wrong=[1]).id, finished_run(two_classes, wrong=[1]).id])
    assert "the same accuracy. Of the 18 images, both get exactly the same ones right." in said(same)[1]
    crossed = load_compared([finished_run(two_classes, wrong=[1]).id, finished_run(two_classes, wrong=[2]).id])
    sentence = said(crossed)[1]
    assert "alone is right on 1" in sentence and "would tell them apart" not in sentence


def test_as_many_images_as_are_said_do_tell_runs_apart():
    """Connor's figure against a simulation: with so many images, four of five draws show the difference."""
    on_hand = PairTest(first_only=12, second_only=6, p=0.24)
    needed = images_needed(on_hand, images=100)
    random = np.random.default_rng(0)
    found = 0
    for _ in range(400):
        first_only, second_only, _rest = random.multinomial(needed, [0.12, 0.06, 0.82])
        first = np.repeat([True, False], [first_only, second_only])
        found += compare_pair(first, ~first).p < 0.05
    assert 0.74 < found / 400 < 0.86
    assert images_needed(PairTest(3, 3, 1.0), 100) is None


def test_the_images_needed_answer_to_the_same_level_as_the_p_value():
    test = PairTest(first_only=8, second_only=0, p=2 / 2**8)
    pair = Pair("a", "b", test, 0.14, 36)
    assert images_needed(test, 37) < 40 < enough_images(pair, 37)
    assert enough_images(replace(pair, pairs=1), 37) is None  # hardly more than there are


@pytest.mark.parametrize(("images", "points"), [(60, 7.8), (150, 5.0), (1_000, 1.9)])
def test_what_chance_alone_takes_from_calibration(images, points):
    confidence = np.random.default_rng(0).uniform(0.5, 1, images).astype(np.float32)
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    predictions = Predictions(np.arange(images), np.zeros(images, int), probabilities)
    assert 100 * calibration_floor(predictions) == pytest.approx(points, rel=0.25)
