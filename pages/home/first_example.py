"""The button of the first example. It imports what it needs when it is pressed: the first page must not wait for it."""

from __future__ import annotations

import streamlit as st

from pages.ui.owner import nickname


def show_example() -> None:
    """Draw the button that starts the first example, or opens the one that is under way."""
    if st.button("Run the first example", type="primary", icon=":material/play_arrow:"):
        from tlcore.runs.experiments import launch_example

        st.switch_page("compare/page.py", query_params={"experiment": launch_example(nickname())})
    st.caption("Trains a network three ways on built-in images and compares them. Works offline; no photos needed.")
