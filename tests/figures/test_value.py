"""The arithmetic of one value as it is read."""

import re

import numpy as np

from tlcore.figures.architecture.value import number_text, value_html
from tlcore.inference.flow.value import Place, Step, Term

PLACE = Place(7, 2, 3, 1)


def words(html: str) -> str:
    return re.sub(r"<style>.*</style>|<[^>]+>", " ", html, flags=re.DOTALL).replace("  ", " ")


def term(channel: int, kernel: float | None, side: int = 3) -> Term:
    outside = np.zeros((side, side), bool)
    outside[0] = True
    weights = None if kernel is None else np.full((side, side), kernel, np.float32)
    return Term(channel, np.where(outside, 0, 2).astype(np.float32), weights, outside)


def convolution(terms: tuple[Term, ...], came_from: int) -> Step:
    before = sum(one.total for one in terms) - 1
    return Step("convolution", 6.0, PLACE, terms, bias=-1.0, before=before, activation="relu6", came_from=came_from)


def test_all_that_is_shown_adds_up_to_the_value():
    step = convolution(tuple(term(channel, 1 / (channel + 1)) for channel in range(8)), came_from=4)
    html = value_html([step], {4: "block1_pool"}.__getitem__, ["red", "green", "blue"])
    text = words(html)
    assert "the 5 of 8 maps that count most" in text and "block1_pool" in text
    numbers = [float(one) for one in re.findall(r"(?<=\+ )[\d.]+|(?<=^)[\d.]+", text[text.index("12.0 + ") :])]
    assert abs(sum(numbers) - step.before - 1) < 0.02  # the bias is taken away
    assert "− 1.00 (bias)" in text and "ReLU6" in text and "→ 6.00" in re.sub(r"\s+", " ", text)
    assert html.count("beyond the edge") == 5 * 3


def test_the_photo_has_colors_and_a_large_window_no_room_for_numbers():
    html = value_html(
        [convolution((term(2, 0.5, 7), term(0, 0.25, 7)), came_from=0)], lambda _: "", ["blue", "green", "red"]
    )
    assert "red" in words(html) and "blue" in words(html) and "window small" in html
    assert ">2.00<" not in html and 'title="2.00"' in html


def test_joins_functions_and_poolings_are_sentences():
    pooled = Step("maximum", 2.0, PLACE, (term(1, None),), came_from=4)
    joined = Step("sum", 0.0, PLACE, operands=(2.0, -3.0), before=-1.0, activation="relu")
    curved = Step("hard_swish", 0.5, PLACE, operands=(1.0,))
    text = re.sub(r"\s+", " ", words(value_html([curved, joined, pooled], lambda _: "conv<1>", [])))
    assert (
        text.index("The greatest of the values") < text.index("2.00 − 3.00 = −1.00") < text.index("hard swish of 1.00")
    )
    assert "conv&lt;1&gt;" in text and "→ 0" in text


def test_numbers_keep_three_digits():
    assert [number_text(x) for x in (0, 12.345, -0.0123456, 1234.6, 1e-5)] == ["0", "12.3", "−0.0123", "1235", "1e−05"]
