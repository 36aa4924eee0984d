"""What came of an import: some of the images, how many there are, what was found, and where to go on."""

from __future__ import annotations

import streamlit as st

from pages.ui.photos import show_examples
from pages.ui.text import plain
from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.overview import size_sentence
from tlcore.runs.run import Run


def show_import(run: Run) -> None:
    """Draw the dataset that a run has imported or changed.

    Args:
        run: finished.

    Raises:
        NotFoundError: if the dataset is gone.
    """
    dataset = open_dataset(run.result["dataset"])
    st.subheader(plain(dataset.name), anchor=False)
    show_examples(dataset)
    left_out = len(dataset.report.unreadable)
    with st.container(horizontal=True):
        st.metric("Images", f"{len(dataset):,}", width=150)
        st.metric("Classes", f"{len(dataset.classes):,}", width=150)
        st.metric("Files left out", f"{left_out:,}", width=150, help="Files that could not be read as images.")
    st.write(size_sentence(dataset))
    found = dataset.report.sentences()
    if found:
        st.info(
            "What the checks found:\n" + "\n".join(f"- {plain(each)}" for each in found), icon=":material/fact_check:"
        )
    else:
        st.success("The checks found no problems.", icon=":material/check_circle:")
    with st.container(horizontal=True):
        if st.button("Train on this dataset", type="primary", icon=":material/model_training:"):
            st.switch_page("train/page.py", query_params={"dataset": dataset.id})
        if st.button("Look at the dataset", icon=":material/grid_view:"):
            st.switch_page("datasets/page.py", query_params={"dataset": dataset.id})
