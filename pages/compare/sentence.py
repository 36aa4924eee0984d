"""What there is to be seen on a tab, above it."""

from __future__ import annotations

import streamlit as st

from pages.ui.text import plain


def show_sentence(sentence: str) -> None:
    """Draw a sentence that says what there is to be seen.

    Args:
        sentence: the sentence; "" draws nothing.
    """
    if sentence:
        st.markdown(f"**{plain(sentence)}**")
