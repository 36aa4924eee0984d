"""Photos of a dataset as small pictures; a dataset never changes, so everybody shares what was read once."""

from __future__ import annotations

import base64
from collections.abc import Sequence

import streamlit as st

from pages.ui.compare_text import plain
from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.reports.thumbnails import thumbnail

_WIDTH = 128


@st.cache_data(max_entries=3000, show_spinner=False)
def photo(id: str, index: int) -> str:
    """Make a small picture of a photo.

    The picture travels inside its address. A file of its own would be gone from the server by the time that the
    browser asks for it, where a live page shows other photos every second.

    Args:
        id: of the dataset.
        index: the photo's position in it.

    Returns:
        A data address of a WebP picture, for `st.image`.
    """
    return f"data:image/webp;base64,{base64.b64encode(thumbnail(open_dataset(id), index)).decode()}"


def show_grid(dataset: Dataset, indices: Sequence[int], captions: Sequence[str], key: str) -> None:
    """Draw photos side by side, as many in a row as there is room for.

    Args:
        dataset: where they are.
        indices: their positions in it.
        captions: what stands beneath each.
        key: unique on the page.
    """
    with st.container(horizontal=True, key=key):
        for index, caption in zip(indices, captions, strict=True):
            st.image(photo(dataset.id, int(index)), caption=plain(caption), width=_WIDTH, alt=caption)
