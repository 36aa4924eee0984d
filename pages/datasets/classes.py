"""The classes of a dataset as cards with a few images each; a click shows all of them."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import streamlit as st

from pages.datasets.address import open_class
from pages.ui.browser.component import component
from pages.ui.errors import safely
from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.datasets.parts import PART_TITLES, PARTS
from tlcore.datasets.thumbnails import tiles

_cards = component(
    "datasets_classes", Path(__file__).with_name("classes"), "<div class='cards'></div><div class='legend'></div>"
)
_PER_PAGE = 24
_SIDE = 96  # pixels of a picture
_A_ROW = 9  # pictures that stand in a row at most
_MOST_ROWS = ((2, 5), (6, 3))  # classes → rows of pictures in each card; with more classes one


def show_classes(dataset: Dataset) -> None:
    """Draw the classes of a dataset.

    Args:
        dataset: any dataset.
    """
    pages = -(-len(dataset.classes) // _PER_PAGE)
    place = st.container()
    page = st.pagination(pages, key=f"classes-page-{dataset.id}") if pages > 1 else 1
    key = f"classes-{dataset.id}"
    with place:
        _cards(data=_drawn(dataset.id, page), key=key, on_open_change=safely(lambda: _open(key)))


def _open(key: str) -> None:
    name = st.session_state[key].get("open")
    if name is not None:
        open_class(str(name))


@st.cache_data(max_entries=64, show_spinner=False)
def _drawn(dataset_id: str, page: int) -> dict:
    """What the browser draws of the classes of a page."""
    dataset = open_dataset(dataset_id)
    rows = next((rows for classes, rows in _MOST_ROWS if len(dataset.classes) <= classes), 1)
    counts = np.bincount(dataset.labels, minlength=len(dataset.classes))
    parts = [np.bincount(dataset.labels[dataset.parts == part], minlength=len(counts)) for part in range(len(PARTS))]
    shown = range((page - 1) * _PER_PAGE, min(page * _PER_PAGE, len(dataset.classes)))
    drawn = []
    for label in shown:
        members = np.flatnonzero(dataset.labels == label)
        chosen = members[np.linspace(0, len(members) - 1, min(rows * _A_ROW, len(members))).astype(int)]
        given = [int(each[label]) for each in parts]
        pieces = given if sum(given) else [int(counts[label])]
        drawn.append(
            {
                "name": dataset.classes[label],
                "count": int(counts[label]),
                "shares": [piece / int(counts.max()) for piece in pieces],
                "pictures": [
                    f"data:image/jpeg;base64,{base64.b64encode(tile).decode()}"
                    for tile in tiles(dataset, chosen, _SIDE)
                    if tile
                ],
            }
        )
    return {"rows": rows, "classes": drawn, "parts": [*PART_TITLES.values()] if dataset.given_parts() else []}
