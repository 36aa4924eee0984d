"""What the Home page says about this machine."""

from __future__ import annotations

import streamlit as st

from pages.entrance.visitor import visitor
from pages.ui.text import plain
from tlcore.doctor import Fact, examine

_SHOWN = ("datasets", "runs", "weights", "cluster", "network")


def show_machine() -> None:
    """Draw what is on this machine in one line, and the rest behind a button."""
    facts = [fact for fact in _facts() if visitor().is_owner or not fact.is_private]
    shown = [f"{fact.title}: {plain(fact.short or fact.value)}" for fact in facts if fact.name in _SHOWN]
    st.caption(f"On this machine: {' · '.join(shown)}", width="content")
    with st.popover("Details", type="tertiary", icon=":material/computer:"):
        for fact in facts:
            st.markdown(f"**{fact.title}**: {plain(fact.value)}")
            if fact.help and visitor().is_owner:
                st.caption(plain(fact.help))


@st.cache_data(ttl=5, show_spinner=False)
def _facts() -> list[Fact]:
    return examine()
