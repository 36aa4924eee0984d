"""Train: choose a dataset and a strategy, launch, and watch the curves."""

import streamlit as st

from pages.train import advice, rate, search
from pages.train.advice import advice_button, show_advice
from pages.train.code import show_code
from pages.train.earlier_runs import show_earlier_runs
from pages.train.experiment import offer_experiment
from pages.train.form import edit_plan
from pages.train.launch import begin_at_top
from pages.train.rate import show_rate
from pages.train.recipes import choose_recipe
from pages.train.run.view import show_run
from pages.train.search import search_button, show_search
from pages.train.summary import show_summary
from pages.ui.dataset_picker import pick_dataset
from pages.ui.errors import errors_shown
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.run import FINISHED
from tlcore.runs.store import open_store

_RESULTS = {advice.KIND: show_advice, rate.KIND: show_rate, search.KIND: show_search}  # of jobs around a plan


def _configure() -> None:
    ensure_dispatcher()  # it warms up a worker while the plan is being made
    ways = st.container(horizontal=True, key="other-ways")
    choices, summary = st.columns([6, 5], gap="large")
    with choices:
        dataset = pick_dataset()
    if dataset is None:
        return
    with ways:
        choose_recipe(dataset)
        with st.popover("Advice", icon=":material/lightbulb:", type="tertiary", key="advice"):
            advice_button(dataset)
            search_button(dataset)
    with choices, errors_shown():
        plan = edit_plan(dataset)
        if plan is not None:
            with summary:
                name = show_summary(plan, dataset)
            with ways:
                offer_experiment(plan, dataset)
            show_code(plan, dataset, name)
    with ways:
        show_earlier_runs()


run_id = st.query_params.get("run")
if run_id:
    # A link to the page that is already open leaves the browser's address without what it names.
    st.query_params["run"] = run_id
    with errors_shown():
        show_run(run_id)
        begin_at_top(run_id)
        run = open_store().run(run_id)
        if run.kind in _RESULTS and run.state == FINISHED and not run.deleted:
            _RESULTS[run.kind](run)
    st.page_link("train/page.py", label="Train something else", icon=":material/add:")
else:
    st.title("Train")
    st.write("Teach a network to recognize your own classes, and see how much pretraining helps.")
    with errors_shown():
        _configure()
