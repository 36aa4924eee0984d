"""Learning curves of the runs, by epoch or by time."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.compare.sentence import show_sentence
from pages.ui.figure import show_figure
from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.curves.steps import step_word
from tlcore.comparison.findings.conclusions import told_apart
from tlcore.comparison.findings.seen import curves_sentence
from tlcore.figures.comparison.board import legend_html
from tlcore.figures.curves import METRICS, MOST_WITH_TRAINING, curves_figure, curves_table


def show_curves(compared: Sequence[ComparedRun]) -> None:
    """Draw accuracy and loss of all runs, with one legend for both.

    Args:
        compared: at least one run.
    """
    in_front = told_apart(compared)
    if len(in_front) < len(compared):
        titles = {item.run.id: item.title for item in compared}
        default = [item.run.id for item in in_front]
        chosen = st.multiselect("Runs to look at", list(titles), default, format_func=titles.__getitem__)
        in_front = [item for item in compared if item.run.id in chosen]
    show_sentence(curves_sentence(in_front))
    series = [item.curve for item in compared]
    axes = {"epoch": f"By {step_word([epoch for curve in series for epoch in curve.epochs])}", "seconds": "By time"}
    by = st.segmented_control(
        "Axis", list(axes), format_func=axes.__getitem__, default="epoch", label_visibility="collapsed"
    )
    by_what = axes[by or "epoch"].lower()
    if len(compared) > 1:
        st.html(legend_html(compared, len(in_front) <= MOST_WITH_TRAINING, in_front))
    if by == "seconds":
        st.caption("Training alone, on a logarithmic axis. The seconds of a whole run also count features and test.")
    for column, metric in zip(st.columns(2), reversed(METRICS), strict=True):
        with column:
            figure = curves_figure(series, metric, by or "epoch", [item.title for item in in_front])
            figure.update_layout(showlegend=len(series) == 1)
            show_figure(
                figure,
                lambda: curves_table(series),
                f"curves-{metric}",
                key=f"curves-{metric}",
                alt=f"{metric.capitalize()} of training and validation {by_what}, one line per run.",
            )
