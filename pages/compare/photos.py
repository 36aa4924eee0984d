"""A grid of a dataset's photos, each with what runs say about it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun
from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.datasets.thumbnails import SIDE, thumbnail

_STEP = 18


@st.cache_data(max_entries=3000, show_spinner=False)
def _thumbnail(digest: str, index: int, _dataset: Dataset) -> bytes:
    return thumbnail(_dataset, index)


def show_photos(item: ComparedRun, positions: np.ndarray, caption: Callable[[int], str], key: str) -> None:
    """Draw photos of a run's test part, some at first, more on demand.

    Args:
        item: a run; its dataset holds the photos.
        positions: int (n,), within the test part, in the order to show.
        caption: what to write beneath the photo at a position.
        key: unique on the page and for these photos.

    Raises:
        NotFoundError: if the dataset is gone.
    """
    if not len(positions):
        st.caption("No images to show.")
        return
    shown = st.session_state.setdefault(f"{key}-shown", _STEP)
    indices = item.predictions().indices
    dataset = open_dataset(item.run.plan["dataset"])
    with st.container(horizontal=True, key=f"{key}-photos"):
        for position in positions[:shown]:
            words = caption(position)
            picture = _thumbnail(dataset.digest, int(indices[position]), dataset)
            st.image(picture, caption=plain(words), width=SIDE, alt=words)
    if len(positions) > shown and st.button(f"Show more ({shown} of {len(positions)} shown)", key=f"{key}-more"):
        st.session_state[f"{key}-shown"] = shown + _STEP
        st.rerun(scope="fragment")


def answer_text(item: ComparedRun, position: int) -> str:
    """What a run says about a test photo.

    Args:
        item: the run.
        position: of the photo within the test part.

    Returns:
        Such as "dog (98.1 %)".
    """
    predictions = item.predictions()
    answer = predictions.predicted[position]
    return f"{item.classes[answer]} ({100 * predictions.probabilities[position, answer]:.1f} %)"
