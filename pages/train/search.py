"""Best for my photos on the Train page: the button that starts the search, and what it found."""

from __future__ import annotations

import streamlit as st

from pages.train.launch import launch_and_watch
from pages.ui.errors import safely
from pages.ui.figure import show_figure
from pages.ui.prefill import take_plan
from pages.ui.text import plain
from tlcore.datasets.dataset import Dataset
from tlcore.figures.search import search_figure, search_table
from tlcore.runs.run import Run
from tlcore.training.advice.search import SECONDS, Trial, choice, verdict

KIND = "search"


def search_button(dataset: Dataset) -> None:
    """Draw the button that starts the search.

    Args:
        dataset: what to learn from.
    """
    st.write("Or several networks, input sizes and cuts are tried on your images, and the best is suggested.")
    with st.container(horizontal=True, vertical_alignment="bottom", key="search"):
        seconds = st.number_input(
            "Time limit in seconds", min_value=5, max_value=3600, value=int(SECONDS), step=15, width=150
        )
        if st.button("Find the best network", icon=":material/trophy:"):
            plan = {"dataset": dataset.id, "seconds": float(seconds)}
            launch_and_watch(KIND, plan, f"Best for {dataset.name}")


def show_search(run: Run) -> None:
    """Draw what a search found.

    Args:
        run: a finished one of this kind.
    """
    trials = [Trial(**values) for values in run.result["trials"]]
    st.markdown(f"**{plain(verdict(trials))}**")
    show_figure(
        search_figure(trials),
        lambda: search_table(trials),
        f"search-{run.id}",
        key=f"search-{run.id}",
        alt="Share of images each candidate gets right, with its interval, against the time per image.",
    )
    st.button(
        "Use this plan",
        type="primary",
        icon=":material/check:",
        on_click=safely(_take),
        args=(run.result["dataset"], choice(trials)),
    )
    st.dataframe(search_table(trials), hide_index=True)
    st.caption(
        "Every image outside the test part was classified by a head that had not seen it (cross-validation). "
        "A candidate counts as worse than the best if McNemar's exact test on the same images gives p below 0.05. Of "
        "the others, the fastest is chosen. Train it to see how good it is on the test part."
    )


def _take(dataset: str, chosen: Trial) -> None:
    names = ("backbone", "input_size", "cut_layer")
    take_plan(dataset, {"strategy": "frozen", **{name: getattr(chosen, name) for name in names}})
