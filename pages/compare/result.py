"""The result of a comparison: the lesson, the chart that shows it, and all the rest behind tabs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.compare.changes import show_changes
from pages.compare.confidence import show_confidence
from pages.compare.curves import show_curves
from pages.compare.evidence import offer_evidence
from pages.compare.mistakes.view import show_mistakes
from pages.compare.numbers import show_costs, show_plans
from pages.compare.take_away import show_take_away
from pages.ui.errors import errors_shown
from pages.ui.figure import save_rows, show_figure
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun, comparison_rows, incomparable
from tlcore.comparison.findings.lesson import lesson
from tlcore.comparison.findings.pairs import compare_pairs
from tlcore.datasets.dataset import short_name
from tlcore.figures.comparison.board import board_html
from tlcore.figures.comparison.experiment import experiment_cost_figure, experiment_figure
from tlcore.runs.verification import is_verified
from tlcore.text import count_text, listed
from tlcore.zoo import catalog

_TABS = {
    "Mistakes": show_mistakes,
    "Curves": show_curves,
    "Confidence": show_confidence,
    "Inside": show_changes,
    "Costs": show_costs,
    "Plans": show_plans,
    "Take away": show_take_away,
}


def show_result(compared: Sequence[ComparedRun]) -> None:
    """Draw what a comparison comes to: the sentence, and the chart that shows it.

    Args:
        compared: at least one run.
    """
    pairs = compare_pairs(compared)
    taught = lesson(compared, pairs)
    if taught.sentence:
        st.header(plain(taught.sentence), anchor=False)
    for warning in incomparable(compared):
        st.warning(plain(warning), icon=":material/balance:")
    _show_unverified(compared)
    is_drawn = _show_experiment(compared)
    if not is_drawn:
        st.html(board_html(compared))
    if taught.findings:
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in taught.findings))
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.caption(plain(_what_is_compared(compared)), width="content")
        offer_evidence(compared, pairs)
        if not is_drawn:
            save_rows(lambda: comparison_rows(compared), "comparison", "table-csv")


def _show_unverified(compared: Sequence[ComparedRun]) -> None:
    titles = [item.title for item in compared if not is_verified(item.run)]
    if titles:
        st.warning(
            f"Not verified, because made before runs checked themselves: {plain(', '.join(titles))}. Open and verify "
            "each one before you trust its numbers.",
            icon=":material/unpublished:",
        )


def _show_experiment(compared: Sequence[ComparedRun]) -> bool:
    """Accuracy, and beside it what it cost, over what an experiment varies; False where it varies no quantity."""
    figure, costs = experiment_figure(compared), experiment_cost_figure(compared)
    if figure is None or costs is None:
        return False
    left, right = st.columns([3, 2])
    with left:
        show_figure(
            figure,
            lambda: comparison_rows(compared),
            "experiment",
            key="experiment-figure",
            alt="Test accuracy with its 95 % interval against what the experiment varies, one line per strategy.",
        )
    with right:
        show_figure(
            costs,
            lambda: comparison_rows(compared),
            "experiment-costs",
            key="experiment-costs",
            alt="Seconds that the runs take against what the experiment varies, one line per strategy.",
        )
    return True


def _what_is_compared(compared: Sequence[ComparedRun]) -> str:
    datasets = dict.fromkeys(short_name(item.run.plan["dataset"]) for item in compared)
    networks = dict.fromkeys(catalog.title_of(item.run.plan["backbone"]) for item in compared)
    return f"{count_text(len(compared), 'run')} on {listed(list(datasets))} with {listed(list(networks))}."


@st.fragment
@errors_shown()
def show_tabs(compared: Sequence[ComparedRun]) -> None:
    """Draw all the rest behind tabs.

    Args:
        compared: at least one run.
    """
    for tab, show in zip(st.tabs(list(_TABS), key="compare-tab", on_change="rerun"), _TABS.values(), strict=True):
        if tab.open:  # the others cost nothing until they are opened
            with tab, errors_shown():
                show(compared)
