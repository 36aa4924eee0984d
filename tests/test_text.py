"""Texts that pages, reports and the command line share."""

from __future__ import annotations

from tlcore.text import distinct_name, names_together, uncounted


def test_several_names_become_one_by_what_differs_in_them():
    assert names_together(["Frozen, 5 images", "Frozen, 10 images"]) == "Frozen, 5 and 10 images"
    assert names_together(["Scratch, 5 images", "Frozen, 5 images"]) == "Scratch and Frozen, 5 images"
    assert names_together(["Frozen", "Frozen, flat"]) == "Frozen and Frozen, flat"


def test_a_name_that_is_taken_is_counted_before_what_all_share():
    name, ending = "Frozen VGG-16 on flowers", " on flowers"
    assert distinct_name(name, {"other"}, ending) == name
    second = distinct_name(name, {name}, ending)
    assert second == "Frozen VGG-16, run 2 on flowers"
    assert distinct_name(second, {name, second}, ending) == "Frozen VGG-16, run 3 on flowers"
    assert distinct_name("mine", {"mine"}) == "mine, run 2" and uncounted("mine, run 2") == "mine"
