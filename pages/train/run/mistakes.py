"""What a run gets most wrong at present, as pictures."""

from __future__ import annotations

import streamlit as st

from pages.ui.photos import show_grid
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import NotFoundError
from tlcore.runs.run import Event, Run


def class_names(run: Run) -> tuple[str, ...]:
    """The classes that a training run tells apart; none if its dataset is gone and it has no result.

    Args:
        run: a training run.
    """
    if run.result:
        return tuple(run.result["classes"])
    try:
        return open_dataset(run.plan["dataset"]).classes
    except NotFoundError:
        return ()


def show_mistakes(run: Run, events: list[Event]) -> None:
    """Draw the validation photos on whose class a run is most wrong, as of its last epoch.

    Args:
        run: a training run.
        events: what it has reported.
    """
    latest = next((event.payload for event in reversed(events) if event.kind == "mistakes"), None)
    if latest is None:
        return
    try:
        dataset = open_dataset(run.plan["dataset"])
    except NotFoundError:
        return
    st.subheader(f"Worst mistakes after epoch {latest['epoch']}")
    if not latest["photos"]:
        st.write("Every validation image is classified correctly.")
        return
    captions = [
        f"{dataset.classes[photo['true']]}, mistaken for {dataset.classes[photo['predicted']]} "
        f"({100 * photo['probability']:.0f} %)"
        for photo in latest["photos"]
    ]
    show_grid(dataset, [photo["image"] for photo in latest["photos"]], captions, f"mistakes-{run.id}")
