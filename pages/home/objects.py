"""The five objects of the first example, one picture of each."""

from __future__ import annotations

import streamlit as st

from pages.ui.photos import webp_of
from tlcore.datasets.sources.rendered import OBJECTS, render

_SIZE = 128  # pixels, as in the example


def show_objects() -> None:
    """Draw the objects in a row."""
    pictures = "".join(
        f'<figure style="margin: 0; flex: 1; text-align: center"><img src="{_address(label)}" alt="" '
        f'style="width: 100%; border-radius: 0.5rem"><figcaption><small>{row.name}</small></figcaption></figure>'
        for label, row in enumerate(OBJECTS)
    )
    st.html(f'<div style="display: flex; gap: 0.5rem">{pictures}</div>')


@st.cache_data(show_spinner=False)
def _address(label: int) -> str:
    return webp_of(render(label, 0, _SIZE), quality=80)
