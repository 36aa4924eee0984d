"""Teach: show a network a few classes with the camera, and it answers at once, with a figure that holds."""

import streamlit as st

from pages.teach.keep import JOB, show_keeping
from pages.teach.live import show_teaching
from pages.ui.errors import errors_shown, safely

st.title("Teach")
with errors_shown():
    if JOB in st.query_params:
        show_keeping(st.query_params[JOB])
        st.button(
            "Back to the camera", icon=":material/arrow_back:", type="tertiary", on_click=safely(st.query_params.clear)
        )
    else:
        st.write("Name two classes, and hold a button to record each. The network answers at once.")
        show_teaching()
        st.caption(
            "Frames go only to the machine that runs this studio. Nothing is stored until you make it a dataset."
        )
