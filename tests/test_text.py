"""Texts that pages, reports and the command line share."""

from __future__ import annotations

from tlcore.text import names_together


def test_several_names_become_one_by_what_differs_in_them():
    assert names_together(["Frozen, 5 images", "Frozen, 10 images"]) == "Frozen, 5 and 10 images"
    assert names_together(["Scratch, 5 images", "Frozen, 5 images"]) == "Scratch and Frozen, 5 images"
    assert names_together(["Frozen", "Frozen, flat"]) == "Frozen and Frozen, flat"
