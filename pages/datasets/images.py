"""All photos of a dataset, a page at a time, by class and part."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages.datasets.address import CHANGED, CLASS, PAGE, PART
from pages.datasets.grid import PER_PAGE, show_grid
from pages.datasets.parts import parts_of
from pages.ui.errors import safely
from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.datasets.overview import changed_images, mixed_order
from tlcore.datasets.parts import NOT_GIVEN, PART_TITLES
from tlcore.datasets.thumbnails import prepare_tiles
from tlcore.text import count_text


def show_images(dataset: Dataset) -> None:
    """Draw the photos of a dataset, to look at and to choose from.

    Args:
        dataset: any dataset.
    """
    with st.container(horizontal=True):  # labels stand in one line, above fields of several heights
        name = st.selectbox(
            "Class",
            dataset.classes,
            index=None,
            placeholder="All classes",
            width=260,
            key=CLASS,
            bind="query-params",
            on_change=safely(_begin_anew),
        )
        part = _ask_part(dataset)
    is_changed = _ask_changed(dataset)
    indices = _filtered(dataset.id, name, part, is_changed)
    pages = max(1, -(-len(indices) // PER_PAGE))
    page = min(st.session_state.get(PAGE) or 1, pages)
    if not len(indices):
        st.info("No image is of this choice.", icon=":material/filter_alt_off:")
        return
    place = st.container()
    if pages > 1:
        page = st.pagination(pages, key=PAGE, bind="query-params")
    st.caption(f"{count_text(len(indices), 'image')}, page {page:,} of {pages:,}")
    with place:
        show_grid(dataset, indices[(page - 1) * PER_PAGE : page * PER_PAGE], "images")
    prepare_tiles(dataset, indices[page * PER_PAGE : (page + 1) * PER_PAGE])


def _ask_part(dataset: Dataset) -> str | None:
    """The title of a part, or None for all; where there are none nobody is asked."""
    titles = [title for title, count in zip(PART_TITLES.values(), parts_of(dataset.id).counts(), strict=True) if count]
    if len(titles) < 2:
        return None
    is_given = (dataset.parts != NOT_GIVEN).any()
    help = "As the dataset came split." if is_given else "As a run would split the images, unless you change it."
    return st.segmented_control("Part", titles, help=help, key=PART, bind="query-params", on_change=safely(_begin_anew))


def _ask_changed(dataset: Dataset) -> bool:
    """Whether only those are shown that this version put into another class; where there are none nobody is asked."""
    changed = int(changed_images(dataset).sum())
    if not changed:
        return False
    label = f"Only the {changed:,} changed" if changed > 1 else "Only the one changed"
    return st.toggle(label, key=CHANGED, bind="query-params", on_change=safely(_begin_anew))


def _begin_anew() -> None:
    st.session_state[PAGE] = 1


@st.cache_data(max_entries=64, show_spinner=False)
def _filtered(dataset_id: str, name: str | None, part: str | None, is_changed: bool) -> np.ndarray:
    """Positions of the photos of a class and part, perhaps only of changed ones; of all classes one in turn."""
    dataset = open_dataset(dataset_id)
    kept = np.ones(len(dataset), bool)
    if name is not None:
        kept &= dataset.labels == dataset.classes.index(name)
    if part is not None:
        kept &= parts_of(dataset_id).of_image == [*PART_TITLES.values()].index(part)
    if is_changed:
        kept &= changed_images(dataset)
    order = mixed_order(dataset)
    return order[kept[order]]
