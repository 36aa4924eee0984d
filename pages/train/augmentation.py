"""The choice of an augmentation, with pictures of what it makes of a photo."""

from __future__ import annotations

import numpy as np
import streamlit as st

from tlcore.datasets.dataset import open_dataset
from tlcore.images.augment import AUGMENTATIONS, Augmentation
from tlcore.images.augment_presets import PRESETS, read_augmentation, write_augmentation
from tlcore.training.features.cache import FeatureKey, read_pixels

_OWN = "own"
_PREVIEWS = 8
_WIDTH = 76  # pixels; eight stand in one row beside the picture of the network
_SLIDER = 150


def choose_augmentation(value: str, help: str, key: str) -> str:
    """Draw the choice of a mixture, or of its strengths one by one.

    Args:
        value: as a plan writes it.
        help: one sentence.
        key: unique on the page.

    Returns:
        The augmentation as a plan writes it.
    """
    presets = {row.name: row for row in PRESETS}
    names = [*presets, _OWN]
    chosen = st.selectbox(
        "Augmentation",
        names,
        index=names.index(value if value in presets else _OWN),
        format_func=lambda name: presets[name].title if name in presets else "Your own mix",
        help=help,
        key=key,
    )
    if chosen != _OWN:
        st.caption(presets[chosen].help)
        return chosen
    strengths = read_augmentation(value)
    with st.grid(min_column_width=_SLIDER, key=f"{key}-strengths"):
        return write_augmentation(
            {row.name: _ask_strength(row, strengths.get(row.name, 0.0), key) for row in AUGMENTATIONS}
        )


def _ask_strength(row: Augmentation, strength: float, key: str) -> float:
    """Draw the slider of a strength: shares in per cent, angles in degrees."""
    scale, written = (100, "%g %%") if row.most <= 1 else (1, "%g°")
    shown = st.slider(
        row.title,
        0.0,
        scale * row.most,
        round(scale * strength, 4),
        step=scale * row.most / 20,
        format=written,
        help=row.help,
        key=f"{key}-{row.name}",
    )
    return round(shown / scale, 6)


def show_views(dataset: str, augmentation: str, views: int, input_size: int, resize: str) -> None:
    """Show what an augmentation makes of a photo, and say what changed copies mean.

    Args:
        dataset: id.
        augmentation: as a plan writes it.
        views: changed copies of each photo that are kept; 0 for new ones each epoch.
        input_size: side of the network's input in pixels.
        resize: mode of `tlcore.images.resize`.
    """
    if augmentation == "none":
        return
    with st.container(horizontal=True, gap="xsmall", key="augmented"):
        for view, picture in enumerate(_previews(dataset, augmentation, input_size, resize), start=1):
            st.image(picture, width=_WIDTH, alt=f"Changed copy {view}")
    st.caption(
        f"{views} changed copies of each image are computed once and used in turn, one per epoch, so training is as "
        "fast as without augmentation. Test and validation images are never changed."
        if views
        else "Each epoch changes every image in a new way: more variety, but the whole network is computed every time. "
        "Test and validation images are never changed."
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _previews(dataset: str, augmentation: str, input_size: int, resize: str) -> list[np.ndarray]:
    """Changed copies of the dataset's first photo, just as training gets them."""
    photos = open_dataset(dataset)
    keys = [FeatureKey("", input_size, 3, resize, "", augmentation, view) for view in range(_PREVIEWS)]
    return [read_pixels(photos, 0, key) for key in keys]
