"""What the reader can take along: the report, the data and a network."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.compare.choice import choose_one, keep_address
from pages.ui.errors import errors_shown
from pages.ui.take_away.files import offer_files
from pages.ui.take_away.network import offer_network
from tlcore.comparison.comparison import ComparedRun


def show_take_away(compared: Sequence[ComparedRun]) -> None:
    """Draw the buttons that save the comparison.

    Args:
        compared: at least one run.
    """
    offer_files(compared, "comparison")
    _show_network(compared)


@st.fragment
@errors_shown()
def _show_network(compared: Sequence[ComparedRun]) -> None:
    """The way to take a trained network along."""
    st.markdown("**A trained network to use outside this program**")
    # Chosen by the test images, a network would look better on them than it is.
    best_first = sorted(compared, key=lambda item: -item.result.scores["validation"].accuracy)
    run = choose_one(best_first, "Network from run", "export-run").run
    with errors_shown():
        offer_network(run, keep_address)
