"""Datasets: what a network will learn from, what the import found, and how to correct it."""

from collections.abc import Callable

import streamlit as st

from pages.datasets.address import DETAILS, IMAGES, JUDGE, MAP, OVERVIEW, SUSPECTS, TAB, TABS
from pages.datasets.choice import seen_of, show_actions
from pages.datasets.delete import show_damaged_datasets, show_deleted_datasets
from pages.datasets.details import show_details
from pages.datasets.images import show_images
from pages.datasets.job import show_job, show_made
from pages.datasets.map.view import show_map
from pages.datasets.overview import show_overview
from pages.datasets.suspects import show_suspects
from pages.datasets.versions import show_versions
from pages.ui.dataset_picker import JOB, add_button, choose_dataset
from pages.ui.errors import errors_shown, safely
from tlcore.datasets.dataset import Dataset

_SHOW: dict[str, Callable[[Dataset], dict[int, str] | None]] = {  # tab → what it draws; some suggest classes
    OVERVIEW: show_overview,
    IMAGES: show_images,
    MAP: show_map,
    SUSPECTS: show_suspects,
    DETAILS: show_details,
}


def _show_dataset(dataset: Dataset) -> None:
    show_made()
    show_versions(dataset)
    if JUDGE in st.query_params and TAB not in st.session_state and TAB not in st.query_params:
        st.session_state[TAB] = SUSPECTS
    tabs = dict(zip(TABS, st.tabs(TABS, key=TAB, bind="query-params"), strict=True))
    suggestions: dict[int, str] = {}
    seen_of(dataset.id).clear()
    for name, show in _SHOW.items():
        if tabs[name].open:
            with tabs[name]:
                suggestions = show(dataset) or {}
    show_actions(dataset, suggestions)


def _show_head() -> Dataset | None:
    choice, actions = st.columns([3, 2], vertical_alignment="bottom")
    with choice:
        dataset = choose_dataset()
    if dataset is not None:
        with actions, st.container(horizontal=True):
            if st.button("Train on it", type="primary", icon=":material/model_training:"):
                st.switch_page("train/page.py", query_params={"dataset": dataset.id})
            add_button()
    return dataset


st.title("Datasets")
with errors_shown():
    if JOB in st.query_params:
        show_job(st.query_params[JOB])
        st.button(
            "All datasets", icon=":material/photo_library:", type="tertiary", on_click=safely(st.query_params.clear)
        )
    else:
        dataset = _show_head()
        if dataset is not None:
            _show_dataset(dataset)
with errors_shown():
    show_damaged_datasets()
    show_deleted_datasets()
