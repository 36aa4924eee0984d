"""Deleting a dataset, and bringing it back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import streamlit as st

from pages.entrance.visitor import why_not
from pages.ui.errors import safely
from pages.ui.text import plain
from tlcore.datasets.dataset import Dataset, damaged_datasets
from tlcore.datasets.deleting import deleted_datasets, restore_dataset
from tlcore.datasets.places import maker_of
from tlcore.errors import NotFoundError, StateError
from tlcore.runs.client import delete_unused_dataset, runs_on_dataset
from tlcore.settings import KEEP_DELETED


def show_delete(dataset: Dataset) -> None:
    """Draw the button that deletes a dataset, with what that means for the runs made with it.

    Args:
        dataset: any dataset.
    """
    runs = runs_on_dataset(dataset.id)
    refusal = why_not(maker_of(dataset.id))
    unfinished = sum(not run.has_ended for run in runs)
    with st.popover("Delete this dataset", icon=":material/delete:", key=f"delete-{dataset.id}"):
        said = [f"You can restore it for {KEEP_DELETED.days} days."]
        if runs:
            them = "One run was" if len(runs) == 1 else f"{len(runs):,} runs were"
            said.append(f"{them} made with it. Results are kept, but run pages will no longer show its images.")
        st.write(" ".join(said))
        st.button(
            "Delete",
            icon=":material/delete:",
            disabled=unfinished > 0 or bool(refusal),
            help=refusal or ("Unfinished runs still need it. Stop them first." if unfinished else None),
            on_click=safely(_delete),
            args=(dataset.id,),
            key=f"delete-now-{dataset.id}",
        )


def show_damaged_datasets() -> None:
    """Name the datasets that cannot be read, each with the button that deletes it."""
    for id, error in damaged_datasets().items():
        with st.container(border=True):
            st.error(plain(str(error)), icon=":material/broken_image:")
            _button("Delete", ":material/delete:", _delete, id, f"delete-damaged-{id}")


def show_deleted_datasets() -> None:
    """Draw the datasets that can be brought back, if there are any."""
    ids = deleted_datasets()
    if not ids:
        return
    with st.popover(f"Deleted datasets ({len(ids)})", icon=":material/restore_from_trash:", key="deleted-datasets"):
        for id in ids:
            name, button = st.columns([3, 1], vertical_alignment="center")
            name.write(plain(id))
            with button:
                _button("Restore", ":material/undo:", _restore, id, f"restore-{id}")


def _button(label: str, icon: str, change: Callable[[str], None], id: str, key: str) -> None:
    """Draw a button that changes a dataset, for whoever may."""
    refusal = why_not(maker_of(id))
    st.button(label, icon=icon, disabled=bool(refusal), help=refusal, on_click=safely(change), args=(id,), key=key)


def _delete(id: str) -> None:
    # Somebody else may have deleted it, or have begun to train on it: the page then shows how things are.
    with contextlib.suppress(NotFoundError, StateError):
        delete_unused_dataset(id)


def _restore(id: str) -> None:
    with contextlib.suppress(NotFoundError):
        restore_dataset(id)
        st.query_params["dataset"] = id
