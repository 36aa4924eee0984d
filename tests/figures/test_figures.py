"""Figures: what they hold, and that equal input gives equal bytes."""

import json
import re

import numpy as np
import pytest

from tlcore.comparison.class_scores import MEAN
from tlcore.comparison.curves.curve import Curve
from tlcore.figures.comparison.class_table import class_table_html
from tlcore.figures.comparison.names import Spot, place_names
from tlcore.figures.confusion import CELL_COLORS, LEAP, confusion_figure, confusion_table
from tlcore.figures.curves import curves_figure, curves_table
from tlcore.training.plans.strategies import STRATEGIES


def epochs(number, warmup=0):
    return [
        {
            "epoch": epoch,
            "phase": "Warming up the head" if epoch <= warmup else "Fine-tuning",
            "seconds": 2.0,
            "train_loss": 1 / epoch,
            "train_accuracy": 1 - 0.4 / epoch,
            "validation_loss": 1.1 / epoch,
            "validation_accuracy": 1 - 0.5 / epoch,
        }
        for epoch in range(1, number + 1)
    ]


def test_passes_have_a_stretch_of_their_own_beside_epochs():
    solved = [{**epoch, "learning_rate": None} for epoch in epochs(30)]
    series = [
        Curve("a", "frozen", solved),
        Curve("b", "fine_tune", [*solved[:20], *epochs(4)]),
        Curve("c", "scratch", epochs(6)),
    ]
    figure = curves_figure(series, "loss")
    thick = [(trace.xaxis, len(trace.x)) for trace in figure.data if trace.showlegend or trace.line.width >= 3]
    assert thick == [("x", 30), ("x", 20), ("x2", 4), ("x2", 6)]
    assert (figure.layout.xaxis.title.text, figure.layout.xaxis2.title.text) == ("Pass over the features", "Epoch")
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]
    assert not figure.layout.shapes  # where the stretch ends, a phase does
    assert {trace.xaxis for trace in curves_figure(series, "loss", "seconds").data} == {"x"}
    assert "xaxis2" not in curves_figure(series[:1], "loss").layout
    assert figure.to_json() == curves_figure(series, "loss").to_json()


def test_validation_is_thick_and_colors_are_the_strategies():
    series = [Curve("a", "frozen", epochs(3)), Curve("b", "scratch", epochs(2)), Curve("c", "frozen", epochs(2))]
    figure = curves_figure(series, "accuracy")
    colors = [line.line.color for line in figure.data[::2]]
    assert colors[1] == STRATEGIES.find("scratch").color
    assert len(set(colors)) == 3  # shades of one hue where a strategy occurs twice
    assert all(
        thin.line.width < thick.line.width for thin, thick in zip(figure.data[::2], figure.data[1::2], strict=True)
    )
    # Two that take the same course are both seen: the upper line is narrower.
    assert figure.data[1].line.width > figure.data[3].line.width > figure.data[5].line.width
    assert figure.data[1].marker.symbol != figure.data[5].marker.symbol
    assert figure.layout.yaxis.tickformat == ".0%"
    assert len(curves_table(series)) == 7


def test_of_many_runs_those_to_look_at_stand_before_the_others():
    series = [Curve(str(number), "frozen", epochs(3)) for number in range(7)]
    figure = curves_figure(series, "loss", in_front=["2", "4"])
    assert [trace.name for trace in figure.data] == [*"01356", *"2244"]
    assert {trace.line.width for trace in figure.data[:5]} == {1} and figure.data[0].y[0] == 1.1
    assert len({trace.line.color for trace in figure.data[:5]}) == 1  # gray, so that they stay behind
    everything = curves_figure(series, "loss")  # so many training curves nobody could follow
    assert [trace.name for trace in everything.data] == list("0123456")
    assert everything.layout.yaxis.title.text == "Validation loss"


@pytest.mark.parametrize(("by", "position"), [("epoch", 3.5), ("seconds", 6.0)])
def test_a_labeled_line_stands_where_a_phase_begins(by, position):
    series = [Curve("a", "fine_tune", epochs(5, warmup=3)), Curve("b", "full", epochs(5, warmup=3))]
    figure = curves_figure(series, "loss", by)
    assert [line.x0 for line in figure.layout.shapes] == [position]
    assert [note.text for note in figure.layout.annotations] == ["Fine-tuning"]
    # Where several runs change one after the other, the phase is named once: names side by side would overlap.
    apart = [Curve(str(warmup), "fine_tune", epochs(9, warmup=warmup)) for warmup in (4, 5, 6)]
    figure = curves_figure(apart, "loss", by=by)
    assert len(figure.layout.shapes) == 3
    assert [note.text for note in figure.layout.annotations if note.text] == ["Fine-tuning"]
    # A title over a line at the edge would be cut off.
    late = curves_figure([Curve("a", "fine_tune", epochs(20, warmup=19))], "loss", by=by)
    assert [note.xanchor for note in late.layout.annotations] == ["right"]


