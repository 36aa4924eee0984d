"""Compare: what did pretraining, freezing and fine-tuning buy?"""

import streamlit as st

from pages.ui.compare_choice import choose_runs
from pages.ui.compare_experiment import show_launcher, watch_experiment
from pages.ui.compare_result import show_result
from pages.ui.errors import errors_shown

st.title("Compare")
st.write("What did pretraining, freezing and fine-tuning buy? Runs on the same test photos, side by side.")
with errors_shown():
    if not watch_experiment():
        show_launcher()
        compared = choose_runs()
        if compared:
            show_result(compared)
