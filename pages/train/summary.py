"""What a plan comes to, and the button that starts it: in view however long the form is."""

from __future__ import annotations

import dataclasses

import streamlit as st

from pages.train.fields import FIELDS
from pages.train.launch import launch_and_watch
from pages.train.layers import show_network
from pages.train.rate import find_rate_button
from pages.train.recipes import offer_installed
from pages.ui.jobs import duration_text
from pages.ui.launcher import can_split, show_missing_weights
from pages.ui.text import plain
from tlcore.datasets.dataset import Dataset
from tlcore.figures.architecture.colors import short_number
from tlcore.runs.store import open_store
from tlcore.text import listed
from tlcore.training.estimate import estimate
from tlcore.training.plans.defaults import run_name
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.training.plans.words import course_sentence

_TIME_HELP = (
    "An estimate for a first run on this machine. If features from an earlier run can be reused, it is much shorter."
)
_CLASSES = 3  # that are named
# Beside the form the column follows it; on a phone, where it stands below, its button stays at the lower edge.
_STYLE = """<style>
@media (min-width: 641px) {{
  [data-testid="stColumn"]:has(.st-key-plan-summary) {{position: sticky; top: 3.5rem; align-self: flex-start}}
  .st-key-phone-cost {{display: none}}
}}
@media (max-width: 640px) {{
  .st-key-start-bar {{position: fixed; inset: auto 0 0 0; z-index: 90; padding: .6rem 1rem; background: {background};
    border-top: 1px solid {border}}}
}}
</style>"""


def show_summary(plan: TrainingPlan, dataset: Dataset) -> str:
    """Draw what training costs, the way to start it, and the network.

    Args:
        plan: a sound plan.
        dataset: of the plan.

    Returns:
        The name of the run.
    """
    theme = st.context.theme.type or "light"
    colors = {name: st.get_option(f"theme.{theme}.{name}Color") for name in ("background", "border")}
    st.html(_STYLE.format(**colors))
    expected = estimate(plan, len(dataset), len(dataset.classes))
    time, possible = duration_text(expected.seconds), can_split(plan, dataset)
    with st.container(key="plan-summary"):
        network, classes = plan.architecture.title, plain(listed(dataset.classes, _CLASSES))
        st.markdown(f"**{network} learns to tell {classes} apart**{_parts_text(plan, dataset) if possible else '.'}")
        st.caption(course_sentence(plan), help=FIELDS["optimizer"].metadata["help"])
        with st.container(horizontal=True):
            help = "Parameters: numbers that training changes."
            st.metric("Parameters trained", f"{expected.trainable:,}", width=138, help=help)
            st.metric("Time here", time, width=150, help=_TIME_HELP)
            _show_not_trained(plan, expected.frozen)
        if possible and not show_missing_weights(plan):
            possible = False
            values = {field.name: getattr(plan, field.name) for field in dataclasses.fields(plan)}
            offer_installed(dataset, values, "The same plan, with a network that is on this machine.")
        start = st.container(horizontal=True, vertical_alignment="center", key="start-bar")
        proposed = run_name(plan, open_store().names("train"))
        name = st.text_input("Name of the run", value=proposed, key=f"name-{proposed}")
        show_network(plan, dataset)
        with start:
            if st.button("Start training", type="primary", icon=":material/play_arrow:", disabled=not possible):
                launch_and_watch("train", plan.to_json(), name.strip() or proposed)
            with st.container(key="phone-cost", width="content"):
                st.caption(f"{expected.trainable:,} trained, {time}")
            find_rate_button(plan, possible)
    return name


def _show_not_trained(plan: TrainingPlan, count: int) -> None:
    """Draw how many parameters training leaves alone; of a network that is all trained, these are no weights."""
    strategy = STRATEGIES.find(plan.strategy)
    if strategy.needs_layer or not strategy.trains_backbone:
        st.metric("Frozen", short_number(count), width=90, help=f"{count:,} parameters stay as they are.")
    elif count:
        help = f"{count:,} means and variances of normalization layers. They are measured, not trained."
        st.metric("Statistics, not trained", short_number(count), width=165, help=help)


@st.cache_data(max_entries=32, show_spinner=False)
def _counts(
    dataset_id: str, shares: tuple, seed: int, fraction: float, subset: float, _plan: TrainingPlan, _dataset: Dataset
) -> tuple[int, int, int]:
    """How many images train, validate and test; the arguments tell the readings apart."""
    parts = _plan.split(_dataset)
    return len(parts.train), len(parts.validation), len(parts.test)


def _parts_text(plan: TrainingPlan, dataset: Dataset) -> str:
    train, validation, test = _counts(
        dataset.id, plan.shares, plan.split_seed, plan.fraction, plan.subset, plan, dataset
    )
    return (
        f": {train:,} of the {len(dataset):,} images train it, {validation:,} check it meanwhile, "
        f"and {test:,} test it in the end."
    )
