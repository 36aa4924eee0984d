"""How sure a network is, said in sentences: made-up probabilities with a known right answer."""

import numpy as np
import pytest

from tlcore.inference.classifier import Classification, best_guesses

FAR, AHEAD, CLOSE = "Far ahead", "Ahead", "Close"


def sureness(*probabilities: float, top: int = 5) -> str:
    names = [f"class {index}" for index in range(len(probabilities))]
    nothing = np.zeros(1)
    return Classification(best_guesses(names, np.array(probabilities), top), 1.0, nothing, nothing).sureness()


@pytest.mark.parametrize(
    ("probabilities", "lead", "minority"),
    [
        ((0.95, 0.05), FAR, False),  # the most that smoothing by 10 % leaves to a network of two classes
        ((0.60, 0.40), CLOSE, False),
        ((0.70, 0.30), AHEAD, False),
        ((0.49999997, 0.49999997), CLOSE, False),  # rounded: two classes are never outvoted
        ((0.91, *[0.01] * 9), FAR, False),
        ((0.60, *[0.001] * 400), FAR, False),
        ((0.30, *[0.0007] * 1000), FAR, True),
        ((0.40, 0.15, *[0.05] * 9), AHEAD, True),
        ((0.20, 0.19, *[0.01] * 61), CLOSE, True),
        ((0.52, 0.47, 0.01), CLOSE, False),
        ((1.0, 0.0, 0.0), FAR, False),
    ],
)
def test_the_first_guess_is_set_against_the_second_and_against_all_others(probabilities, lead, minority):
    said = sureness(*probabilities)
    assert said.startswith(f"{lead}:")
    assert ("All other classes together are more likely" in said) == minority


def test_nothing_is_said_where_only_one_guess_was_asked_for():
    assert sureness(0.9, 0.1, top=1) == ""
