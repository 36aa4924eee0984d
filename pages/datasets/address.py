"""What the address of the page says, besides the dataset: keys of widgets that are bound to it."""

from __future__ import annotations

import streamlit as st

TAB, CLASS, PART, PAGE, CHANGED = "tab", "class", "part", "page", "changed"
OVERVIEW, IMAGES, MAP, SUSPECTS, DETAILS = TABS = ("Overview", "Images", "Map", "Wrong labels?", "Details")
JUDGE = "judge"  # in the address: the run by which labels are doubted


def open_class(name: str) -> None:
    """Show the images of a class; call it before the page is drawn.

    Args:
        name: of the class.
    """
    st.session_state.update({TAB: IMAGES, CLASS: name, PAGE: 1})
