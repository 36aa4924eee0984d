"""All that is known of a dataset: the table of its classes and parts, what the import found, and how it came about."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.datasets.delete import show_delete
from pages.datasets.parts import parts_of
from pages.ui.photos import show_grid
from pages.ui.text import plain
from tlcore.datasets.checking.report import ImportReport
from tlcore.datasets.dataset import Dataset

_TITLES = {
    "class": "Class",
    "given train": "Training (as given)",
    "given validation": "Validation (as given)",
    "given test": "Test (as given)",
    "train": "Training",
    "validation": "Validation",
    "test": "Test",
}
_MOST_GROUPS = 12
_MOST_FILES = 200
_NAMED = 5  # small classes that the sentence about them names itself


def show_details(dataset: Dataset) -> None:
    """Draw what a first look can do without.

    Args:
        dataset: any dataset.
    """
    left, right = st.columns([3, 2], gap="large")
    with left:
        _show_table(dataset)
    with right:
        st.caption(
            f"Imported {dataset.created[:16].replace('T', ' ')} UTC from the source {plain(dataset.source['source'])}. "
            f"Name for the command line: `{dataset.id}`"
        )
        show_delete(dataset)
    _show_found(dataset, dataset.report)


def _show_table(dataset: Dataset) -> None:
    rows = parts_of(dataset.id).rows
    bar = st.column_config.ProgressColumn(
        "Images", format="%d", min_value=0, max_value=max(row["images"] for row in rows)
    )
    height = min(388, 35 * (len(rows) + 1) + 3)
    st.dataframe(rows, hide_index=True, column_config={**_TITLES, "images": bar}, height=height)


def _show_found(dataset: Dataset, report: ImportReport) -> None:
    if report.unreadable:
        st.markdown("**Files left out**")
        st.dataframe(
            [{"File": name, "Reason": why} for name, why in report.unreadable[:_MOST_FILES]],
            hide_index=True,
            height=200,
        )
    if report.small_classes[_NAMED:]:
        st.markdown("**Classes with few images**")
        st.dataframe(
            [{"Class": name, "Images": count} for name, count in report.small_classes], hide_index=True, height=200
        )
    for title, groups in (
        ("Look alike but have different classes", report.conflicts),
        ("Exact duplicates", report.duplicates),
        ("Near duplicates", report.near_duplicates),
    ):
        if groups:
            st.markdown(f"**{title}**")
            _show_groups(dataset, groups, title)


def _show_groups(dataset: Dataset, groups: Sequence[Sequence[str]], title: str) -> None:
    positions = {name: index for index, name in enumerate(dataset.names)}
    for number, group in enumerate(groups[:_MOST_GROUPS]):
        # In a version, some of a group may be gone.
        indices = [positions[name] for name in group if name in positions]
        captions = [f"{dataset.classes[dataset.labels[index]]}: {dataset.names[index]}" for index in indices]
        show_grid(dataset, indices, captions, f"{title}-{number}")
    if len(groups) > _MOST_GROUPS:
        st.caption(
            f"First {_MOST_GROUPS} of {len(groups)} groups. For all: `python -m tlcore data show {dataset.id} --json`"
        )
