"""Queue a job from the Train page and go on to watching it there."""

from __future__ import annotations

import streamlit as st

from pages.ui.owner import nickname
from pages.ui.text import plain
from tlcore.datasets.dataset import Dataset
from tlcore.errors import DatasetError
from tlcore.runs.client import submit
from tlcore.training.plans.plan import TrainingPlan


def can_split(plan: TrainingPlan, dataset: Dataset) -> bool:
    """Say before the click if a plan can not split its dataset.

    Args:
        plan: a sound plan.
        dataset: the plan's.

    Returns:
        Whether it can.
    """
    problem = _split_problem(dataset.id, plan.shares, plan.split_seed, plan.fraction, plan.subset, plan, dataset)
    if problem:
        st.warning(plain(problem), icon=":material/call_split:")
    return not problem


@st.cache_data(max_entries=32, show_spinner=False)
def _split_problem(
    dataset_id: str, shares: tuple, seed: int, fraction: float, subset: float, _plan: TrainingPlan, _dataset: Dataset
) -> str:
    """Why a plan can not split a dataset, or ""; the arguments tell the readings apart."""
    try:
        _plan.split(_dataset)
        return ""
    except DatasetError as error:
        return str(error)


def launch_and_watch(kind: str, plan: dict, name: str) -> None:
    """Queue a job in the name of whoever looks at the page; the page shows it from now on.

    Args:
        kind: a key of `tlcore.runs.kinds.JOBS`.
        plan: the request, JSON-able.
        name: what to call the run.
    """
    st.query_params["run"] = submit(kind, plan, name, owner=nickname()).id
    st.rerun()
