"""Learning curves of the runs, by epoch or by time."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.compare.sentence import show_sentence
from pages.ui.figure import show_figure
from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.curves.steps import step_word
from tlcore.comparison.findings.seen import curves_sentence
from tlcore.figures.comparison.board import legend_html
from tlcore.figures.curves import HEIGHT, METRICS, MOST_WITH_TRAINING, curves_figure, curves_table


def show_curves(compared: Sequence[ComparedRun]) -> None:
    """Draw accuracy and loss of all runs, with one legend for both.

    Args:
        compared: at least one run.
    """
    show_sentence(curves_sentence(compared))
    series = [item.curve for item in compared]
    step = step_word([epoch for curve in series for epoch in curve.epochs])
    axes = {"epoch": f"By {step}", "seconds": "By time"}
    by = st.segmented_control(
        "Axis", list(axes), format_func=axes.__getitem__, default="epoch", label_visibility="collapsed"
    )
    by_what = axes[by or "epoch"].lower()
    st.html(legend_html(compared, tells_parts=1 < len(compared) <= MOST_WITH_TRAINING))
    if by == "seconds":
        st.caption("Training alone, on a logarithmic axis. The seconds of a whole run also count features and test.")
    for column, metric in zip(st.columns(2), reversed(METRICS), strict=True):
        with column:
            figure = curves_figure(series, metric, by=by or "epoch")
            figure.update_layout(showlegend=len(series) == 1, height=HEIGHT)
            show_figure(
                figure,
                lambda: curves_table(series),
                f"curves-{metric}",
                key=f"curves-{metric}",
                alt=f"{metric.capitalize()} of training and validation {by_what}, one line per run.",
            )
