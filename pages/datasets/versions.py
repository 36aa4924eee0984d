"""The versions of a dataset: what is new in this one, and the way back to the one before."""

from __future__ import annotations

import streamlit as st

from pages.entrance.visitor import why_not
from pages.ui.errors import safely
from tlcore.datasets.dataset import Dataset, list_datasets
from tlcore.datasets.overview import change_sentence
from tlcore.datasets.places import maker_of
from tlcore.runs.client import delete_unused_dataset, runs_on_dataset
from tlcore.settings import KEEP_DELETED


def show_versions(dataset: Dataset) -> None:
    """Draw the links to the versions before and after, if there are any.

    Args:
        dataset: any dataset.
    """
    parent = dataset.source.get("parent")
    others = list_datasets()
    children = [other for other in others if other.source.get("parent") == dataset.id]
    if not parent and not children:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if parent:
            made = f"{dataset.created[:16].replace('T', ' ')} UTC"
            st.markdown(
                f":material/edit: **Changed version** of {made}: {change_sentence(dataset)}",
                width="content",
            )
        if parent in [other.id for other in others]:
            _way("Open the version before", parent, ":material/history:")
            if not children and not runs_on_dataset(dataset.id) and not why_not(maker_of(dataset.id)):
                st.button(
                    "Undo",
                    help=f"Deletes this version and opens the one before. For {KEEP_DELETED.days} days it can be "
                    "restored under “Deleted datasets”.",
                    icon=":material/undo:",
                    type="tertiary",
                    on_click=safely(_undo),
                    args=(dataset.id, parent),
                )
        for child in children:
            _way(f"Newer version: {change_sentence(child)}", child.id, ":material/history:")


def _way(label: str, dataset_id: str, icon: str) -> None:
    # A link to the page that is open would look like where one is, and not like a way.
    st.button(label, icon=icon, type="tertiary", on_click=safely(_open), args=(dataset_id,), key=f"open-{dataset_id}")


def _open(dataset_id: str) -> None:
    st.query_params["dataset"] = dataset_id


def _undo(dataset_id: str, parent: str) -> None:
    delete_unused_dataset(dataset_id)
    _open(parent)
