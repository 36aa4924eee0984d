"""Comparing finished runs: who with whom, in which words, and down to the single photo."""

import json

import numpy as np
import pytest

from tlcore.cli import main
from tlcore.errors import MissingError, StateError
from tlcore.reports.calibration import calibration_error, calibration_rows
from tlcore.reports.class_scores import class_scores
from tlcore.reports.comparison import comparison_rows, groups, incomparable, load_compared, suggest
from tlcore.reports.conclusions import conclusions, headline, pairs
from tlcore.reports.differences import plan_differences
from tlcore.reports.mistakes import confused_pairs, disagreements, hardest, in_cell
from tlcore.reports.tables import csv_text
from tlcore.reports.threshold import area, curve_rows, threshold_row
from tlcore.runs.store import open_store
from tlcore.training.evaluation import Predictions


@pytest.fixture
def three(two_classes, finished_run):
    """Scratch wrong on 12 of 18 test photos, frozen on one, fine-tuned on none."""
    return [
        finished_run(two_classes, "scratch", wrong=range(12), name="Scratch on noise"),
        finished_run(two_classes, "frozen", wrong=[3], name="Frozen on noise"),
        finished_run(two_classes, "fine_tune", name="Fine-tuned on noise"),
    ]


def test_the_best_comes_first_and_only_real_differences_are_called_real(three):
    compared = load_compared([run.id for run in three])
    assert [item.title for item in compared] == ["Scratch", "Frozen", "Fine-tuned"]
    best, frozen, scratch = conclusions(compared)
    assert best.startswith("Fine-tuned classifies 100.0 % (82.4–100.0, 18 images) right, the best of 3")
    assert "5.6 points less. On 18 images that can be chance (p = 1.00; Fine-tuned alone is right on 1" in frozen
    # 12 against 0: p = 2 / 2**12 = 0.00049, three times that after Holm.
    assert "66.7 points less. The difference is real (p = 0.001" in scratch
    assert headline(compared) == (
        "Fine-tuned with 1,281 trainable parameters reaches 100.0 % (82.4–100.0, 18 images) in 4 s; Scratch 33.3 % "
        "(16.3–56.3, 18 images) after 4 s; the difference is real, p = 0.001."
    )
    by_titles = {(pair.first, pair.second): pair for pair in pairs(compared)}
    assert by_titles["Scratch", "Fine-tuned"].test.p == pytest.approx(2 / 2**12)
    assert by_titles["Scratch", "Fine-tuned"].adjusted == pytest.approx(6 / 2**12)


def test_runs_on_other_test_photos_are_set_apart(three, two_classes, finished_run):
    other = finished_run(two_classes, "frozen", name="Other split", split_seed=5)
    compared = load_compared([three[0].id, other.id, three[1].id])
    assert [len(group) for group in groups(compared)] == [2, 1]
    assert "2 different sets of images" in incomparable(compared)[0]
    assert [(pair.first, pair.second) for pair in pairs(compared)] == [("Scratch", "Frozen")]
    assert incomparable(compared[:1]) == []


def test_the_spread_over_seeds_is_said(two_classes, finished_run):
    runs = [finished_run(two_classes, wrong=range(seed), seed=seed) for seed in range(3)]
    last = conclusions(load_compared([run.id for run in runs]))[-1]
    assert last == (
        "Frozen with 3 random seeds: 94.4 % on average, from 88.9 to 100.0 % (standard deviation 5.6 points)."
    )


def test_suggestion_is_the_newest_of_each_strategy(three, two_classes, finished_run):
    newer = finished_run(two_classes, "frozen", wrong=[1, 2])
    runs = open_store().runs(kind="train")
    assert suggest(runs) == [three[0].id, newer.id, three[2].id]


def test_equal_names_are_told_apart(two_classes, finished_run):
    runs = [finished_run(two_classes, name="same"), finished_run(two_classes, name="same")]
    assert len({item.title for item in load_compared([run.id for run in runs])}) == 2


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
    with pytest.raises(MissingError, match="train it again"):
        load_compared([run.id])[0].predictions()


def test_photos_of_a_cell_hardest_and_disagreements(three):
    scratch, frozen, _ = (item.predictions() for item in load_compared([run.id for run in three]))
    pair = confused_pairs(frozen.confusion())[0]
    assert in_cell(frozen, pair.true, pair.predicted).tolist() == [3]
    assert hardest(frozen)[0] == 3
    chosen = disagreements(scratch, frozen)
    assert sorted(chosen.tolist()) == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11]
    assert sum(pair.photos for pair in confused_pairs(scratch.confusion())) == 12


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
    assert answer["conclusions"] == conclusions(compared)
    assert answer["runs"] == comparison_rows(compared)
    assert main(["compare", *ids]) == 0
    assert "Fine-tuned classifies 100.0 %" in capsys.readouterr().out
    assert main(["compare", "nothing"]) == 2
