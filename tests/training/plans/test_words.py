"""A plan in words: values as a person writes them, and shares read back."""

import dataclasses

import pytest

from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.plans.words import field_title, parse_shares, shares_text, value_text


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("fraction", 1.0, "100 %"),
        ("label_smoothing", 0.125, "12.5 %"),
        ("shares", [0.7, 0.15, 0.15], "70 %, 15 %, 15 %"),
        ("strategy", "fine_tune", "Fine-tuned"),
        ("weights", "/home/me/my.weights.h5", "/home/me/my.weights.h5"),
        ("preprocessing", "", "As the backbone expects"),
        ("hidden_units", (), "None"),
        ("class_weights", False, "No"),
        ("early_stopping", 0, "Never"),
        ("learning_rate", 0.0001, "0.0001"),
    ],
)
def test_values_as_a_person_writes_them(name, value, text):
    assert value_text(name, value) == text


def test_no_field_shows_its_internal_name():
    titles = {field.name: field_title(field.name) for field in dataclasses.fields(TrainingPlan)}
    assert not any("_" in title for title in titles.values())
    assert len(set(titles.values())) == len(titles)


@pytest.mark.parametrize("text", ["70 %, 15 %, 15 %", "70, 15, 15", "0.7, 0.15, 0.15"])
def test_shares_are_read_back(text):
    assert parse_shares(text) == (0.7, 0.15, 0.15)
    assert shares_text(parse_shares(text)) == "70 %, 15 %, 15 %"


def test_what_is_no_share_is_left_to_the_plan():
    assert parse_shares("0.5, much") == "0.5, much"
