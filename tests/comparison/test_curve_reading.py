"""Made curves, each of one well-known shape: the sentence that fits, and no other."""

from __future__ import annotations

import dataclasses
import inspect
import math
import re

import numpy as np
import pytest

from tlcore.comparison.curves import reading as curve_reading
from tlcore.comparison.curves.reading import Setting, read_curves
from tlcore.training.plans.plan import WARM_UP
from tlcore.training.plans.strategies import STRATEGIES

TWO = Setting(classes=2, images=300, largest_share=0.5, strategy=STRATEGIES.find("frozen"))
TEN = dataclasses.replace(TWO, classes=10, largest_share=0.1)
NINE_TO_ONE = dataclasses.replace(TWO, largest_share=0.9)
SCRATCH = dataclasses.replace(TWO, strategy=STRATEGIES.find("scratch"))
FALLING = [0.7 * 0.85**epoch for epoch in range(6)]
OVERFITTED = ([0.7, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05], [0.7, 0.55, 0.5, 0.53, 0.56, 0.6, 0.66])
FLAT = [0.5, 0.3, 0.2, 0.2, 0.2, 0.199, 0.199]


def made(train, validation, train_accuracy=0.9, accuracy=0.85, phase="Training") -> list[dict]:
    """Epochs with these losses; accuracies are one value for all epochs or one for each."""
    count = len(train)
    values = [
        value if isinstance(value, list) else [value] * count for value in (train, validation, train_accuracy, accuracy)
    ]
    names = ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy")
    return [
        {"epoch": number, "phase": phase, **dict(zip(names, row, strict=True))}
        for number, row in enumerate(zip(*values, strict=True), start=1)
    ]


CASES = [
    ("", [], TWO, ""),
    ("", made([0.7, 0.5], [0.7, 0.6]), TWO, ""),
    ("too_high", made([0.7, 0.9, 1.4, 2.0], [2.0] * 4), TWO, "Try one tenth"),
    ("too_high", made([2.3, 1.9, 2.4, 2.0, 2.5, 2.2], [2.0] * 6), TWO, "up and down"),
    ("too_high", made([0.7, math.nan, math.nan], [2.0] * 3), TWO, "no longer a finite number"),
    ("too_high", made([0.7, math.inf], [2.0] * 2), TWO, "no longer a finite number"),
    # All validation images right: "still improving" would be nonsense, however the loss falls.
    ("ceiling", made(FALLING, FALLING, accuracy=1.0), TWO, "All of the 300 validation images are classified correctly"),
    ("ceiling", made(FALLING, FALLING, accuracy=0.9967), TWO, "99.7 % of the 300"),
    # 90 : 10, and the answer is always the same.
    ("constant", made(FLAT, FLAT, 0.9, 0.9), NINE_TO_ONE, "guessing the largest class"),
    ("level", made(FLAT, FLAT, 0.97, 0.95), NINE_TO_ONE, "Leveled off"),
    ("solved", [{**epoch, "learning_rate": None} for epoch in made(*OVERFITTED)], TWO, "after 7 passes"),
    ("level", made(FLAT, FLAT, 0.9, 0.9), TWO, "Leveled off"),  # the same accuracies with equal classes are fine
    ("not_learning", made([2.31, 2.30, 2.30, 2.30], [2.30] * 4, 0.105, 0.1), TEN, "no better than guessing"),
    # The article's trap: training 83 %, validation 48 %.
    (
        "validation_at_chance",
        made([0.7, 0.6, 0.5, 0.45, 0.4], [0.696] * 5, 0.83, 0.48),
        SCRATCH,
        "83 %, but validation is no better than guessing (48 %): when a network with BatchNormalization",
    ),
    ("validation_at_chance", made([0.7, 0.6, 0.5, 0.4], [0.7] * 4, 0.83, 0.48), TWO, "only for the training images"),
    ("overfitting", made(*OVERFITTED, accuracy=[0.7, 0.8, 0.9, 0.88, 0.86, 0.85, 0.84]), TWO, "from epoch 4:"),
    ("over_confident", made(*OVERFITTED, accuracy=[0.7, 0.8, 0.9, 0.9, 0.91, 0.91, 0.92]), TWO, "getting surer"),
    ("under_fitting", made([1.6] * 7, [1.6] * 7, 0.35, 0.35), TEN, "leveled off at 35 %"),
    ("too_few", made(FALLING, FALLING), dataclasses.replace(TWO, images=18), "Only 18 validation images"),
    ("improving", made(FALLING, FALLING), dataclasses.replace(TWO, epochs_left=4), "worth waiting: 4 more epochs"),
    ("improving", made(FALLING, FALLING), dataclasses.replace(TWO, epochs_left=1), "One more epoch follows"),
    ("improving", made(FALLING, FALLING), TWO, "More epochs would probably"),
    ("level", made(FLAT, FLAT), TWO, "unfreezing layers"),
    # Jitter is no overfitting, and ups and downs near zero are no trouble.
    ("level", made(list(np.linspace(0.7, 0.3, 8)), [0.7, 0.5, 0.4, 0.5, 0.41, 0.5, 0.4, 0.49]), TWO, ""),
    ("", made(*[[0.011, 0.009, 0.012, 0.010, 0.012]] * 2, 0.99, 0.98), TWO, ""),
    # One bad epoch is no overfitting.
    ("improving", made(*(losses[:4] for losses in OVERFITTED)), TWO, ""),
]


@pytest.mark.parametrize(("rule", "epochs", "setting", "words"), CASES)
def test_the_right_sentence_and_no_other(rule, epochs, setting, words):
    reading = read_curves(epochs, setting)
    assert (reading.rule if reading else "") == rule
    assert words in (reading.sentence if reading else "")
    warnings = {"too_high", "constant", "not_learning", "validation_at_chance"}
    warnings |= {"overfitting", "over_confident", "under_fitting"}
    assert reading is None or reading.is_warning == (rule in warnings)


def test_every_sentence_has_a_case():
    told = set(re.findall(r'Reading\(\s*"(\w+)"', inspect.getsource(curve_reading)))
    assert told == {rule for rule, *_ in CASES} - {""}


@pytest.mark.parametrize("name", ["scratch", "full"])
def test_nobody_is_told_to_unfreeze_what_is_trained_already(name):
    setting = dataclasses.replace(TWO, strategy=STRATEGIES.find(name))
    assert "unfreezing" not in read_curves(made(FLAT, FLAT), setting).sentence
    stuck = dataclasses.replace(setting, classes=10, largest_share=0.1)
    assert "trainable layers" not in read_curves(made([1.6] * 7, [1.6] * 7, 0.35, 0.35), stuck).sentence


def test_each_phase_is_read_by_itself():
    warm_up = made([0.7, 0.5, 0.4], [0.7, 0.5, 0.4], phase="Warming up the head")
    falling = [0.9 * 0.8**epoch for epoch in range(4)]  # begins higher than the phase before has ended
    fine = [{**epoch, "epoch": epoch["epoch"] + 3} for epoch in made(falling, falling, phase="Fine-tuning")]
    assert read_curves(warm_up + fine[:1], TWO) is None
    assert read_curves(warm_up + fine, TWO).rule == "improving"


def test_no_advice_is_given_while_only_the_head_is_warmed_up():
    assert read_curves(made(FLAT, FLAT, phase=WARM_UP), TWO) is None
    assert read_curves(made([math.nan] * 3, FLAT[:3], phase=WARM_UP), TWO).rule == "too_high"
