"""Compare: what did pretraining, freezing and fine-tuning buy?"""

import streamlit as st

from pages.compare.choice import choose_runs
from pages.compare.experiment import offer_the_rest, show_launcher, watch_experiment
from pages.compare.result import show_result
from pages.ui.errors import errors_shown

with errors_shown():
    # What refreshes by itself comes first on a page: see pages/train/run/view.py.
    if not watch_experiment():
        st.title("Compare")
        st.write("How much did pretraining, freezing and fine-tuning help? Runs on the same test images, side by side.")
        offer_the_rest()
        show_launcher()
        compared = choose_runs()
        if compared:
            show_result(compared)
