"""How far the probabilities of the runs can be trusted: calibration, and thresholds between two classes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.compare.sentence import show_sentence
from pages.ui.figure import show_figure
from pages.ui.text import plain
from tlcore.comparison.calibration import calibration_error, calibration_floor, calibration_rows
from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.findings.sureness import sureness_of, sureness_sentence
from tlcore.comparison.tables import titled
from tlcore.figures.comparison.board import legend_html
from tlcore.figures.comparison.calibration import FEWEST, calibration_figure
from tlcore.figures.comparison.sureness import sureness_html

_MOST_CURVES = 4  # of more runs, curves of answers hide each other: they are drawn on demand


def show_confidence(compared: Sequence[ComparedRun]) -> None:
    """Draw how sure the runs are, and how often they are right.

    Args:
        compared: at least one run.
    """
    of_two = [item for item in compared if len(item.classes) == 2 and item.classes == compared[0].classes]
    views = ("How sure, how right", "Threshold") if of_two else ()
    if views and st.segmented_control("View", views, default=views[0], label_visibility="collapsed") == "Threshold":
        _show_threshold(of_two)
    else:
        _show_calibration(compared)


def _show_calibration(compared: Sequence[ComparedRun]) -> None:
    found = [sureness_of(item) for item in compared]
    show_sentence(sureness_sentence(found))
    st.html(sureness_html(found))
    st.caption("A ring right of the bar: too sure of itself. Left of it: less sure than it could be.")
    with st.expander("Answer by answer: is it right as often as it is sure?", expanded=len(compared) <= _MOST_CURVES):
        _show_curves(compared)


def _show_curves(compared: Sequence[ComparedRun]) -> None:
    left, right = st.columns([3, 2])
    with left:
        st.html(legend_html(compared))
        show_figure(
            calibration_figure(compared),
            lambda: [{"run": item.title, **row} for item in compared for row in calibration_rows(item.predictions())],
            "calibration",
            key="calibration",
            alt="How often each run is right, against how sure it is.",
        )
    with right:
        st.table([_gap(item) for item in compared], border="horizontal")  # its names break into lines
        st.caption(
            "On the dashed line, a network is right as often as it is sure; below, it is too sure of itself. The bars "
            f"are 95 % intervals; points of fewer than {FEWEST} images are not drawn. The gap is how far points lie "
            "from the line (percentage points), and the gap by luck what even a network that knows exactly how sure "
            "to be would show on so few images."
        )


def _gap(item: ComparedRun) -> dict[str, str]:
    predictions = item.predictions()
    return {
        "Run": plain(item.title),
        "Gap": f"{100 * calibration_error(calibration_rows(predictions)):.1f}",
        "Gap by luck": f"{100 * calibration_floor(predictions):.1f}",
    }


def _show_threshold(compared: Sequence[ComparedRun]) -> None:
    # scikit-learn takes a second to import, which a reader who does not look here need not wait for.
    from tlcore.comparison.threshold import KINDS, area, threshold_row
    from tlcore.figures.comparison.threshold import threshold_figure

    left, right = st.columns([1, 2], vertical_alignment="bottom")
    classes = compared[0].classes
    positive = left.selectbox("Class to find", [1, 0], format_func=lambda number: classes[number])
    threshold = right.slider("Predict it at this probability or higher", 0.01, 0.99, 0.5, 0.01)
    parts = {"validation": "Validation images (to choose)", "test": "Test images (to judge)"}
    part = (
        st.segmented_control("Curves for", list(parts), format_func=parts.__getitem__, default="validation")
        or "validation"
    )
    st.caption("A threshold chosen on the test images looks better on them than it really is.")
    st.html(legend_html(compared))
    for column, kind in zip(st.columns(2), KINDS, strict=True):
        with column:
            st.markdown(f"**{KINDS[kind]}** on the {part} images")
            show_figure(
                threshold_figure(compared, positive, threshold, kind, part),
                partial(_curve_rows, compared, positive, kind, part),
                f"{kind}-{classes[positive]}",
                key=f"threshold-{kind}",
                alt=f"{KINDS[kind]} for {classes[positive]}, one line per run.",
            )
    rows = [
        {
            "run": item.title,
            "part": part.capitalize(),
            **threshold_row(item.predictions(part), positive, threshold),
            "area under ROC": round(area(item.predictions(part), positive, "roc"), 3),
            "average precision": round(area(item.predictions(part), positive, "precision-recall"), 3),
        }
        for item in compared
        for part in ("validation", "test")
    ]
    percent = {
        name: st.column_config.NumberColumn(format="percent") for name in ("Accuracy", "Precision", "Recall", "F1")
    }
    st.dataframe(titled(rows), hide_index=True, column_config=percent)


def _curve_rows(compared: Sequence[ComparedRun], positive: int, kind: str, part: str) -> list[dict]:
    from tlcore.comparison.threshold import curve_rows

    return [
        {"run": item.title, **row} for item in compared for row in curve_rows(item.predictions(part), positive, kind)
    ]
