"""Datasets: what a network will learn from, what the import found, and how to correct it."""

import streamlit as st

from pages.datasets.address import DETAILS, IMAGES, JUDGE, MAP, OVERVIEW, SUSPECTS, TAB, TABS
from pages.datasets.choice import show_actions
from pages.datasets.delete import show_damaged_datasets, show_deleted_datasets
from pages.datasets.details import show_details
from pages.datasets.images import show_images
from pages.datasets.job import show_job
from pages.datasets.map import show_map
from pages.datasets.overview import show_overview
from pages.datasets.suspects import show_suspects
from pages.datasets.versions import show_versions
from pages.ui.dataset_picker import JOB, add_button, choose_dataset
from pages.ui.errors import errors_shown
from tlcore.datasets.dataset import Dataset


def _show_dataset(dataset: Dataset) -> None:
    show_versions(dataset)
    if JUDGE in st.query_params and TAB not in st.session_state and TAB not in st.query_params:
        st.session_state[TAB] = SUSPECTS
    tabs = dict(zip(TABS, st.tabs(TABS, key=TAB, bind="query-params"), strict=True))
    suggestions: dict[int, str] = {}
    for name, show in ((OVERVIEW, show_overview), (IMAGES, show_images), (MAP, show_map), (DETAILS, show_details)):
        if tabs[name].open:
            with tabs[name]:
                show(dataset)
    if tabs[SUSPECTS].open:
        with tabs[SUSPECTS]:
            suggestions = show_suspects(dataset)
    show_actions(dataset, suggestions)


def _show_head() -> Dataset | None:
    choice, train, add = st.columns([6, 2, 2], vertical_alignment="bottom")
    with choice:
        dataset = choose_dataset()
    if dataset is not None:
        with train:
            if st.button("Train on it", type="primary", icon=":material/model_training:", width="stretch"):
                st.switch_page("train/page.py", query_params={"dataset": dataset.id})
        with add:
            add_button()
    return dataset


st.title("Datasets")
with errors_shown():
    if JOB in st.query_params:
        show_job(st.query_params[JOB])
        st.page_link("datasets/page.py", label="All datasets", icon=":material/photo_library:")
    else:
        dataset = _show_head()
        if dataset is not None:
            _show_dataset(dataset)
with errors_shown():
    show_damaged_datasets()
    show_deleted_datasets()
