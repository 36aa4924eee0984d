"""Made curves, each of one well-known shape."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tlcore.reports.curve_reading import read_curves


def made(train: list[float], validation: list[float], accuracy: float = 0.9, phase: str = "Training") -> list[dict]:
    return [
        {
            "epoch": number,
            "phase": phase,
            "train_loss": loss,
            "validation_loss": held_out,
            "train_accuracy": accuracy,
        }
        for number, (loss, held_out) in enumerate(zip(train, validation, strict=True), start=1)
    ]


def rule(epochs: list[dict], classes: int = 2) -> str:
    reading = read_curves(epochs, classes)
    return reading.rule if reading else ""


def test_nothing_is_said_too_early():
    assert rule([]) == ""
    assert rule(made([0.7, 0.5], [0.7, 0.6])) == ""


def test_overfitting_names_its_first_epoch():
    epochs = made([0.7, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05], [0.7, 0.55, 0.5, 0.53, 0.56, 0.6, 0.66])
    reading = read_curves(epochs, 2)
    assert (reading.rule, reading.is_warning) == ("overfitting", True)
    assert reading.sentence.startswith("Overfitting from epoch 4:")
    assert "lowest in epoch 3" in reading.sentence
    # One bad epoch is none.
    assert rule(epochs[:4]) != "overfitting"


def test_jitter_is_no_overfitting():
    assert rule(made(list(np.linspace(0.7, 0.3, 8)), [0.7, 0.5, 0.4, 0.5, 0.41, 0.5, 0.4, 0.49])) != "overfitting"


def test_falling_curves_are_still_improving():
    losses = [0.7 * 0.85**epoch for epoch in range(6)]
    reading = read_curves(made(losses, losses), 2)
    assert (reading.rule, reading.is_warning) == ("improving", False)
    assert "worth waiting" in reading.sentence
    assert "More epochs" in read_curves(made(losses, losses), 2, has_ended=True).sentence


def test_flat_curves_have_levelled_off():
    assert rule(made([0.5, 0.3, 0.2, 0.2, 0.2, 0.199, 0.199], [0.5, 0.3, 0.2, 0.2, 0.201, 0.2, 0.2])) == "level"


@pytest.mark.parametrize(
    "train",
    [
        [0.7, 0.9, 1.4, 2.0],
        [2.3, 1.9, 2.4, 2.0, 2.5, 2.2],
        [0.7, math.nan, math.nan],
        [0.7, math.inf],
    ],
)
def test_a_learning_rate_too_high(train):
    reading = read_curves(made(train, [2.0] * len(train), accuracy=0.6), 2)
    assert (reading.rule, reading.is_warning) == ("too_high", True)


def test_ups_and_downs_near_zero_are_no_trouble():
    losses = [0.011, 0.009, 0.012, 0.010, 0.012, 0.011]
    assert rule(made(losses, losses, accuracy=0.99)) != "too_high"


def test_guessing_is_not_learning():
    assert rule(made([2.31, 2.30, 2.30, 2.30], [2.30] * 4, accuracy=0.105), classes=10) == "not_learning"


def test_each_phase_is_read_by_itself():
    warm_up = made([0.7, 0.5, 0.4], [0.7, 0.5, 0.4], phase="Warming up the head")
    falling = [0.9 * 0.8**epoch for epoch in range(4)]  # begins higher than the phase before has ended
    fine = [{**epoch, "epoch": epoch["epoch"] + 3} for epoch in made(falling, falling, phase="Fine-tuning")]
    assert rule(warm_up + fine[:1]) == ""
    assert rule(warm_up + fine) == "improving"
