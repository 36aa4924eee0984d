"""The result of a comparison: what it shows in words, table and figures."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.compare.closer import show_closer
from pages.compare.confusion import show_confusions
from pages.compare.take_away import show_take_away
from pages.ui.errors import errors_shown
from pages.ui.figure import save_rows, show_figure
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun, comparison_rows, incomparable
from tlcore.comparison.conclusions import conclusions, headline, pair_rows, pairs
from tlcore.comparison.differences import plan_table
from tlcore.comparison.experiment_answer import answer
from tlcore.comparison.tables import pair_table, part_table, result_table
from tlcore.figures.curves import METRICS, curves_figure, curves_table
from tlcore.figures.experiment import experiment_figure
from tlcore.figures.tradeoff import differing_costs, tradeoff_figure
from tlcore.runs.verification import is_verified

_SENTENCES = 4
_RUN_WIDTH = 210  # pixels: on a phone the accuracy still stands beside it
_AXES = {"epoch": "By epoch", "seconds": "By time"}


def show_result(compared: Sequence[ComparedRun]) -> None:
    """Draw a comparison from the sentence down to the details.

    Args:
        compared: at least one run.
    """
    for warning in incomparable(compared):
        st.warning(plain(warning), icon=":material/balance:")
    _show_unverified(compared)
    _show_conclusions(compared)
    _show_table(compared)
    _show_curves(compared)
    _show_costs(compared)
    show_confusions(compared)
    show_closer(compared)
    _show_plans(compared)
    show_take_away(compared)


def _show_unverified(compared: Sequence[ComparedRun]) -> None:
    titles = [item.title for item in compared if not is_verified(item.run)]
    if titles:
        st.warning(
            f"Not verified, because made before runs checked themselves: {plain(', '.join(titles))}. Open and verify "
            "each one before you trust its numbers.",
            icon=":material/unpublished:",
        )


def _show_conclusions(compared: Sequence[ComparedRun]) -> None:
    with st.container(border=True):
        answered = answer(compared)
        if answered or len(compared) > 2:
            st.markdown(f"**{plain(answered or headline(compared))}**")
        figure = experiment_figure(compared)
        if figure is not None:
            show_figure(
                figure,
                lambda: comparison_rows(compared),
                "experiment",
                key="experiment-figure",
                alt="Test accuracy with its 95 % interval against what the experiment varies, one line per strategy.",
            )
        sentences = conclusions(compared)
        st.markdown(_bullets(sentences[:_SENTENCES]))
        if len(sentences) > _SENTENCES:
            with st.expander(f"More findings ({len(sentences) - _SENTENCES})"):
                st.markdown(_bullets(sentences[_SENTENCES:]))
        found = pairs(compared)
        if not found:
            return
        with st.expander("All pairs of runs compared"):
            st.dataframe(pair_table(found), hide_index=True)
            st.caption(
                "Images that both runs get right or both get wrong say nothing about a difference; McNemar's exact "
                "test looks at the others. The p-value is how often two equally good networks would differ by this "
                "much or more; the adjusted one accounts for the number of pairs. It is about these trained networks "
                "only: another seed or other training images may change the outcome (Dietterich, 1998)."
            )
            save_rows(lambda: pair_rows(found), "pairs", "pairs-csv")


def _bullets(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {plain(sentence)}" for sentence in sentences)


def _show_table(compared: Sequence[ComparedRun]) -> None:
    number = st.column_config.NumberColumn
    st.dataframe(
        result_table(compared),
        hide_index=True,
        column_config={
            "Run": st.column_config.TextColumn(width=_RUN_WIDTH),
            "Test accuracy (%)": number(format="%.1f"),
            "95 % interval (%)": st.column_config.TextColumn(
                help="95 % confidence interval of the accuracy, given the number of test images (Wilson)."
            ),
            "Trainable parameters": number(format="localized"),
            "Cost (s)": number(format="%.1f", help="Time the plan takes if nothing was computed before."),
            "Waited (s)": number(
                format="%.1f", help="How long it actually took, reusing features that earlier runs had computed."
            ),
        },
    )
    box = st.expander("Accuracy and loss on test, validation and training images", key="parts", on_change="rerun")
    if box.open:
        with box:
            shown = {"Accuracy (%)": number(format="%.1f"), "Loss": number(format="%.4f")}
            st.dataframe(part_table(compared), hide_index=True, column_config=shown)
            st.caption("Training numbers are for the finished network; the curves measure it while it is learning.")
    save_rows(lambda: comparison_rows(compared), "comparison", "table-csv")


@st.fragment
@errors_shown()
def _show_curves(compared: Sequence[ComparedRun]) -> None:
    st.subheader("Learning curves")
    by = st.segmented_control(
        "Axis", list(_AXES), format_func=_AXES.__getitem__, default="epoch", label_visibility="collapsed"
    )
    series = [item.curve for item in compared]
    for column, metric in zip(st.columns(2), reversed(METRICS), strict=True):
        with column:
            show_figure(
                curves_figure(series, metric, by=by or "epoch"),
                lambda: curves_table(series),
                f"curves-{metric}",
                key=f"curves-{metric}",
                alt=f"{metric.capitalize()} of training and validation over {by or 'epoch'}s, one line per run.",
            )


def _show_costs(compared: Sequence[ComparedRun]) -> None:
    costs = differing_costs(compared)
    if not costs:
        return
    st.subheader("Accuracy against cost")
    for column, cost in zip(st.columns(len(costs)), costs, strict=True):
        with column:
            show_figure(
                tradeoff_figure(compared, cost),
                lambda: comparison_rows(compared),
                f"accuracy-against-{cost.replace(' ', '-')}",
                key=f"cost-{cost}",
                alt=f"Test accuracy with its 95 % interval against {cost}, one point per run.",
            )


def _show_plans(compared: Sequence[ComparedRun]) -> None:
    differing, equal = plan_table(compared)
    st.subheader("Plans")
    if len(compared) > 1:
        if differing:
            meanings = "\n".join(f"- {row['Setting']}: {plain(row['Meaning'])}" for row in differing)
            _show_words([{name: text for name, text in row.items() if name != "Meaning"} for row in differing])
            st.caption(meanings)
        else:
            st.write("All plans have the same settings.")
    with st.expander(f"Plan settings ({len(equal)})" + (" that are the same in all runs" if len(compared) > 1 else "")):
        _show_words(equal)


def _show_words(rows: Sequence[dict]) -> None:
    """Draw a table whose cells break into lines, so that no sentence is cut off."""
    st.table([{plain(name): plain(text) for name, text in row.items()} for row in rows], border="horizontal")
