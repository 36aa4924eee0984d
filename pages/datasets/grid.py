"""A grid of photos of which many can be chosen, with the mouse, the keyboard or by touch."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import streamlit as st

from pages.datasets.choice import act, changes_of, choose, chosen_of, drawing
from pages.ui.browser.component import component
from pages.ui.errors import errors_shown, safely
from pages.ui.photos import show_picture
from tlcore.datasets.dataset import Dataset
from tlcore.datasets.thumbnails import tiles

PER_PAGE = 48
_LARGE = 500  # pixels of the short side of an enlarged photo, at most
_grid = component(
    "datasets_grid",
    Path(__file__).with_name("grid"),
    "<div class='grid' role='listbox' aria-multiselectable='true'></div><div class='keys'></div>",
)


def show_grid(
    dataset: Dataset,
    indices: Sequence[int] | np.ndarray,
    key: str,
    notes: Mapping[int, str] = MappingProxyType({}),
) -> None:
    """Draw photos with their classes to choose from; what is chosen is at `pages.datasets.choice.chosen_of`.

    Args:
        dataset: where they are.
        indices: their positions in it; a page of them.
        key: unique on the page.
        notes: photo → what else stands beneath it.
    """
    shown = tuple(map(int, indices))
    # What is chosen here is known to the browser first. Only what else changes it makes a new drawing, so that a click
    # does not send the pictures again.
    place = hashlib.sha256(repr((dataset.id, key, shown)).encode()).hexdigest()[:12]
    token, chosen = drawing(dataset.id, key, place, shown)
    changes = changes_of(dataset.id)
    images = [
        {
            "index": index,
            "label": dataset.classes[dataset.labels[index]],
            "note": notes.get(index, ""),
            "name": dataset.names[index],
            "becomes": changes.get(index) or "",
            "removed": index in changes and changes[index] is None,
            "picture": f"data:image/jpeg;base64,{base64.b64encode(tile).decode()}" if tile else "",
        }
        for index, tile in zip(shown, tiles(dataset, shown), strict=True)
    ]
    data = {
        "token": token,
        "title": f"{len(shown)} images",
        "images": images,
        "chosen": chosen,
        "keys": [[letter, name] for name, letter in letters(dataset.classes).items()],
    }
    grid_key = f"{key}-{dataset.id}"
    st.caption("Click images to choose several; with Shift all between. Double-click enlarges one.")
    _grid(
        data=data,
        key=grid_key,
        on_chosen_change=safely(lambda: _take_chosen(dataset, shown, grid_key)),
        on_act_change=safely(lambda: _take_action(dataset, shown, grid_key)),
        on_look_change=safely(lambda: _take_look(dataset, shown, grid_key)),
    )
    looked_at = st.session_state.pop(_looked_at(grid_key), None)
    if looked_at in shown:
        _show_large(dataset, looked_at)


def letters(classes: Sequence[str]) -> dict[str, str]:
    """Give classes a key each, where there is one: the first letter or digit of the name that is still free.

    Args:
        classes: their names.

    Returns:
        Name → key, or "" for a class whose letters are all taken.
    """
    taken: dict[str, str] = {}
    for name in classes:
        free = (letter for letter in name.lower() if letter.isalnum() and letter not in taken.values())
        taken[name] = next(free, "")
    return taken


@st.dialog("Enlarged")
@errors_shown()
def _show_large(dataset: Dataset, index: int) -> None:
    label, name = dataset.classes[dataset.labels[index]], dataset.names[index]
    show_picture(dataset.preview(index, _LARGE), f"{label}: {name}", f"A photo of the class {label}")


def _looked_at(key: str) -> str:
    return f"looked-at-{key}"


def _take_chosen(dataset: Dataset, shown: Sequence[int], key: str) -> None:
    _take(dataset, shown, key, "chosen")


def _take_action(dataset: Dataset, shown: Sequence[int], key: str) -> None:
    message = _take(dataset, shown, key, "act")
    if message:
        act(dataset, None if message["kind"] == "remove" else str(message["name"]))


def _take_look(dataset: Dataset, shown: Sequence[int], key: str) -> None:
    message = _take(dataset, shown, key, "look")
    if message:
        st.session_state[_looked_at(key)] = message["index"]


def _take(dataset: Dataset, shown: Sequence[int], key: str, name: str) -> dict | None:
    """Take a message of a grid, and what is chosen with it."""
    message = st.session_state[key].get(name)
    if message:
        choose(dataset.id, chosen_of(dataset.id) - {*shown} | {*shown} & {*message["images"]})
    return message
