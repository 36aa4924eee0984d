"""A dataset at a glance: classes, split, sizes, what the import found, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.photos import show_grid
from pages.ui.text import plain
from tlcore.datasets.checking.report import ImportReport
from tlcore.datasets.dataset import Dataset, list_datasets
from tlcore.datasets.overview import change_sentence, class_rows, size_sentence
from tlcore.datasets.splits import split
from tlcore.errors import DatasetError

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


def show_overview(dataset: Dataset) -> None:
    """Draw what there is to know about a dataset.

    Args:
        dataset: any dataset.
    """
    _show_origin(dataset)
    rows, is_split, sentence = _rows(dataset.id, dataset)
    left, right = st.columns([3, 2])
    with left:
        most = max(row["images"] for row in rows)
        bar = st.column_config.ProgressColumn("Images", format="%d", min_value=0, max_value=most)
        st.dataframe(
            rows, hide_index=True, column_config={**_TITLES, "images": bar}, height=min(388, 35 * (len(rows) + 1) + 3)
        )
    with right:
        st.write(f"**{len(dataset):,} images** in {len(dataset.classes):,} classes. {size_sentence(dataset)}")
        if is_split:
            parts = plain(sentence[0].lower() + sentence[1:])
            st.caption(f"In a new plan: {parts} A run may have used another split; see its page.")
        else:
            st.warning(plain(sentence), icon=":material/call_split:")
        _show_report(dataset)


@st.cache_data(max_entries=32, show_spinner=False)
def _rows(dataset_id: str, _dataset: Dataset) -> tuple[list[dict], bool, str]:
    """Counts by class and part, and where the split comes from; where none is possible without the parts, and why."""
    try:
        parts = split(_dataset)
        return class_rows(_dataset, parts), True, parts.sentence
    except DatasetError as error:
        return class_rows(_dataset, None), False, str(error)


def _show_origin(dataset: Dataset) -> None:
    parent = dataset.source.get("parent")
    children = [other for other in list_datasets() if other.source.get("parent") == dataset.id]
    if not parent and not children:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if parent:
            st.caption(f"Changed from an earlier version: {change_sentence(dataset)}")
            _link("Previous version", parent)
        for child in children:
            _link(f"Newer version: {change_sentence(child)}", child.id)


def _link(label: str, dataset_id: str) -> None:
    st.page_link("datasets/page.py", label=label, icon=":material/history:", query_params={"dataset": dataset_id})


def _show_report(dataset: Dataset) -> None:
    report = dataset.report
    sentences = report.sentences()
    if not sentences:
        st.success("The import found no problems.", icon=":material/check_circle:")
        return
    for sentence in sentences:
        st.markdown(f"- {plain(sentence)}")
    if _has_details(report) and st.toggle("Show details", key=f"found-{dataset.id}"):
        _show_details(dataset, report)


def _has_details(report: ImportReport) -> bool:
    return any(
        (report.unreadable, report.conflicts, report.duplicates, report.near_duplicates, report.small_classes[_NAMED:])
    )


def _show_details(dataset: Dataset, report: ImportReport) -> None:
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
