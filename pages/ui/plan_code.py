"""A plan as a Keras program, folded away until somebody asks for it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from tlcore.reports.code_export import plan_code
from tlcore.training.plan import TrainingPlan


def show_code(plan: TrainingPlan, classes: Sequence[str], name: str) -> None:
    """Draw the program of a plan with a button that saves it.

    Args:
        plan: a sound plan.
        classes: names of the dataset's classes, in order.
        name: what the user calls the run.
    """
    with st.expander("Show the code", icon=":material/code:", on_change="rerun", key=f"code-{name}") as box:
        if not box.open:
            return
        source = plan_code(plan, classes, name)
        st.caption(
            "The same plan as a program of its own. It needs Keras with TensorFlow, NumPy and Pillow, and a folder of "
            "images with one folder for each class."
        )
        st.download_button("Save as train.py", source, "train.py", "text/x-python", icon=":material/download:")
        st.code(source, language="python", height=420)
