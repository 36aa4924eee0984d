"""The advisor on the Train page: the button that starts it, what it measured, and the plan it proposes."""

from __future__ import annotations

import streamlit as st

from pages.ui.plan_prefill import prefill
from pages.ui.run_launch import finished_run, launch_and_watch
from tlcore.datasets.dataset import Dataset
from tlcore.training.advisor import Likeness, advice_title, advise, advised_values

KIND = "advise"


def advice_button(dataset: Dataset) -> None:
    """Draw the button that starts the advisor.

    Args:
        dataset: to be measured.
    """
    if st.button(
        "What should I train?",
        icon=":material/lightbulb:",
        type="tertiary",
        help="Looks at up to 300 training photos with a pretrained network, measures how well its features tell your "
        "classes apart, and says which strategy fits. Takes seconds.",
    ):
        launch_and_watch(KIND, {"dataset": dataset.id}, f"Advice for {dataset.name}")


def show_advice(run_id: str) -> None:
    """Draw the advice, if the run is one of the advisor's and has finished.

    Args:
        run_id: of any run.

    Raises:
        NotFoundError: if there is none of this id.
    """
    run = finished_run(run_id, KIND)
    if run is None:
        return
    likeness = Likeness(**run.result["likeness"])
    advice = advise(likeness)
    st.subheader(advice_title(advice), anchor=False)
    left, right, _ = st.columns(3)
    left.metric(
        "Classes told apart",
        f"{100 * likeness.separation:.0f} %",
        help="By a linear classifier on frozen features: 0 % is guessing, 100 % is faultless.",
    )
    right.metric(
        "Familiar",
        f"{100 * min(1.0, likeness.familiarity):.0f} %",
        help="How sure the pretrained network is of what it names, against photos of its own classes.",
    )
    for reason in advice.reasons:
        st.write(reason)
    st.button(
        "Take this plan",
        type="primary",
        icon=":material/check:",
        on_click=_take,
        args=(run.result["dataset"], advised_values(likeness, advice)),
    )


def _take(dataset: str, values: dict) -> None:
    prefill(values)
    del st.query_params["run"]
    st.query_params["dataset"] = dataset
