"""The photo of the point on the map that the pointer rests on, shown beside the pointer."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.ui.browser.component import component
from pages.ui.errors import errors_shown, safely
from pages.ui.photos import photo
from tlcore.datasets.dataset import open_dataset

_pointed = component("datasets_pointed", Path(__file__).with_name("pointed"), "<div class='pointed' hidden></div>")


def _described(dataset_id: str, index: int) -> dict[str, str]:
    dataset = open_dataset(dataset_id)
    return {
        "picture": photo(dataset_id, index),
        "label": dataset.classes[dataset.labels[index]],
        "name": dataset.names[index],
    }


@st.fragment
@errors_shown()
def show_pointed(dataset_id: str, chart: str) -> None:
    """Let photos appear where the pointer rests on a chart; they travel one by one, when they are asked for.

    Args:
        dataset_id: of the photos.
        chart: key of the chart, whose points carry positions in the dataset.
    """
    key = f"pointed-{chart}"
    wanted = (st.session_state.get(key) or {}).get("wanted")
    pictures = {} if wanted is None else {str(wanted): _described(dataset_id, int(wanted))}
    _pointed(key=key, data={"chart": chart, "pictures": pictures}, on_wanted_change=safely(lambda: None))
