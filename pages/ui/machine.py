"""What the Home page says about this machine, and the example that fits it."""

from __future__ import annotations

import streamlit as st

from tlcore.doctor import Fact, examine
from tlcore.runs.client import submit
from tlcore.runs.example import has_pretrained_example
from tlcore.runs.store import open_store

_EXAMPLE = {
    True: "Draws five kinds of objects and teaches them to a pretrained network in three ways.",
    False: "Teaches handwritten digits to LeNet-5, the network of 1998, from scratch.",
}


def show_example() -> None:
    """Draw the button that starts the first example, or opens the one that is under way."""
    if st.button("Run the first example", type="primary", icon=":material/play_arrow:"):
        earlier = [run for run in open_store().runs(kind="example") if not run.has_ended]
        run = earlier[0] if earlier else submit("example", {}, "First example")
        st.switch_page("pages/train.py", query_params={"run": run.id})
    st.caption(f"{_EXAMPLE[has_pretrained_example()]} Needs no network and no photos of yours.")


def show_machine() -> None:
    """Draw what is and what is not on this machine."""
    st.subheader("On this machine")
    facts = {fact.name: fact for fact in _facts()}
    for column, name in zip(st.columns(4), ("datasets", "runs", "weights", "network"), strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{facts[name].title}**")
            st.write(facts[name].value)
            if facts[name].help:
                st.caption(facts[name].help)
    with st.expander("More about this machine"):
        st.markdown("\n".join(f"- **{fact.title}**: {fact.value}" for fact in facts.values()))


@st.cache_data(ttl=5, show_spinner=False)
def _facts() -> list[Fact]:
    return examine()
