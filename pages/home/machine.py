"""What the Home page says about this machine."""

from __future__ import annotations

import streamlit as st

from pages.entrance.visitor import visitor
from pages.ui.text import plain
from tlcore.doctor import Fact, examine


def show_machine() -> None:
    """Draw what is and what is not on this machine."""
    st.subheader("On this machine")
    facts = {fact.name: fact for fact in _facts() if visitor().is_owner or not fact.is_private}
    for column, name in zip(st.columns(4), ("datasets", "runs", "weights", "network"), strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{facts[name].title}**")
            st.write(plain(facts[name].value))
            if facts[name].help and visitor().is_owner:
                st.caption(plain(facts[name].help))
    with st.expander("More about this machine"):
        st.markdown("\n".join(f"- **{fact.title}**: {plain(fact.value)}" for fact in facts.values()))


@st.cache_data(ttl=5, show_spinner=False)
def _facts() -> list[Fact]:
    return examine()
