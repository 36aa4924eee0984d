"""Experiments on the Compare page: launch several runs as one, watch them, come back to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from pages.train.fields import FIELDS
from pages.train.form import show_missing_weights
from pages.ui.errors import errors_shown
from pages.ui.jobs import duration_text
from pages.ui.owner import nickname
from pages.ui.text import plain
from tlcore.datasets.dataset import Dataset, list_datasets
from tlcore.errors import PlanError
from tlcore.runs import experiments
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.run import FINISHED, RESUMABLE, Run
from tlcore.training.plans.defaults import suggest_backbone
from tlcore.training.plans.fields import EXACT
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.results.result import TrainResult
from tlcore.zoo import catalog

_ADDRESS = "experiment"
_LAUNCHER = "compare-launcher"
_DATASET, _BACKBONE = "experiment-dataset", "experiment-backbone"
_SHARED = (  # what means the same under every strategy
    *("epochs", "input_size", "resize", "preprocessing", "cut_layer", "pooling", "hidden_units", "dropout"),
    *("batch_size", "schedule", "mixup", "weight_averaging", "early_stopping", "class_weights", "label_smoothing"),
    *("augmentation", "augmented_views", "subset", "fraction", "shares", "split_seed", "seed"),
)
_EPOCHS = tuple(FIELDS["epochs"].metadata[end] for end in ("low", "high"))
_POLL_SECONDS = 1.0
_PAST = 10


def watch_experiment() -> bool:
    """Draw the experiment that the address names, while it goes on; afterward choose its runs for comparison.

    Returns:
        Whether it still goes on.

    Raises:
        NotFoundError: if there is none of this id.
    """
    experiment = st.query_params.get(_ADDRESS)
    if not experiment:
        return False
    runs = experiments.runs_of(experiment)
    if not all(run.has_ended for run in runs):
        ensure_dispatcher()
        st.fragment(_draw_progress, run_every=_POLL_SECONDS)(experiment)
        return True
    finished = [run.id for run in runs if run.state == FINISHED]
    if finished and "runs" not in st.query_params:
        st.query_params["runs"] = finished
    return False


def show_launcher() -> None:
    """Draw the form that launches an experiment, and the way to earlier ones; both only once they are opened."""
    launcher = st.expander("Launch an experiment", icon=":material/science:", key=_LAUNCHER, on_change="rerun")
    if launcher.open:
        with launcher, errors_shown():
            _show_kinds()
    past = st.expander("Earlier experiments", icon=":material/history:", key="past-experiments", on_change="rerun")
    if past.open:
        with past:
            _show_past()


def _show_kinds() -> None:
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
        _show_form(experiment, datasets)


def _show_form(experiment: experiments.Experiment, datasets: Mapping[str, Dataset]) -> None:
    names = [row.name for row in catalog.CLASSIFIERS if row.pretrained_weights != "none"]
    if st.session_state.get(_DATASET) not in datasets:
        st.session_state[_DATASET] = next(iter(datasets))
    if st.session_state.get(_BACKBONE) not in names:
        st.session_state[_BACKBONE] = suggest_backbone()
    left, middle, right = st.columns([3, 2, 1])
    dataset = datasets[
        left.selectbox("Dataset", list(datasets), format_func=lambda id: datasets[id].name, key=_DATASET)
    ]
    backbone = middle.selectbox("Backbone", names, key=_BACKBONE)
    epochs = right.number_input("Epochs", *_EPOCHS, 10, key="experiment-epochs")
    plans = experiments.plan_experiment(experiment, dataset, backbone, {"epochs": int(epochs)})
    chosen = st.multiselect(
        "Runs", list(plans), default=list(plans), key=f"experiment-runs-{experiment.name}-{dataset.id}-{backbone}"
    )
    selected = {name: plans[name] for name in chosen}
    _show_time(list(selected.values()))
    impossible = [plan for plan in _one_of_each_start(selected.values()) if not show_missing_weights(plan)]
    label = f"Start {len(selected)} runs" if len(selected) != 1 else "Start 1 run"
    st.button(
        label,
        type="primary",
        icon=":material/play_arrow:",
        disabled=not selected or bool(impossible),
        on_click=_start,
        args=(experiment.name, selected),
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
    with st.container(border=True):
        st.markdown("**Or compare** from scratch, frozen and fine-tuned, with the same images, backbone and epochs.")
        try:
            kind = experiments.EXPERIMENTS.find("strategies")
            plans = experiments.plan_experiment(kind, dataset, plan.backbone, shared)
        except PlanError as error:
            st.caption(f"Not possible with these values. {plain(error.problems[0].mend)}")
            return
        _show_time(list(plans.values()))
        impossible = [item for item in _one_of_each_start(plans.values()) if not show_missing_weights(item)]
        with st.container(horizontal=True):
            if st.button("Compare the strategies", icon=":material/compare_arrows:", disabled=bool(impossible)):
                id = experiments.launch("strategies", plans, nickname())
                st.switch_page("compare/page.py", query_params={_ADDRESS: id})
            if st.button("Other experiments", type="tertiary", icon=":material/science:"):
                open_launcher(dataset.id, plan.backbone)


def open_launcher(dataset: str, backbone: str) -> None:
    """Go to the launcher of experiments on the Compare page.

    Args:
        dataset: id of the dataset that it begins with.
        backbone: name of the architecture that it begins with.
    """
    st.session_state.update({_LAUNCHER: True, _DATASET: dataset, _BACKBONE: backbone})
    st.switch_page("compare/page.py")


def _start(name: str, plans: Mapping[str, TrainingPlan]) -> None:
    st.query_params.clear()
    st.query_params[_ADDRESS] = experiments.launch(name, plans, nickname())
    st.session_state[_LAUNCHER] = False  # it has done its work: closed when the page shows the comparison


def _one_of_each_start(plans: Iterable[TrainingPlan]) -> list[TrainingPlan]:
    return list({(plan.backbone, plan.weights): plan for plan in plans}.values())


def _show_time(plans: Sequence[TrainingPlan]) -> None:
    if plans:
        seconds = sum(experiments.expected_seconds(plans))
        st.caption(f"Takes {duration_text(seconds)} or less on this machine: features are computed once and shared.")


def _draw_progress(experiment: str) -> None:
    runs = experiments.runs_of(experiment)
    if all(run.has_ended for run in runs):
        st.query_params[_ADDRESS] = experiment
        st.rerun()
    st.title("Compare")
    ended = sum(run.has_ended for run in runs)
    bar, button = st.columns([6, 1], vertical_alignment="center")
    left = duration_text(experiments.seconds_left(runs))
    bar.progress(
        experiments.share_of_all(runs),
        text=f"{ended} of {len(runs)} runs ended, {left} left. You can close this page in the meantime.",
    )
    if button.button("Stop all", icon=":material/stop:", key="stop-experiment"):
        experiments.stop(experiment)
        st.rerun(scope="fragment")
    st.dataframe([_state_row(run) for run in runs], hide_index=True)


def _state_row(run: Run) -> dict:
    accuracy = TrainResult.from_json(run.result).test.accuracy if run.result else None
    return {
        "Run": run.name,
        "State": run.state,
        "Now": run.progress.what if run.progress else "",
        "Test accuracy": f"{100 * accuracy:.1f} %" if accuracy is not None else "",
    }


def offer_the_rest() -> None:
    """Name the runs of the address's experiment that did not finish, with a button that goes on with them."""
    experiment = st.query_params.get(_ADDRESS)
    runs = [run for run in experiments.runs_of(experiment) if run.state in RESUMABLE] if experiment else []
    if not runs:
        return
    listing = "\n".join(f"- {plain(run.name)}: {run.state}. {plain(run.error.get('message', ''))}" for run in runs)
    st.warning(f"These runs in the experiment did not finish:\n{listing}", icon=":material/power_off:")
    if st.button("Resume them", icon=":material/resume:", key="resume-experiment"):
        experiments.resume(experiment)
        st.rerun()


def _show_past() -> None:
    past = experiments.past_experiments()
    for experiment, runs in list(past.items())[:_PAST]:
        words = f"{runs[0].name} and {len(runs) - 1} more · {runs[0].created[:16].replace('T', ' ')} UTC"
        st.page_link("compare/page.py", label=plain(words), query_params={_ADDRESS: experiment})
    if not past:
        st.write("No experiments yet.")
