"""The way from one plan on the Train page to an experiment around it."""

from __future__ import annotations

import streamlit as st

from pages.ui.launcher import ADDRESS, open_launcher, show_needs
from pages.ui.owner import nickname
from pages.ui.text import plain
from tlcore.datasets.dataset import Dataset
from tlcore.errors import PlanError
from tlcore.runs import experiments
from tlcore.training.plans.fields import EXACT
from tlcore.training.plans.plan import TrainingPlan

_SHARED = (  # what means the same under every strategy
    *("epochs", "input_size", "resize", "preprocessing", "cut_layer", "pooling", "hidden_units", "dropout"),
    *("batch_size", "schedule", "mixup", "weight_averaging", "early_stopping", "class_weights", "label_smoothing"),
    *("augmentation", "augmented_views", "subset", "fraction", "shares", "split_seed", "seed"),
)


def offer_experiment(plan: TrainingPlan, dataset: Dataset) -> None:
    """Draw the way from one plan to a comparison of all strategies under the same conditions.

    Args:
        plan: what the strategies are to have in common is taken from it.
        dataset: of the plan.
    """
    shared = {name: getattr(plan, name) for name in _SHARED} | {"head": "own" if plan.has_own_head else "new"}
    if plan.optimizer != EXACT:  # from scratch no head is solved: each strategy has its own suggestion then
        shared |= {"optimizer": plan.optimizer, "normalize": plan.normalize}
    with st.popover("Compare strategies", icon=":material/compare_arrows:", type="tertiary", key="experiments"):
        st.markdown("**Compare** from scratch, frozen and fine-tuned, with the same images, backbone and epochs.")
        try:
            kind = experiments.EXPERIMENTS.find("strategies")
            plans = experiments.plan_experiment(kind, dataset, plan.backbone, shared)
        except PlanError as error:
            st.caption(f"Not possible with these values. {plain(error.problems[0].mend)}")
            return
        possible = show_needs(plans.values())
        with st.container(horizontal=True):
            if st.button("Compare the strategies", icon=":material/compare_arrows:", disabled=not possible):
                id = experiments.launch("strategies", plans, nickname())
                st.switch_page("compare/page.py", query_params={ADDRESS: id})
            if st.button("Other experiments", type="tertiary", icon=":material/science:"):
                open_launcher(dataset.id, plan.backbone)
