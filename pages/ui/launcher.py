"""The launcher of experiments on the Compare page, as every page knows it, and what runs need before they start."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

import streamlit as st

from pages.ui.jobs import duration_text
from pages.ui.text import plain
from tlcore.datasets.dataset import Dataset, open_dataset, short_name
from tlcore.errors import DatasetError
from tlcore.internet import can_download
from tlcore.runs.experiments import kind_of
from tlcore.runs.run import Run
from tlcore.runs.time_left import expected_seconds
from tlcore.training.plans.needs import missing_weights
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo import catalog

_MOST_OF_IT = 0.5  # of the time, from which on a strategy is named as the slow one
ADDRESS = "experiment"  # names an experiment in the address of the Compare page
LAUNCHER, DATASET, BACKBONE = "compare-launcher", "experiment-dataset", "experiment-backbone"  # keys of its widgets


def experiment_title(run: Run) -> str:
    """Name the experiment of a run.

    Args:
        run: one of its runs.

    Returns:
        Such as "What pretraining buys: cats-and-dogs", not made safe for Markdown.
    """
    return f"{kind_of(run.experiment).title}: {short_name(run.plan['dataset'])}"


def open_launcher(dataset: str, backbone: str) -> None:
    """Go to the launcher of experiments on the Compare page.

    Args:
        dataset: id of the dataset that it begins with.
        backbone: name of the architecture that it begins with.
    """
    st.session_state.update({LAUNCHER: True, DATASET: dataset, BACKBONE: backbone})
    st.switch_page("compare/page.py")


def show_needs(plans: Collection[TrainingPlan]) -> bool:
    """Say how long the runs of an experiment take, and what happens about weights that are not on this machine.

    Args:
        plans: of its runs.

    Returns:
        Whether there are any and all of them can work.
    """
    if not plans:
        return False
    first = next(iter(plans))  # the others split the same images
    if not can_split(first, open_dataset(first.dataset)):
        return False
    st.caption(_time_sentence(list(plans)))
    of_each_start = {(plan.backbone, plan.weights): plan for plan in plans}
    impossible = [plan for plan in of_each_start.values() if not show_missing_weights(plan)]
    return not impossible


def _time_sentence(plans: Sequence[TrainingPlan]) -> str:
    """How long runs take together, and which strategy takes most of that, if one does."""
    by_strategy: dict[str, float] = defaultdict(float)
    for plan, seconds in zip(plans, expected_seconds(plans), strict=True):
        by_strategy[plan.strategy] += seconds
    total = sum(by_strategy.values())
    whole = f"Takes {duration_text(total)} on this machine."
    slowest, seconds = max(by_strategy.items(), key=lambda item: item[1])
    if len(by_strategy) == 1 or seconds < _MOST_OF_IT * total:
        return whole
    return f"{whole} {STRATEGIES.find(slowest).title} takes {duration_text(seconds)} of it."


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


def show_missing_weights(plan: TrainingPlan) -> bool:
    """Say what happens if the pretrained weights are not on this machine.

    Args:
        plan: a sound plan.

    Returns:
        Whether the run can work.
    """
    path, architecture = missing_weights(plan), plan.architecture
    if path is None:
        return True
    if can_download():
        st.info(f"The ImageNet weights of {architecture.title} will be downloaded first.", icon=":material/download:")
        return True
    st.warning(
        f"The ImageNet weights of {architecture.title} are not on this machine, "
        "and there is no internet connection to fetch them. "
        f"Put the file `{path.name}` into `{path.parent}`, choose your own weights file under All settings, "
        f"use {catalog.find(catalog.INSTALLED).title}, whose weights are installed, or train from scratch.",
        icon=":material/cloud_off:",
    )
    return False
