"""The learning-rate finder on the Train page: the button that starts it and what it found."""

from __future__ import annotations

import dataclasses

import streamlit as st

from pages.train.launch import launch_and_watch
from pages.ui.errors import safely
from pages.ui.figure import show_figure
from pages.ui.prefill import take_plan
from tlcore.figures.learning_rates import sweep_figure, sweep_table
from tlcore.runs.run import Run
from tlcore.text import decimal_text
from tlcore.training.advice.rate_finder import sweep_from_json
from tlcore.training.plans.defaults import run_name
from tlcore.training.plans.plan import TrainingPlan, plan_from_json

KIND = "find_rate"


def find_rate_button(plan: TrainingPlan, possible: bool) -> None:
    """Draw the button that starts the finder.

    Args:
        plan: a sound plan.
        possible: whether its run can work on this machine.
    """
    if all(phase.is_exact for phase in plan.phases()):
        return  # a head that is solved has no learning rate
    if st.button(
        "Find a learning rate",
        icon=":material/speed:",
        type="tertiary",
        disabled=not possible,
        help="Tries learning rates from tiny to huge on the head alone (from scratch: on all layers) and suggests one. "
        "Takes seconds once the features are computed, and the next run reuses those features.",
    ):
        launch_and_watch(KIND, plan.to_json(), f"Learning rate for: {run_name(plan)}")


def show_rate(run: Run) -> None:
    """Draw what the finder found.

    Args:
        run: a finished one of this kind.
    """
    sweep, plan = sweep_from_json(run.result), plan_from_json(run.result["plan"])
    st.write(
        f"**Suggested learning rate: {decimal_text(sweep.suggestion)}**. "
        f"The loss fell fastest at {decimal_text(sweep.steepest, 2)} and was lowest at "
        f"{decimal_text(sweep.lowest, 2)}; the plan uses {decimal_text(plan.learning_rate)}."
    )
    show_figure(
        sweep_figure(sweep),
        lambda: sweep_table(sweep),
        f"learning-rates-{run.id}",
        key=f"rates-{run.id}",
        alt=f"Loss against learning rate, lowest at {decimal_text(sweep.lowest, 2)}.",
    )
    st.button(
        "Use this rate", type="primary", icon=":material/check:", on_click=safely(_take), args=(plan, sweep.suggestion)
    )
    st.caption(
        "Method: Smith (2017). The rate is raised after each step, and the loss shows where learning works. The "
        "suggestion is the rate where the loss fell fastest, but at most a tenth of the rate where it was lowest."
    )


def _take(plan: TrainingPlan, rate: float) -> None:
    values = {field.name: getattr(plan, field.name) for field in dataclasses.fields(plan)}
    take_plan(plan.dataset, {**values, "learning_rate": rate})
