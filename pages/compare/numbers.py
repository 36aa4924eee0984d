"""The numbers behind a comparison: what each run cost, and in what the plans differ."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.compare.sentence import show_sentence
from pages.ui.figure import show_figure
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun, comparison_rows
from tlcore.comparison.differences import many_plans, plan_table, varied_settings
from tlcore.comparison.findings.seen import costs_sentence, plans_sentence
from tlcore.comparison.tables import part_table, result_table
from tlcore.figures.comparison.board import board_html
from tlcore.figures.comparison.experiment import experiment_figure
from tlcore.figures.comparison.tradeoff import differing_costs, tradeoff_figure

_LETTER, _MOST_WIDTH = 7.5, 400  # pixels: as wide as the longest name, so that what tells runs apart is read
_SIDE_BY_SIDE = 4  # plans, a column each; more are put together


def show_costs(compared: Sequence[ComparedRun]) -> None:
    """Draw accuracy against each cost, and the tables.

    Args:
        compared: at least one run.
    """
    show_sentence(costs_sentence(compared))
    costs = differing_costs(compared)
    if experiment_figure(compared) is not None:  # else the page begins with the table
        st.html(board_html(compared))
        costs = [cost for cost in costs if cost != "train photos"]  # which the page begins with
    for column, cost in zip(st.columns(len(costs)) if costs else (), costs, strict=True):
        with column:
            show_figure(
                tradeoff_figure(compared, cost),
                lambda: comparison_rows(compared),
                f"accuracy-against-{cost.replace(' ', '-')}",
                key=f"cost-{cost}",
                alt=f"Test accuracy with its 95 % interval against {cost}, one point per run.",
            )
    box = st.expander("All numbers in tables", key="parts", on_change="rerun")
    if box.open:
        with box:
            _show_tables(compared)


def _show_tables(compared: Sequence[ComparedRun]) -> None:
    number = st.column_config.NumberColumn
    st.dataframe(
        result_table(compared),
        hide_index=True,
        column_config={
            "Run": st.column_config.TextColumn(width=_name_width(compared)),
            "Test accuracy (%)": number(format="%.1f"),
            "95 % interval (%)": st.column_config.TextColumn(
                help="95 % confidence interval of the accuracy, given the number of test images (Wilson)."
            ),
            "Trained numbers": number(format="localized"),
            "Cost (s)": number(format="%.1f", help="Time the plan takes if nothing was computed before."),
            "Waited (s)": number(
                format="%.1f", help="How long it actually took, reusing features that earlier runs had computed."
            ),
        },
    )
    st.markdown("**On test, validation and training images**")
    shown = {
        "Run": st.column_config.TextColumn(width=_name_width(compared)),
        "Accuracy (%)": number(format="%.1f"),
        "Loss": number(format="%.4f"),
    }
    st.dataframe(part_table(compared), hide_index=True, column_config=shown)
    st.caption("Training numbers are for the finished network; the curves measure it while it is learning.")


def show_plans(compared: Sequence[ComparedRun]) -> None:
    """Draw the settings in which the plans differ, and those that are the same.

    Args:
        compared: at least one run.
    """
    differing, equal = plan_table(compared)
    if len(compared) > 1:
        show_sentence(plans_sentence(differing, equal, varied_settings(compared)))
        if differing:
            alone = [{name: text for name, text in row.items() if name != "Meaning"} for row in differing]
            for rows in many_plans(compared, differing) if len(compared) > _SIDE_BY_SIDE else [alone]:
                _show_words(rows)
            with st.expander("What these settings mean"):
                st.caption("\n".join(f"- {row['Setting']}: {plain(row['Meaning'])}" for row in differing))
    with st.expander(f"Plan settings ({len(equal)})" + (" that are the same in all runs" if len(compared) > 1 else "")):
        _show_words(equal)


def _name_width(compared: Sequence[ComparedRun]) -> int:
    return min(_MOST_WIDTH, round(20 + _LETTER * max(len(item.title) for item in compared)))


def _show_words(rows: Sequence[dict]) -> None:
    """Draw a table whose cells break into lines, names of layers at their underscores, so that nothing is cut off."""
    broken = [
        {plain(name): plain(text).replace("_", "_\N{ZERO WIDTH SPACE}") for name, text in row.items()} for row in rows
    ]
    st.table(broken, border="horizontal")
