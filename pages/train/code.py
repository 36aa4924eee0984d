"""A plan as a Keras program, folded away until somebody asks for it."""

from __future__ import annotations

import streamlit as st

from tlcore.datasets.dataset import Dataset
from tlcore.export.code.folder import code_zip
from tlcore.export.code.program import plan_code
from tlcore.training.plans.plan import TrainingPlan

_MOST_BYTES = 200_000_000  # of images that are packed in the app's memory


def show_code(plan: TrainingPlan, dataset: Dataset, name: str) -> None:
    """Draw the program of a plan with a button that saves it.

    Args:
        plan: a sound plan.
        dataset: the plan's.
        name: what the user calls the run.
    """
    with st.expander("Show the code", icon=":material/code:", on_change="rerun", key=f"code-{name}") as box:
        if not box.open:
            return
        source = plan_code(plan, dataset.classes, name)
        st.caption(
            "This plan as a standalone program for Keras with TensorFlow, NumPy and Pillow. Its images go next to it, "
            "in folders for training, validation and test."
        )
        if int(dataset.offsets[-1]) <= _MOST_BYTES:
            st.download_button(
                "Download program and images",
                lambda: code_zip(plan, dataset, name),
                "run.zip",
                "application/zip",
                icon=":material/folder_zip:",
                on_click="ignore",
            )
        else:
            st.caption("This dataset is too large to download here. Instead, use `python -m tlcore code RUN --to DIR`.")
        st.code(source, language="python", height=420)
