"""Datasets: what a network will learn from, what the import found, and how to correct it."""

import streamlit as st

from pages.datasets.delete import show_damaged_datasets, show_delete, show_deleted_datasets
from pages.datasets.mend import show_photos
from pages.datasets.overview import show_overview
from pages.datasets.suspects import show_suspects
from pages.ui.dataset_picker import choose_dataset
from pages.ui.errors import errors_shown

st.title("Datasets")
st.write("See what a network will learn from, and correct it. Changes make a new version; the old one stays.")
dataset = None
with errors_shown():
    dataset = choose_dataset()
if dataset is not None:
    with errors_shown():
        show_overview(dataset)
        titles = ["Images", "Suspect labels"]
        opened = titles["judge" in st.query_params]
        photos, suspects = st.tabs(titles, default=opened, on_change="rerun", key=f"tabs-{dataset.id}")
        if photos.open:
            with photos:
                show_photos(dataset)
        if suspects.open:
            with suspects:
                show_suspects(dataset)
        st.page_link(
            "train/page.py",
            label="Train on this dataset",
            icon=":material/model_training:",
            query_params={"dataset": dataset.id},
        )
        show_delete(dataset)
with errors_shown():
    show_damaged_datasets()
    show_deleted_datasets()
