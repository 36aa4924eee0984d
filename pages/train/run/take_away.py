"""What one can take along from a finished run: its network, a report, its data and the program."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.train.code import show_code
from pages.ui.errors import errors_shown
from pages.ui.take_away.files import offer_files
from pages.ui.take_away.network import offer_network
from tlcore.comparison.comparison import ComparedRun
from tlcore.datasets.dataset import open_dataset
from tlcore.training.plans.plan import plan_from_json


@st.fragment
@errors_shown()
def show_take_away(item: ComparedRun, stay: Callable[[], None]) -> None:
    """Draw the buttons that save what a run came to.

    Args:
        item: a finished run.
        stay: says the page's address again: a fragment that draws the page anew may still carry an older one.
    """
    run = item.run
    network, files = st.columns(2, gap="large")
    with network, errors_shown():
        st.markdown("**The network, to use outside this program**")
        offer_network(run, stay)
    with files:
        st.markdown("**What it came to**")
        offer_files([item], f"run-{run.id}")
    show_code(plan_from_json(run.plan), open_dataset(run.plan["dataset"]), run.name)
