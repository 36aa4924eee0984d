"""Photos of a dataset, each with what runs say about it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from pages.ui.photos import photo
from tlcore.comparison.comparison import ComparedRun
from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.thumbnails import SIDE
from tlcore.text import probability_text

_STEP = 12


def show_photos(item: ComparedRun, positions: np.ndarray, caption: Callable[[int], str], key: str) -> None:
    """Draw photos of a run's test part, some at first, more on demand.

    Args:
        item: a run; its dataset holds the photos.
        positions: int (n,), within the test part, in the order to show.
        caption: what to write beneath the photo at a position, Markdown.
        key: unique on the page and for these photos.

    Raises:
        NotFoundError: if the dataset is gone.
    """
    if not len(positions):
        st.caption("No images to show.")
        return
    indices = item.predictions().indices
    dataset = open_dataset(item.run.plan["dataset"])
    with st.container(horizontal=True, key=f"{key}-photos"):
        for position in positions[: shown_of(key)]:
            alt = f"A test image of {item.classes[item.predictions().labels[position]]}"
            st.image(photo(dataset.id, int(indices[position])), caption=caption(position), width=SIDE, alt=alt)
    offer_more(key, len(positions))


def shown_of(key: str, step: int = _STEP) -> int:
    """How many photos of a list are shown so far.

    Args:
        key: of the list, unique on the page.
        step: how many at first.
    """
    return st.session_state.setdefault(f"{key}-shown", step)


def offer_more(key: str, number: int, step: int = _STEP) -> None:
    """Draw the button that shows more photos of a list, if there are any.

    Args:
        key: of the list, as `shown_of` was given.
        number: of photos in it.
        step: how many more.
    """
    shown = st.session_state[f"{key}-shown"]
    if number > shown and st.button(f"Show more ({shown} of {number} shown)", key=f"{key}-more"):
        st.session_state[f"{key}-shown"] = shown + step
        st.rerun(scope="fragment")


def answer_text(item: ComparedRun, position: int) -> str:
    """What a run says about a test photo.

    Args:
        item: the run.
        position: of the photo within the test part.

    Returns:
        Such as "dog (98 %)".
    """
    predictions = item.predictions()
    answer = predictions.predicted[position]
    return f"{item.classes[answer]} ({probability_text(float(predictions.probabilities[position, answer]))})"
