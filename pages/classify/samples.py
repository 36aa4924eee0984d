"""Sample photos to look at, for those who have none at hand."""

from __future__ import annotations

import io

import streamlit as st
from PIL import Image, ImageOps

from pages.ui.photos import webp_address
from tlcore.images.samples import sample_photos

_WIDTH, _HEIGHT = 132, 99


def show_samples() -> None:
    """Draw the samples side by side."""
    with st.container(horizontal=True, key="sample-gallery"):
        for sample in sample_photos():
            st.image(_small(str(sample.path)), width=_WIDTH, alt=sample.title)


@st.cache_data(show_spinner=False)
def _small(path: str) -> str:
    file = io.BytesIO()
    ImageOps.fit(Image.open(path).convert("RGB"), (2 * _WIDTH, 2 * _HEIGHT)).save(file, "WebP", quality=80)
    return webp_address(file.getvalue())
