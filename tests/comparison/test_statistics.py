"""Statistics against figures worked out independently."""

import numpy as np
import pytest
from scipy.stats import binomtest

from tlcore.comparison.statistics import accuracy_text, adjust, compare_pair, p_text, wilson_interval


@pytest.mark.parametrize(("correct", "images"), [(145, 150), (0, 20), (20, 20), (61, 100)])
def test_wilson_interval_is_that_of_scipy(correct, images):
    interval = binomtest(correct, images).proportion_ci(method="wilson")
    assert wilson_interval(correct, images) == pytest.approx((interval.low, interval.high), abs=1e-9)


def test_accuracy_is_said_with_interval_and_number_of_images():
    assert accuracy_text(145, 150) == "97 % (92–99, 150 images)"
    assert accuracy_text(145, 150, exact=True) == "96.7 % (92.4–98.6, 150 images)"
    assert accuracy_text(1450, 1500) == "96.7 % (95.6–97.5, 1,500 images)"


def test_what_is_sometimes_wrong_is_never_said_to_be_right_always():
    assert accuracy_text(299, 300).startswith("99.7 %")
    assert accuracy_text(300, 300).startswith("100 %")
    assert accuracy_text(1, 300).startswith("0.3 %")
    assert accuracy_text(0, 300).startswith("0 %")


def runs_that_differ(first_only, second_only, both, neither=0):
    first = np.repeat([True, False, True, False], [first_only, second_only, both, neither])
    second = np.repeat([False, True, True, False], [first_only, second_only, both, neither])
    return first, second


@pytest.mark.parametrize(("first_only", "second_only"), [(10, 2), (2, 10), (5, 5), (1, 0), (40, 3), (900, 1100)])
def test_the_exact_test_is_that_of_scipy(first_only, second_only):
    test = compare_pair(*runs_that_differ(first_only, second_only, both=50, neither=4))
    assert (test.first_only, test.second_only) == (first_only, second_only)
    assert test.p == pytest.approx(binomtest(first_only, first_only + second_only).pvalue)


def test_runs_that_are_right_on_the_same_photos_do_not_differ():
    assert compare_pair(*runs_that_differ(0, 0, both=9, neither=1)).p == 1


def test_holm_adjustment_as_worked_by_hand():
    assert adjust([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert adjust([0.5, 0.9]) == [1, 1]
    assert adjust([0.2]) == [0.2]
    assert adjust([]) == []


def test_p_values_are_said_in_few_digits():
    assert [p_text(p) for p in (0.0004, 0.0042, 0.038, 1.0)] == ["p < 0.001", "p = 0.004", "p = 0.04", "p = 1.00"]
