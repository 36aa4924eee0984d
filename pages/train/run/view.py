"""The live view of one run of any kind: progress, curves, result. It polls while the run goes on, and only then."""

from __future__ import annotations

import contextlib
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from pages.train.run.epochs import show_epochs
from pages.train.run.kinds import heading, sentence
from pages.train.run.mistakes import show_mistakes
from pages.train.run.result import show_result
from pages.train.run.tools import show_deleted, show_tools
from pages.train.run.verification import link_to_verified
from pages.ui.browser.chart import show_live
from pages.ui.dataset_picker import DATASET_JOBS, go_to_job
from pages.ui.errors import errors_shown
from pages.ui.jobs import read_run, resume_button, show_log, show_progress, stop_button
from pages.ui.photos import in_turn, show_examples, show_grid
from pages.ui.running.doing import doing
from pages.ui.running.headway import share_shown, time_left
from pages.ui.running.unfinished import forget_unfinished
from pages.ui.text import plain
from tlcore.comparison.curves.curve import Curve
from tlcore.comparison.curves.reading import read_curves
from tlcore.comparison.curves.setting import setting_of
from tlcore.comparison.curves.steps import count_passes
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import InputError, NotFoundError
from tlcore.figures.run_curves import run_figure
from tlcore.runs import client
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.run import FAILED, FINISHED, RESUMABLE, TRAINING, Event, Run
from tlcore.runs.store import open_store
from tlcore.runs.time_left import seconds_left
from tlcore.settings import settings
from tlcore.text import count_text, decimal_text, percent_text
from tlcore.training.plans.plan import WARM_UP, plan_from_json
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.training.results.kept_epochs import epochs_changed

_POLL_SECONDS = 1.0
_TILE, _WIDE_TILE = 165, 220  # pixels; two tiles stand side by side on a phone
_PHOTOS = 6  # a row of a wide page
_CLOSE = "You can close this page meanwhile."
# Sentences of different length take the same room, so that what stands below keeps its place.
_STYLE = """<style>
.st-key-said-of-run {min-height: 3.3rem}
@media (max-width: 640px) {.st-key-said-of-run {min-height: 8.2rem}}
</style>"""
_SYMBOLS = {"failed": ":material/error:", "interrupted": ":material/power_off:"}


def show_run(run_id: str) -> None:
    """Draw a run, live until it has ended, as the first thing on the page.

    Only title and progress refresh by themselves; the costly rest is drawn again when the run has reported something.
    Streamlit's browser side fails where a fragment refreshes while a change of page has removed the elements before
    it, so whatever refreshes comes first, its title included.

    Args:
        run_id: its id.

    Raises:
        NotFoundError: if there is none of this id.
    """
    try:
        run, events = read_run(run_id)
        if run.has_ended:
            run, events = open_store().run(run_id), open_store().events(run_id)
    except Exception:
        st.title("Train")  # the title of a run says more, where there is one
        raise
    if run.kind in DATASET_JOBS:
        go_to_job(run_id)
    if run.has_ended:
        st.title(plain(heading(run)))
        if run.deleted:
            show_deleted(run)
            return
        _show_end(run)
    else:
        ensure_dispatcher()
        st.fragment(_draw_progress, run_every=_POLL_SECONDS)(run_id, len(events), epochs_changed(run.folder))
    if run.kind == "train":
        _show_training(run, events)
    elif run.kind == "verify" and run.has_ended:
        link_to_verified(run)
    elif not run.has_ended:
        _show_what_is_looked_at(run)


@errors_shown()
def _draw_progress(run_id: str, drawn_events: int, drawn_epochs: int) -> None:
    run, events = read_run(run_id)
    if run.has_ended:
        forget_unfinished()
    # What a network says of the test photos is kept a moment after its epoch is reported.
    if run.has_ended or len(events) > drawn_events or epochs_changed(run.folder) > drawn_epochs:
        # A fragment may still carry the address that a link on the same page has left, so it is said again.
        st.query_params["run"] = run_id
        st.rerun()
    st.title(plain(heading(run)))
    said = f"{doing(run).sentences} {_CLOSE}" if run.kind == "train" else sentence(run)
    if said:
        st.html(_STYLE)
        st.container(key="said-of-run").write(said)
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            if run.kind == "train":
                show_progress(run, share_shown(run), _time_left(run))
            else:
                show_progress(run)
        stop_button(run)
    if run.kind == "train":
        _show_epoch(run)
        if settings().executor != "local" and run.worker:
            st.caption(f"On the node {plain(run.worker['host'])} of the cluster.")


def _time_left(run: Run) -> str:
    if not run.is_active:
        return ""
    return time_left(f"{run.id} {run.started}", seconds_left([run], share_shown), share_shown(run))


def _show_what_is_looked_at(run: Run) -> None:
    """Draw some images of the dataset that a job works on, if there is one already."""
    st.markdown(f"**{plain(run.name)}**")
    if "dataset" in run.plan:
        with contextlib.suppress(NotFoundError):
            show_examples(open_dataset(run.plan["dataset"]))


