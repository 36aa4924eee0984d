"""Experiments on the Compare page: launch several runs as one, watch them, come back to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from pages.compare.live.watch import watch
from pages.entrance.visitor import why_not
from pages.ui.errors import errors_shown, safely
from pages.ui.launcher import ADDRESS, BACKBONE, DATASET, LAUNCHER, experiment_title, show_needs
from pages.ui.owner import nickname
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun
from tlcore.datasets.dataset import Dataset, list_datasets
from tlcore.runs import experiments
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.run import FINISHED, RESUMABLE, Run
from tlcore.runs.store import open_store
from tlcore.text import ago_text, count_text, listed, percent_text
from tlcore.training.plans.defaults import suggest_backbone
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.results.result import TrainResult
from tlcore.zoo import catalog

_EPOCHS = TrainingPlan.__dataclass_fields__["epochs"].metadata
_PAST = 10


def watch_experiment() -> bool:
    """Draw the experiment that the address names, while it goes on; afterward choose its runs for comparison.

    Returns:
        Whether it still goes on.

    Raises:
        NotFoundError: if there is none of this id.
    """
    experiment = st.query_params.get(ADDRESS)
    if not experiment:
        return False
    try:
        jobs = experiments.jobs_of(experiment)
    except Exception:
        st.title("Compare")  # before whatever is wrong is said; a live experiment has a title of its own
        raise
    if not all(job.has_ended for job in jobs):
        ensure_dispatcher()
        watch(experiment)
        return True
    finished = [run.id for run in jobs if run.kind == "train" and run.state == FINISHED]
    if finished and "runs" not in st.query_params:
        st.query_params["runs"] = finished
    return False


def name_experiment(compared: Sequence[ComparedRun]) -> None:
    """Say which experiment the page shows, beside the way to others.

    Args:
        compared: the runs that the page shows.
    """
    of_one = len({item.run.experiment for item in compared}) == 1 and compared[0].run.experiment
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if of_one:
            run = compared[0].run
            [newest] = open_store().runs(kind="train", states=[FINISHED], most=1)
            which = "Newest experiment on this machine" if newest.experiment == run.experiment else "Experiment"
            by = f" · by {plain(run.owner)}" if run.owner else ""
            st.caption(f"{which}: **{plain(experiment_title(run))}** · {ago_text(run.created)}{by}", width="content")
        past = st.popover(
            "Choose another" if of_one else "Earlier experiments",
            icon=":material/history:",
            type="tertiary",
            key="past-experiments",
            on_change="rerun",
        )
    if past.open:
        with past, errors_shown():
            _show_past()


def show_launcher(compared: Sequence[ComparedRun]) -> None:
    """Draw the form that launches an experiment, once it is opened.

    Args:
        compared: the runs that the page shows: the form begins with their dataset and network.
    """
    launcher = st.popover(
        "New experiment",
        icon=":material/science:",
        type="primary" if compared else "secondary",  # a page without runs has another first thing to do
        key=LAUNCHER,
        on_change="rerun",
    )
    if launcher.open:
        with launcher, errors_shown():
            _show_kinds(compared)


def _show_kinds(compared: Sequence[ComparedRun]) -> None:
    datasets = {dataset.id: dataset for dataset in list_datasets()}
    if not datasets:
        st.write("An experiment needs a dataset.")
        st.page_link("train/page.py", label="Add a dataset", icon=":material/photo_library:")
        return
    kind = st.segmented_control(
        "What to find out",
        [row.name for row in experiments.EXPERIMENTS],
        default="strategies",
        format_func=lambda name: experiments.EXPERIMENTS.find(name).title,
    )
    if kind:
        experiment = experiments.EXPERIMENTS.find(kind)
        st.markdown(f"**{experiment.question}**")
        if experiment.note:
            st.caption(experiment.note)
        _show_form(experiment, datasets, compared)


def _show_form(
    experiment: experiments.Experiment, datasets: Mapping[str, Dataset], compared: Sequence[ComparedRun]
) -> None:
    names = [row.name for row in catalog.CLASSIFIERS if row.pretrained_weights != "none"]
    if st.session_state.get(DATASET) not in datasets:
        known = [item.run.plan["dataset"] for item in compared if item.run.plan["dataset"] in datasets]
        st.session_state[DATASET] = next(iter(known or datasets))
    if st.session_state.get(BACKBONE) not in names:
        known = [item.run.plan["backbone"] for item in compared if item.run.plan["backbone"] in names]
        st.session_state[BACKBONE] = known[0] if known else suggest_backbone()
    left, middle, right = st.columns([3, 3, 2])
    dataset = datasets[left.selectbox("Dataset", list(datasets), format_func=lambda id: datasets[id].name, key=DATASET)]
    backbone = middle.selectbox("Backbone", names, key=BACKBONE)
    epochs = right.number_input("Epochs", _EPOCHS["low"], _EPOCHS["high"], 10, key="experiment-epochs")
    plans = experiments.plan_experiment(experiment, dataset, backbone, {"epochs": epochs})
    chosen = st.multiselect(
        "Runs", list(plans), default=list(plans), key=f"experiment-runs-{experiment.name}-{dataset.id}-{backbone}"
    )
    selected = {name: plans[name] for name in chosen}
    possible = show_needs(selected.values())
    label = f"Start {len(selected)} runs" if len(selected) != 1 else "Start 1 run"
    st.button(
        label,
        type="primary",
        icon=":material/play_arrow:",
        disabled=not possible,
        on_click=safely(_start),
        args=(experiment.name, selected),
    )


def _start(name: str, plans: Mapping[str, TrainingPlan]) -> None:
    st.query_params.clear()
    st.query_params[ADDRESS] = experiments.launch(name, plans, nickname())
    st.session_state[LAUNCHER] = False  # it has done its work: closed when the page shows the comparison


def offer_the_rest() -> None:
    """Name the runs of the address's experiment that did not finish, with a button that goes on with them."""
    experiment = st.query_params.get(ADDRESS, "")
    runs = [run for run in experiments.jobs_of(experiment) if run.state in RESUMABLE] if experiment else []
    if not runs:
        return
    states = Counter(run.state for run in runs)
    what = listed([f"{number} {state}" for state, number in states.items()])
    details = "\n".join(f"- {plain(run.name)}: {run.state}. {plain(run.error.get('message', ''))}" for run in runs)
    refusal = why_not(runs[0].visitor)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f":material/power_off: {count_text(len(runs), 'run')} of this experiment did not finish ({what}).",
            width="content",
            help=details,
        )
        if st.button(
            "Resume",
            type="tertiary",
            icon=":material/resume:",
            key="resume-experiment",
            disabled=bool(refusal),
            help=refusal,
        ):
            experiments.resume(experiment)
            st.rerun()


def _show_past() -> None:
    past = experiments.past_experiments()
    for experiment, runs in list(past.items())[:_PAST]:
        st.page_link("compare/page.py", label=_words_for(runs), query_params={ADDRESS: experiment})
    if not past:
        st.write("No experiments yet.")


def _words_for(runs: Sequence[Run]) -> str:
    """An experiment in a list."""
    scores = [TrainResult.from_json(run.result).test for run in runs if run.state == FINISHED]
    best = max(scores, key=lambda score: score.accuracy, default=None)
    reached = f" · best {percent_text(best.accuracy, best.images)}" if best else ""
    title = plain(experiment_title(runs[0]))
    return f"**{title}** · {ago_text(runs[0].created)} · {count_text(len(runs), 'run')}{reached}"
