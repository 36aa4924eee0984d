"""The statistics behind the lesson, one click deeper."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.figure import save_rows
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.findings.conclusions import conclusions
from tlcore.comparison.findings.pairs import Pairs, pair_rows
from tlcore.comparison.tables import pair_table


def offer_evidence(compared: Sequence[ComparedRun], pairs: Pairs) -> None:
    """Draw the button that opens the statistics.

    Args:
        compared: at least one run.
        pairs: of these runs.
    """
    if st.button("How sure is this?", type="tertiary", icon=":material/balance:", key="compare-evidence"):
        _show_evidence(compared, pairs)


@st.dialog("How sure is this?", width="large")
def _show_evidence(compared: Sequence[ComparedRun], pairs: Pairs) -> None:
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in conclusions(compared, pairs)))
    if not pairs.all:
        return
    st.markdown("**All pairs of runs compared**")
    st.dataframe(pair_table(pairs.all), hide_index=True)
    st.caption(
        "Images that both runs get right or both get wrong say nothing about a difference; McNemar's exact test looks "
        "at the others. The p-value is how often two equally good networks would differ by this much or more; the "
        "adjusted one accounts for the number of pairs. It is about these trained networks only: another seed or other "
        "training images may change the outcome (Dietterich, 1998)."
    )
    save_rows(lambda: pair_rows(pairs.all), "pairs", "pairs-csv")
