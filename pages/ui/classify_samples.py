"""Sample photos to look at, for those who have none at hand."""

from __future__ import annotations

import base64
import io

import streamlit as st
from PIL import Image, ImageOps

from tlcore.images.samples import sample_photos

SOURCE, SAMPLES = "photo-source", "Samples"  # the widget that says where photos come from, and its choice for these
CHOSEN = "samples"  # the widget that says which of them
_WIDTH, _HEIGHT = 132, 99


def show_samples() -> None:
    """Draw the samples, each with a button that classifies it."""
    samples = sample_photos()
    if not samples:
        return
    st.caption("No photo at hand? Try one of these.")
    with st.container(horizontal=True, key="sample-gallery"):
        for sample in samples:
            with st.container(width=_WIDTH, gap="small"):
                st.image(_small(str(sample.path)), width=_WIDTH, alt=sample.title)
                st.button(sample.title, key=f"sample-{sample.name}", on_click=_choose, args=(sample.name,))


def _choose(name: str) -> None:
    st.session_state[SOURCE] = SAMPLES
    st.session_state[CHOSEN] = [name]


@st.cache_data(show_spinner=False)
def _small(path: str) -> str:
    """A data address: the picture needs no request of its own."""
    file = io.BytesIO()
    ImageOps.fit(Image.open(path).convert("RGB"), (2 * _WIDTH, 2 * _HEIGHT)).save(file, "WebP", quality=80)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
