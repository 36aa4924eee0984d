"""The advisor on the Train page: the button that starts it, what it measured, and the plan it proposes."""

from __future__ import annotations

import streamlit as st

from pages.train.launch import launch_and_watch
from pages.ui.errors import safely
from pages.ui.launcher import open_launcher
from pages.ui.prefill import take_plan
from pages.ui.text import plain
from tlcore.datasets.dataset import Dataset
from tlcore.runs.run import Run
from tlcore.training.advice.advisor import advice_title, advise, advised_values, measured_sentences
from tlcore.training.advice.likeness import Likeness

KIND = "advise"


def advice_button(dataset: Dataset) -> None:
    """Draw the button that starts the advisor.

    Args:
        dataset: to be measured.
    """
    st.write("A pretrained network looks at your images for a few seconds and fills in the plan.")
    if st.button("What should I train?", icon=":material/lightbulb:"):
        launch_and_watch(KIND, {"dataset": dataset.id}, f"What to train on {dataset.name}")


def show_advice(run: Run) -> None:
    """Draw what the advisor measured and proposes.

    Args:
        run: a finished one of this kind.
    """
    likeness = Likeness.from_json(run.result["likeness"])
    advice = advise(likeness)
    st.subheader(advice_title(advice), anchor=False)
    with st.container(horizontal=True):
        st.metric("Training images", f"{likeness.training_photos:,}", width=210)
        st.metric(
            "Already classified correctly",
            f"{likeness.correct} of {likeness.photos} images",
            width=280,
            help="How many of your images were classified correctly with what the network already knows, training only "
            f"a simple classifier. Guessing would get about {likeness.photos / likeness.classes:.0f}.",
        )
        st.metric(
            "Looks familiar",
            f"{100 * min(1.0, likeness.familiarity):.0f} %",
            width=210,
            help="How sure the network is of its first guess on your images, as a share of its published accuracy on "
            "images of its own classes. A rough guide, not a measurement of how similar your images are to those.",
        )
    for reason in advice.reasons:
        st.write(plain(reason))
    with st.container(horizontal=True):
        st.button(
            "Use this plan",
            type="primary",
            icon=":material/check:",
            on_click=safely(take_plan),
            args=(run.result["dataset"], advised_values(likeness, advice)),
        )
        if advice.experiment and st.button("Try both in an experiment", icon=":material/science:"):
            open_launcher(run.result["dataset"], likeness.network)
    with st.expander("The numbers behind it", icon=":material/straighten:"):
        for sentence in measured_sentences(likeness, advice):
            st.markdown(f"- {plain(sentence)}")
        st.caption(
            "Sources: the course notes of Stanford's CS231n on transfer learning for the four scenarios; Yosinski et "
            "al. (2014) for later layers being more specific; Kornblith et al. (2019) for fine-tuning mostly beating a "
            "frozen backbone on datasets of 2,040 or more training images."
        )