@pytest.mark.parametrize("number", [2, 10, 50])
def test_confusion_cells_carry_counts_and_can_be_picked(number):
    matrix = np.random.default_rng(0).integers(0, 9, (number, number))
    matrix[1] = 0
    classes = [f"class <{index}>" for index in range(number)]
    figure = confusion_figure(matrix, classes)
    heat, *cells = figure.data
    assert np.allclose(np.asarray(heat.z).sum(axis=1), [float(row.any()) for row in matrix])
    picked = [point for part in cells for point in zip(part.customdata, part.x, part.y, strict=True)]
    assert {(y, x) for _, x, y in picked} == {(row, column) for row in range(number) for column in range(number)}
    for data, x, y in picked:
        assert (data[0], data[1]) == (y, x)
        assert data[4] == matrix[y, x]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]  # the first class on top
    assert "<0>" not in json.dumps(figure.layout.xaxis.ticktext)
    assert sum(row["photos"] for row in confusion_table(matrix, classes)) == matrix.sum()
    assert figure.to_json() == confusion_figure(matrix, classes).to_json()


def test_text_can_be_read_on_every_cell_of_both_themes():
    """WCAG contrast of the text with what is under it: the cell's color over the page's background."""

    def luminance(color):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.asarray(color) / 255]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    stops = [(place, *map(float, re.findall(r"[\d.]+", rgba))) for place, rgba in CELL_COLORS]
    for background, text in (((255, 255, 255), (30, 41, 59)), ((15, 23, 42), (226, 232, 240))):
        for share in np.linspace(0, 1, 101):
            above = next(n for n, stop in enumerate(stops) if stop[0] > share or n == len(stops) - 1)
            (start, *first), (end, *second) = stops[above - 1], stops[above]
            *color, alpha = np.asarray(first) + (share - start) / (end - start) * np.subtract(second, first)
            cell = (1 - alpha) * np.asarray(background) + alpha * np.asarray(color)
            bright, dark = sorted((luminance(cell), luminance((255, 255, 255) if share >= LEAP else text)))[::-1]
            assert (bright + 0.05) / (dark + 0.05) >= 4.5, (share, background)


def test_names_in_figures_stay_names():
    name = "<a href='http://evil'>\"x\"</a> & %{x}"
    [line, _] = curves_figure([Curve(name, "frozen", epochs(2)), Curve("b", "full", epochs(2))], "loss").data[:2]
    literal = "&lt;a href='http://evil'&gt;\"x\"&lt;/a&gt; &amp; %\u2060{x}"
    assert line.name == literal
    assert line.hovertemplate.startswith(f"{literal}, training: ")
    figure = confusion_figure([[1, 0], [0, 1]], ["<b>x</b>", '5"'])
    assert list(figure.layout.xaxis.ticktext) == ["&lt;b&gt;x&lt;/b&gt;", '5"']


def test_of_many_classes_each_has_a_row_of_its_own():
    def scores(number, recall):
        rows = [{"class": f"<{each}>", "photos": 3, "recall": recall} for each in range(number)]
        return [*rows, {"class": MEAN, "photos": 3 * number, "recall": recall}]

    few, many = (class_table_html({"a": scores(n, 0.25), "b": scores(n, 1.0)}, "recall") for n in (5, 12))
    assert few.count("<tr>") == 1 + 2 and many.count("<tr>") == 1 + 13
    assert "&lt;0&gt;" in few and "<0>" not in few
    assert many.count("25&nbsp;%") == many.count("100&nbsp;%") == 13


def test_no_name_lies_over_a_point_an_interval_or_another_name():
    # Runs from scratch that take about as long and are about as good, with the named one in their middle.
    crowd = [Spot(across, 40, 15, 70, "") for across in (180, 235)]
    own, alone = Spot(210, 42, 18, 70, "From scratch"), Spot(20, 230, 210, 245, "Frozen")
    assert place_names([*crowd, own, alone], 260, 255) == ["", "", "", "middle right"]  # rather none than over points
    apart = Spot(210, 120, 100, 140, "From scratch")
    assert place_names([*crowd, apart, alone], 260, 255)[2:] == ["middle left", "middle right"]
    twins = [Spot(100, 120, 110, 130, "Frozen"), Spot(112, 120, 110, 130, "Fine-tuned")]
    assert place_names(twins, 260, 255) == ["middle left", "middle right"]
