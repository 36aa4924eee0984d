"""A dataset at a glance: what its classes look like, the one sentence that matters, and how it is split."""

from __future__ import annotations

import streamlit as st

from pages.datasets.classes import show_classes
from pages.datasets.parts import parts_of
from pages.ui.text import plain
from tlcore.datasets.dataset import Dataset
from tlcore.datasets.overview import balance_text, size_sentence
from tlcore.datasets.parts import PART_TITLES


def show_overview(dataset: Dataset) -> None:
    """Draw what a network will learn from.

    Args:
        dataset: any dataset.
    """
    pictures, words = st.columns([5, 3], gap="large")
    with words:
        st.markdown(f"#### {plain(balance_text(dataset))}.")
        st.write(size_sentence(dataset))
        _show_findings(dataset)
        _show_parts(dataset)
    with pictures:
        show_classes(dataset)
        st.caption("Click a class to see all of its images.")


def _show_findings(dataset: Dataset) -> None:
    found = dataset.report.sentences()
    if not found:
        st.success("The import found no problems.", icon=":material/check_circle:")
        return
    said = "\n".join(f"- {plain(sentence)}" for sentence in found)
    st.info(f"What the import found:\n{said}", icon=":material/fact_check:")


def _show_parts(dataset: Dataset) -> None:
    parts = parts_of(dataset.id)
    if not parts.is_split:
        st.warning(plain(parts.sentence), icon=":material/call_split:")
        return
    given = dataset.given_parts()
    with st.container(horizontal=True):
        for title, count in zip(PART_TITLES.values(), parts.counts(), strict=True):
            st.metric(title, f"{count:,}", width=88)
    if given:
        listed = ", ".join(f"{PART_TITLES[part].lower()} {count:,}" for part, count in given.items())
        st.caption(f"The images came split: {listed}. {plain(parts.sentence)}")
    else:
        st.caption(f"The images came in one piece. {plain(parts.sentence)}")
