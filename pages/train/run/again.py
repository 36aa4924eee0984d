"""From a finished run back to the form, filled with its plan, to change one thing and train again."""

from __future__ import annotations

import dataclasses

import streamlit as st

from pages.ui.errors import safely
from pages.ui.prefill import take_plan
from tlcore.runs.run import Run
from tlcore.training.plans.plan import plan_from_json


def again_button(run: Run) -> None:
    """Draw the button that fills the form with a run's plan.

    Args:
        run: a training run.
    """
    st.button(
        "Train again with a change",
        type="primary",
        icon=":material/tune:",
        help="Fills in the form with this plan. Change one thing, and see what it does.",
        on_click=safely(_take),
        args=(run,),
        key=f"again-{run.id}",
    )


def _take(run: Run) -> None:
    plan = plan_from_json(run.plan)
    values = {field.name: getattr(plan, field.name) for field in dataclasses.fields(plan)}
    take_plan(plan.dataset, values, f"Filled in from “{run.name}”. Change one thing and start.")
