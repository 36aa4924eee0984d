"""Confusion matrices side by side; a cell opens into its photos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from pages.compare.mistakes.photos import answer_text, show_photos
from pages.ui.errors import errors_shown
from pages.ui.figure import show_figure
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.findings.conclusions import fair_choice
from tlcore.comparison.findings.seen import one_answer_sentence
from tlcore.comparison.mistakes import confused_pairs, in_cell
from tlcore.figures.confusion import confusion_figure, confusion_table

_CELL = "compare-cell"
_SIDE_BY_SIDE = 3  # of more runs, the reader chooses
_NARROWEST = 300  # pixels of a matrix

Cell = tuple[str, int, int]  # id of the run, true class, predicted class


def show_confusions(compared: Sequence[ComparedRun]) -> None:
    """Draw the matrices and the photos of the cell that the reader picked.

    Args:
        compared: at least one run.
    """
    if len(compared) > _SIDE_BY_SIDE:
        titles = {item.run.id: item.title for item in compared}
        fair = [item.run.id for item in fair_choice(compared)]
        chosen = st.multiselect("Runs", list(titles), fair, format_func=titles.__getitem__, key="confusion-runs")
        compared = [item for item in compared if item.run.id in chosen]
    if not compared:
        return
    classes = max(len(item.classes) for item in compared)
    with st.grid(3 if classes <= 5 else 2 if classes <= 20 else 1, min_column_width=_NARROWEST):
        for item in compared:
            with st.container():
                _show_matrix(item)
    with errors_shown():
        _show_cell({item.run.id: item for item in compared})


def _show_matrix(item: ComparedRun) -> None:
    key = f"confusion-{item.run.id}"
    st.markdown(f"**{plain(item.title)}**  \n{plain(one_answer_sentence(item))}")
    show_figure(
        confusion_figure(item.result.confusion, item.classes),
        lambda: confusion_table(item.result.confusion, item.classes),
        key,
        key=key,
        alt=f"Confusion matrix of {item.title}: true classes down, predicted classes across.",
        on_pick=lambda: _pick(item.run.id, key),
    )


def _pick(run_id: str, key: str) -> None:
    points = st.session_state[key]["selection"]["points"]
    if points:
        true, predicted, *_ = points[0]["customdata"]
        st.session_state[_CELL] = (run_id, int(true), int(predicted))


def _show_cell(compared: dict[str, ComparedRun]) -> None:
    cells = _cells(compared.values())
    if st.session_state.get(_CELL) not in cells:
        st.session_state[_CELL] = None
    chosen = st.selectbox(
        "Images in one cell",
        list(cells),
        key=_CELL,
        format_func=cells.__getitem__,
        placeholder="Click a cell above, or choose one here (most confused classes first)",
        index=None,
    )
    if chosen:
        run_id, true, predicted = chosen
        item = compared[run_id]
        positions = in_cell(item.predictions(), true, predicted)
        key = f"cell-{run_id}-{true}-{predicted}"
        show_photos(item, positions, lambda position: plain(f"says {answer_text(item, position)}"), key)


def _cells(compared: Iterable[ComparedRun]) -> dict[Cell, str]:
    """All cells that hold photos, the errors first, with the words for each."""
    wrong, right = [], []
    for item in compared:
        matrix, names = item.result.confusion, item.classes
        for pair in confused_pairs(matrix):
            text = f"{item.title}: {names[pair.true]} mistaken for {names[pair.predicted]} ({pair.photos})"
            wrong.append((pair.photos, (item.run.id, pair.true, pair.predicted), text))
        for number, name in enumerate(names):
            if matrix[number][number]:
                text = f"{item.title}: {name} recognized ({matrix[number][number]})"
                right.append(((item.run.id, number, number), text))
    wrong.sort(key=lambda entry: -entry[0])
    return {cell: text for _, cell, text in wrong} | dict(right)
