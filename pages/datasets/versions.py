"""The versions of a dataset: what is new in this one, and the way back to the one before."""

from __future__ import annotations

import streamlit as st

from pages.ui.errors import safely
from tlcore.datasets.dataset import Dataset, list_datasets
from tlcore.datasets.overview import change_sentence


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
            st.caption(f"This is a new version: {change_sentence(dataset)}", width="content")
        if parent in [other.id for other in others]:
            _way("Undo: back to the version before", parent, ":material/undo:")
        for child in children:
            _way(f"Newer version: {change_sentence(child)}", child.id, ":material/history:")


def _way(label: str, dataset_id: str, icon: str) -> None:
    # A link to the page that is open would look like where one is, and not like a way.
    st.button(label, icon=icon, type="tertiary", on_click=safely(_open), args=(dataset_id,), key=f"open-{dataset_id}")


def _open(dataset_id: str) -> None:
    st.query_params["dataset"] = dataset_id