def _show_epoch(run: Run) -> None:
    """Draw how far the epoch is that is under way; a pass of a head that is solved takes no time to speak of."""
    words, progress = [], run.progress if run.state == TRAINING else None
    if progress and progress.epoch and progress.learning_rate is not None:
        words.append(f"Image {round(progress.epoch_share * progress.images):,} of {progress.images:,}")
        if progress.per_second:
            words.append(f"{progress.per_second:,.0f} per second")
        words.append(f"learning rate {decimal_text(progress.learning_rate, 2)}")
    st.caption(", ".join(words) or "&nbsp;")  # a line in any case: what stands below keeps its place


def _show_end(run: Run) -> None:
    if run.state == FINISHED:
        return
    icon = _SYMBOLS.get(run.state, ":material/pause_circle:")
    what = "This run" if run.kind == "train" else f"“{run.name}”"
    st.warning(plain(run.error.get("message", f"{what} was {run.state}.")), icon=icon)
    show_log(run)
    if run.state in RESUMABLE:
        goes_on = run.kind == "train" and run.state != FAILED
        label = "Resume" if goes_on else "Try again"
        help = "Continues after the last completed epoch." if goes_on else None
        resume_button(run, label, ":material/resume:", help)


def _show_training(run: Run, events: list[Event]) -> None:
    epochs = client.curve(events)
    if run.state == FINISHED:
        show_result(run, partial(_show_curves, run, epochs))
        return
    _show_figures(run, events, epochs)
    if epochs:
        _show_curves(run, epochs)
    elif not run.has_ended:
        st.caption(":material/show_chart: The curves of accuracy and loss appear here after the first epoch.")
        _show_lesson_photos(run)
    show_mistakes(run, events)
    show_epochs(run)
    with st.expander("The plan"):
        st.json(run.plan)
    with st.expander("Edit name, notes, tags; run again; delete", icon=":material/edit_note:", key=f"tools-{run.id}"):
        show_tools(run)


def _show_lesson_photos(run: Run) -> None:
    """Draw what a run learns from, while there is nothing to see of what it gets wrong."""
    with contextlib.suppress(InputError):
        dataset = open_dataset(run.plan["dataset"])
        train = plan_from_json(run.plan).split(dataset).train
        st.subheader(f"It learns from {count_text(len(train), 'training photo')}, such as these")
        chosen = in_turn(dataset, train)[:_PHOTOS]
        show_grid(dataset, chosen, [dataset.classes[dataset.labels[index]] for index in chosen], f"learned-{run.id}")


def _show_curves(run: Run, epochs: list[dict]) -> None:
    for column, metric in zip(st.columns(2), ("accuracy", "loss"), strict=True):
        with column:
            figure = _curves(run.id, run.name, len(epochs), metric, run.plan, epochs)
            alt = f"{metric.capitalize()} of training and validation images in the course of training."
            show_live(figure, f"{metric}-{run.id}", alt)
    setting = setting_of(run, epochs)
    reading = read_curves(epochs, setting) if setting else None
    if reading is not None:
        box, icon = (st.warning, ":material/troubleshoot:") if reading.is_warning else (st.info, ":material/insights:")
        box(plain(reading.sentence), icon=icon)


@st.cache_data(max_entries=100, show_spinner=False)
def _curves(run_id: str, name: str, count: int, metric: str, _plan: dict, _epochs: list[dict]) -> go.Figure:
    """Drawn once for everybody who watches; `count` epochs of a run never change."""
    phases = plan_from_json(_plan).phases()
    # How many passes a head needs until nothing improves shows only in the end.
    planned = {phase.title: 0 if phase.is_exact else phase.epochs for phase in phases}
    return run_figure(Curve(name, _plan["strategy"], _epochs), metric, planned)


def _step(run: Run, events: list[Event], epochs: list[dict]) -> dict[str, str]:
    """How far it came: passes, or in the end epochs; while these go on, the bar above says which is under way."""
    plan, passes = plan_from_json(run.plan), count_passes(epochs)
    phases = plan.phases()
    begun = {event.payload.get("title") for event in events if event.kind == "phase"} | {
        epoch["phase"] for epoch in epochs
    }
    if phases[0].is_exact and (len(phases) == 1 or phases[1].title not in begun):
        return {"Passes": f"{passes:,}"}
    if not run.has_ended:
        return {}
    planned = phases[-1].epochs if phases[0].is_exact else plan.epochs
    return {"Epochs": f"{len(epochs) - passes} of {planned}"}


def _show_figures(run: Run, events: list[Event], epochs: list[dict]) -> None:
    counts = next((event.payload for event in reversed(events) if "trainable" in event.payload), {})
    last, setting = epochs[-1] if epochs else None, setting_of(run)
    is_warm_up = counts.get("title") == WARM_UP
    accuracy = "Validation, head alone" if last and last["phase"] == WARM_UP else "Validation accuracy"
    figures = {
        "Strategy": STRATEGIES.find(run.plan["strategy"]).title,
        **_step(run, events, epochs),
        accuracy: percent_text(last["validation_accuracy"], setting.images if setting else 0) if last else "–",
        # A run that ended in its warm-up has not trained what its plan would.
        "Trained in warm-up" if is_warm_up else "Trainable parameters": f"{counts['trainable']:,}" if counts else "–",
    }
    # Side by side where there is room, two in a row on a phone.
    with st.container(horizontal=True):
        for label, value in figures.items():
            st.metric(label, value, width=_TILE if len(value) < 12 else _WIDE_TILE)
