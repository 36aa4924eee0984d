"""How sure a network is, said in sentences: made-up probabilities with a known right answer."""

import numpy as np
import pytest

from tlcore.inference.classifier import Classification, best_guesses


def sureness(*probabilities: float, top: int = 5) -> str:
    names = [f"class {index}" for index in range(len(probabilities))]
    nothing = np.zeros(1)
    return Classification(best_guesses(names, np.array(probabilities), top), 1.0, nothing, nothing).sureness()


@pytest.mark.parametrize(
    ("probabilities", "begins", "doubt"),
    [
        ((0.95, 0.05), "Far ahead:", ""),  # the most that smoothing by 10 % leaves to a network of two classes
        ((0.91, *[0.01] * 9), "Far ahead:", ""),
        ((1.0, 0.0, 0.0), "Far ahead:", ""),
        ((0.85, 0.15), "Ahead:", ""),
        ((0.79, *[0.001] * 210), "About one chance in five", "(under 1 %)"),
        ((0.70, 0.30), "About one chance in three", "next comes class 1 (30 %)"),
        (
            (0.63, *[0.001] * 370),
            "About two chances in five",
            "the rest is spread thinly over the other classes, class",
        ),
        ((0.60, *[0.001] * 400), "About two chances in five", "something else"),
        ((0.51, *[0.001] * 490), "About one chance in two", "something else"),
        ((0.60, 0.40), "Close:", "About two chances in five"),
        ((0.52, 0.47, 0.01), "Close:", "About one chance in two"),
        ((0.49999997, 0.49999997), "Close:", "About one chance in two"),  # rounded: two classes are never outvoted
        ((0.30, *[0.0007] * 1000), "By its own account it is more likely something else", "spread thinly"),
        ((0.20, 0.19, *[0.01] * 61), "Close:", "it is more likely something else"),
    ],
)
def test_a_first_guess_far_ahead_of_the_second_reassures_only_if_it_is_likely_itself(probabilities, begins, doubt):
    said = sureness(*probabilities)
    assert said.startswith(begins) and doubt in said
    assert ("ahead" in said.lower()) == (max(probabilities) >= 0.8)


def test_nothing_is_said_where_only_one_guess_was_asked_for():
    assert sureness(0.9, 0.1, top=1) == ""
