"""The statistics behind the lesson, one click deeper."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.figure import save_rows
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun, groups
from tlcore.comparison.findings.conclusions import about_the_best, rank, seed_spread
from tlcore.comparison.findings.pairs import Pairs, pair_rows
from tlcore.comparison.tables import pair_table, verdict_table

_FEW = 3  # pairs; more are shown on demand


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
    for best, *others in groups(rank(compared)):
        st.markdown(plain(about_the_best(best, others)))
        if others:
            st.markdown(f"**The others against {plain(best.title)}**")
            rows = verdict_table([best, *others], pairs)
            st.table(
                [{plain(name): plain(str(value)) for name, value in row.items()} for row in rows], border="horizontal"
            )
    if spread := seed_spread(compared):
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in spread))
    if not pairs.all:
        return
    with st.expander("All pairs of runs compared", expanded=len(pairs.all) <= _FEW):
        st.dataframe(pair_table(pairs.all), hide_index=True)
        save_rows(lambda: pair_rows(pairs.all), "pairs", "pairs-csv")
    st.caption(
        "Images that both runs get right or both get wrong say nothing about a difference; McNemar's exact test looks "
        "at the others. The p-value is how often two equally good networks would differ by this much or more. With "
        "more pairs than one it is adjusted for their number (Holm), and the images to tell are counted at that level. "
        "It is about these trained networks only: another seed or other training images may change the outcome "
        "(Dietterich, 1998)."
    )
