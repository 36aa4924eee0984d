"""The button of the first example. It imports what it needs when it is pressed: the first page must not wait for it."""

from __future__ import annotations

import streamlit as st

from pages.ui.owner import nickname


def show_example() -> st.delta_generator.DeltaGenerator:
    """Draw the button that starts the first example, or opens the one that is under way.

    Returns:
        Where `say_example` goes.
    """
    if st.button("Run the first example", type="primary", icon=":material/play_arrow:"):
        from tlcore.runs.experiments import launch_example

        st.switch_page("compare/page.py", query_params={"experiment": launch_example(nickname())})
    return st.empty()


def say_example(place: st.delta_generator.DeltaGenerator) -> None:
    """Say what the example does, and how long that takes here.

    Args:
        place: beneath its button.
    """
    from pages.ui.jobs import duration_text

    place.caption(
        "Trains a network three ways on built-in images and compares them: "
        f"{duration_text(_seconds())} on this machine. Works offline; no photos needed."
    )


@st.cache_data(ttl=600, show_spinner=False)
def _seconds() -> float:
    from tlcore.runs.example import example_seconds

    return example_seconds()
