"""Photos of a dataset with their classes, to look at and to correct; what was chosen becomes a new version."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.ui.errors import errors_shown, safely
from pages.ui.owner import nickname
from pages.ui.photos import photo, show_grid
from pages.ui.text import plain
from tlcore.datasets.dataset import Dataset
from tlcore.datasets.overview import mixed_order
from tlcore.runs.client import submit

_PER_PAGE = 24
_WIDTH = 128
_ALL = "All classes"
_REMOVE = "Remove from the dataset"


def show_photos(dataset: Dataset) -> None:
    """Draw the photos of a dataset, some at a time, with a way to change their classes.

    Args:
        dataset: any dataset.
    """
    indices = _chosen_class(dataset)
    pages = -(-len(indices) // _PER_PAGE)
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    page = left.number_input(f"Page (1 to {pages:,})", 1, pages, key=f"page-{dataset.id}-{len(indices)}")
    shown: list[int] = indices[(page - 1) * _PER_PAGE : page * _PER_PAGE].tolist()
    if right.toggle("Change labels or remove images", key=f"mend-{dataset.id}"):
        show_changeable(dataset, shown, [""] * len(shown), "photos")
        show_changes(dataset)
    else:
        show_grid(dataset, shown, [dataset.classes[dataset.labels[index]] for index in shown], "photos")


def show_changeable(dataset: Dataset, indices: Sequence[int], captions: Sequence[str], key: str) -> None:
    """Draw photos, each with the choice of its class.

    Args:
        dataset: where they are.
        indices: their positions in it.
        captions: what to say about each besides; "" for nothing.
        key: unique on the page.
    """
    with st.container(horizontal=True, key=f"{key}-changeable"):
        for index, caption in zip(map(int, indices), captions, strict=True):
            with st.container(width=_WIDTH + 32):
                st.image(photo(dataset.id, index), width=_WIDTH, alt=dataset.names[index], caption=plain(caption))
                _ask_class(dataset, index, key)


def show_changes(dataset: Dataset) -> None:
    """Draw what was chosen to change so far, with the button that makes a version of it.

    Args:
        dataset: any dataset.
    """
    changes = _changes(dataset.id)
    if not changes:
        st.caption(
            "Choose another class, type a new one, or remove an image. Nothing changes until you make a new version."
        )
        return
    removed = sorted(index for index, name in changes.items() if name == _REMOVE)
    relabeled = {str(index): name for index, name in changes.items() if name != _REMOVE}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.write(f"{len(relabeled)} to relabel, {len(removed)} to remove.")
        if st.button("Make a new version", type="primary", icon=":material/save:", key=f"save-{dataset.id}"):
            with errors_shown():
                request = {"parent": dataset.id, "relabeled": relabeled, "removed": removed}
                run = submit("version", request, f"New version of {dataset.name}", owner=nickname())
                changes.clear()
                st.switch_page("train/page.py", query_params={"run": run.id})
        st.button("Discard", icon=":material/undo:", on_click=safely(_discard), args=(dataset.id,))


def _chosen_class(dataset: Dataset) -> np.ndarray:
    counts = dataset.counts()
    name = st.selectbox(
        "Class",
        [_ALL, *dataset.classes],
        format_func=lambda name: f"{name} ({counts.get(name, len(dataset)):,})",
        key=f"class-{dataset.id}",
    )
    if name == _ALL:
        return mixed_order(dataset)
    return np.flatnonzero(dataset.labels == dataset.classes.index(name))


def _ask_class(dataset: Dataset, index: int, key: str) -> None:
    chosen = _changes(dataset.id).get(index, dataset.classes[dataset.labels[index]])
    options = list(dict.fromkeys([*dataset.classes, chosen, _REMOVE]))
    # A number in the key makes new fields after the choices were discarded.
    field = f"{key}-{dataset.id}-{index}-{st.session_state.get(_rounds(dataset.id), 0)}"
    st.selectbox(
        f"Class of image {index + 1}",
        options,
        index=options.index(chosen),
        accept_new_options=True,
        label_visibility="collapsed",
        key=field,
        on_change=safely(_note),
        args=(dataset.id, index, dataset.classes[dataset.labels[index]], field),
    )


def _note(dataset_id: str, index: int, label: str, field: str) -> None:
    changes, name = _changes(dataset_id), st.session_state[field]
    if name is None or name == label:
        changes.pop(index, None)
    else:
        changes[index] = name


def _changes(dataset_id: str) -> dict[int, str]:
    """Photo → its new class, or `_REMOVE`, as chosen so far."""
    return st.session_state.setdefault(f"changes-{dataset_id}", {})


def _rounds(dataset_id: str) -> str:
    return f"change-rounds-{dataset_id}"


def _discard(dataset_id: str) -> None:
    _changes(dataset_id).clear()
    st.session_state[_rounds(dataset_id)] = st.session_state.get(_rounds(dataset_id), 0) + 1
