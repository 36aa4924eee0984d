"""Compare: what did pretraining, freezing and fine-tuning buy?"""

import streamlit as st

from pages.compare.choice import choose_runs
from pages.compare.experiment import name_experiment, offer_the_rest, show_launcher, watch_experiment
from pages.compare.live.done import say_done
from pages.compare.result import show_result, show_tabs
from pages.ui.errors import errors_shown

with errors_shown():
    # What refreshes by itself comes first on a page: see pages/train/run/view.py.
    if not watch_experiment():
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.title("Compare", width="content")
            actions = st.container(horizontal=True, width="content", gap="small")
        compared = choose_runs(actions)
        with actions:
            show_launcher(compared)
        name_experiment(compared)
        say_done()
        if compared:
            show_result(compared)
        offer_the_rest()
        if compared:
            show_tabs(compared)
