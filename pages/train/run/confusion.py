"""Which classes a finished run takes for which; a click on a cell shows its photos."""

from __future__ import annotations

import streamlit as st

from pages.train.run.wrong_photos import show_wrong_photos
from pages.ui.errors import errors_shown
from pages.ui.figure import show_figure
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.mistakes import in_cell
from tlcore.figures.confusion import confusion_figure, confusion_table
from tlcore.inference.networks.prepared import Prepared
from tlcore.text import count_text

_SHOWN = 24


@st.fragment
@errors_shown()
def show_confusion(item: ComparedRun, network: Prepared | None) -> None:
    """Draw the confusion matrix of the test images, and the photos of the cell that was clicked.

    Args:
        item: a finished run.
        network: its network, to show where it looked; None if it is not prepared.
    """
    result, key = item.result, f"confusion-{item.run.id}"
    st.caption("Click a cell to see its photos.")
    show_figure(
        confusion_figure(result.confusion, result.classes),
        lambda: confusion_table(result.confusion, result.classes),
        key,
        key=key,
        alt="Confusion matrix of the test images: true classes down, predicted classes across.",
        on_pick=lambda: None,  # that they are picked is all there is to know
    )
    points = (st.session_state.get(key) or {}).get("selection", {}).get("points", [])
    if points:
        true, predicted = map(int, points[0]["customdata"][:2])
        _show_cell(item, network, true, predicted)


def _show_cell(item: ComparedRun, network: Prepared | None, true: int, predicted: int) -> None:
    test = item.predictions()
    found = in_cell(test, true, predicted)
    what = f"{plain(item.classes[true])}, taken for {plain(item.classes[predicted])}"
    if true == predicted:
        what = f"{plain(item.classes[true])}, recognized"
    first = f"; the surest {_SHOWN}" if len(found) > _SHOWN else ""
    st.markdown(f"**{what}: {count_text(len(found), 'test image')}**{first}")
    surest = found[:_SHOWN]
    sure = test.probabilities[surest, predicted].tolist()  # not rounded: what is nearly certain is not called certain
    rows = [test.mistake(position) | {"probability": share} for position, share in zip(surest, sure, strict=True)]
    show_wrong_photos(item, rows, network, None)
