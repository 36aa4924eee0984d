"""What the network that comes with this project is: its card, for whoever wants to read it."""

from __future__ import annotations

import streamlit as st

from tlcore.embedded.card_text import card_text
from tlcore.embedded.weights import read_card


def show_card() -> None:
    """Draw the card of the embedded network, folded away."""
    card = read_card()
    with st.expander(f"About {card.name}: {len(card.names)} classes, works offline", icon=":material/info:"):
        st.markdown(card_text(card))
