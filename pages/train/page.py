"""Train: choose a dataset and a strategy, launch, and watch the curves."""

import streamlit as st

from pages.train import advice, rate, search
from pages.train.advice import advice_button, show_advice
from pages.train.code import show_code
from pages.train.earlier_runs import show_earlier_runs
from pages.train.experiment import offer_experiment
from pages.train.form import edit_plan, show_cost
from pages.train.launch import launch_and_watch
from pages.train.rate import find_rate_button, show_rate
from pages.train.run.view import show_run
from pages.train.search import search_button, show_search
from pages.ui.dataset_picker import pick_dataset
from pages.ui.errors import errors_shown
from pages.ui.launcher import can_split, show_missing_weights
from tlcore.datasets.dataset import Dataset
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.run import FINISHED
from tlcore.runs.store import open_store
from tlcore.training.plans.defaults import run_name
from tlcore.training.plans.plan import TrainingPlan

_RESULTS = {advice.KIND: show_advice, rate.KIND: show_rate, search.KIND: show_search}  # of jobs around a plan


def _configure() -> None:
    ensure_dispatcher()  # it warms up a worker while the plan is being made
    dataset = pick_dataset()
    if dataset is None:
        return
    with errors_shown():
        advice_button(dataset)
        search_button(dataset)
        plan = edit_plan(dataset)
        if plan is not None:
            _launch(plan, dataset)
    show_earlier_runs()


def _launch(plan: TrainingPlan, dataset: Dataset) -> None:
    if not can_split(plan, dataset):
        return
    show_cost(plan, dataset)
    possible = show_missing_weights(plan)
    name = st.text_input("Name of the run", value=run_name(plan), key=f"name-{run_name(plan)}")
    with st.container(horizontal=True):
        if st.button("Start training", type="primary", icon=":material/play_arrow:", disabled=not possible):
            launch_and_watch("train", plan.to_json(), name.strip() or run_name(plan))
        find_rate_button(plan, possible)
    offer_experiment(plan, dataset)
    show_code(plan, dataset, name)


run_id = st.query_params.get("run")
if run_id:
    with errors_shown():
        show_run(run_id)
        run = open_store().run(run_id)
        if run.kind in _RESULTS and run.state == FINISHED and not run.deleted:
            _RESULTS[run.kind](run)
    st.page_link("train/page.py", label="Train something else", icon=":material/add:")
else:
    st.title("Train")
    st.write("Teach a network to recognize your own classes, and see how much pretraining helps.")
    with errors_shown():
        _configure()
