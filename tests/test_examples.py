"""The examples in the docstrings of what a newcomer calls first."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = (
    "comparison.statistics",
    "datasets.importer",
    "datasets.splits",
    "images.preprocess",
    "inference.classifier",
    "training.plans.defaults",
    "training.plans.plan",
    "zoo.catalog",
    "zoo.layers.tables",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_show(name):
    failed, tried = doctest.testmod(importlib.import_module(f"tlcore.{name}"))
    assert tried and not failed
