"""An experiment while it goes on: its curves, each run's accuracy so far, and what each gets wrong now."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import streamlit as st

from pages.compare.live.done import note_end
from pages.compare.live.runs import Live, mistakes_html, runs_html
from pages.entrance.visitor import why_not
from pages.ui.browser.chart import show_live
from pages.ui.errors import errors_shown, safely
from pages.ui.jobs import forget_run, now, read_run, waiting_words
from pages.ui.launcher import ADDRESS
from pages.ui.photos import show_examples, webp_of
from pages.ui.running.doing import doing
from pages.ui.running.headway import forget_time_left, share_shown, time_left
from pages.ui.text import plain
from tlcore.comparison.comparison import short_titles
from tlcore.comparison.curves.curve import Curve
from tlcore.comparison.curves.passage import shown_steps, through_training
from tlcore.comparison.curves.setting import setting_of
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import NotFoundError
from tlcore.figures.curves import live_figure
from tlcore.figures.marks import marks
from tlcore.runs import client, experiments
from tlcore.runs.database.readers import may_read
from tlcore.runs.run import QUEUED, Run
from tlcore.runs.time_left import seconds_left, share_of_all
from tlcore.settings import settings
from tlcore.training.plans.plan import WARM_UP, plan_from_json

_POLL_SECONDS = 1.0
_ALL_GUESS = (
    "Each run begins with a new head, which can only guess: the dotted line leads from there to its first point."
)
_HOW_TO_READ = f"{_ALL_GUESS} Where more layers are trained later, that point is the new head alone."
_MOST_MISTAKEN = 3  # runs whose mistakes are shown: those that reported last
_DRAWN, _DRAWN_WIDTH = 8, 96  # pictures shown while they are drawn, and pixels of each


def watch(experiment: str) -> None:
    """Draw an experiment that goes on; the page is drawn again when it has ended.

    Args:
        experiment: its id.
    """
    st.fragment(_draw, run_every=_POLL_SECONDS)(experiment)


@errors_shown()
def _draw(experiment: str) -> None:
    jobs = [now(job) for job in _jobs(experiment, settings().store_address)]
    if all(job.has_ended for job in jobs):
        # A fragment may still carry the address that a link on the same page has left, so it is said again.
        st.query_params[ADDRESS] = experiment
        forget_time_left(experiment)  # it may be resumed
        note_end(experiment)
        st.rerun()
    st.title(experiments.kind_of(experiment).question)
    runs = [job for job in jobs if job.kind == "train"]
    bar, button = st.columns([4, 1], vertical_alignment="center")
    with bar:
        _show_progress(experiment, jobs, runs)
    refusal = why_not(jobs[0].visitor)
    button.button(
        "Stop the experiment",
        icon=":material/stop:",
        type="tertiary",
        key="stop-experiment",
        disabled=bool(refusal) or all(job.has_ended or job.stop_requested for job in jobs),
        help=refusal,
        on_click=safely(experiments.stop),
        args=(experiment,),
    )
    lives = _lives(runs)
    chart, listing = st.columns([3, 2], gap="large")
    with chart:
        if lives:
            _show_chart(experiment, lives)
        else:
            _show_pictures(runs)
    with listing:
        if lives:
            st.html(runs_html(lives))
    _show_mistakes(lives)
    if lives:
        _show_pictures(runs)


def _show_chart(experiment: str, lives: Sequence[Live]) -> None:
    """Validation accuracy of each run; the line of guessing stands there before any, while the browser loads Plotly."""
    plans = [plan_from_json(live.run.plan) for live in lives]
    steps = [shown_steps(plan, live.epochs) for plan, live in zip(plans, lives, strict=True)]
    curves = [Curve(live.title, live.run.plan["strategy"], shown) for live, shown in zip(lives, steps, strict=True)]
    places = [
        through_training(plan, shown, live.run.has_ended) for plan, shown, live in zip(plans, steps, lives, strict=True)
    ]
    setting = setting_of(lives[0].run)
    alt = "Validation accuracy through the training of each run, one line per run."
    guessing = setting.largest_share if setting else None
    start = 1 / setting.classes if setting and not any(plan.has_own_head for plan in plans) else None
    show_live(live_figure(curves, places, guessing, start), f"live-{experiment}", alt)
    st.caption(_HOW_TO_READ if any(plan.phases()[0].title == WARM_UP for plan in plans) else _ALL_GUESS)


def _show_progress(experiment: str, jobs: Sequence[Run], runs: Sequence[Run]) -> None:
    """Draw one bar for everything, with what is being done and one time left."""
    share = share_of_all(jobs, share_shown)
    if not any(run.is_active or run.has_ended for run in runs):
        waiting = next(job for job in jobs if not job.has_ended)
        is_busy = waiting.is_active and waiting.progress
        st.progress(share, text=plain(doing(waiting).words) if is_busy else waiting_words(waiting))
        return
    left = time_left(experiment, seconds_left(runs, share_shown), share)
    ended = sum(run.has_ended for run in runs)
    st.progress(share, text=f"{ended} of {len(runs)} runs finished, {left}. You can close this page meanwhile.")


def _jobs(experiment: str, address: str) -> list[Run]:
    jobs = [job for job in _of_everybody(experiment, address) if may_read(job.visitor)]
    if not jobs:
        raise NotFoundError("experiment", experiment, ())
    return jobs


@st.cache_data(ttl=0.8, max_entries=50, show_spinner=False)
def _of_everybody(experiment: str, address: str) -> list[Run]:
    """One reading serves everybody who watches; the address of the store keeps the readings of several apart."""
    return experiments.jobs_of(experiment)


def _lives(runs: Sequence[Run]) -> list[Live]:
    titles = short_titles(runs)
    looks = marks([run.plan["strategy"] for run in runs])
    return [Live(run, title, mark.color, *_reports(run)) for run, title, mark in zip(runs, titles, looks, strict=True)]


def _reports(run: Run) -> tuple[list[dict], dict | None]:
    if run.state == QUEUED:
        return [], None
    return _reports_at_end(run.id, run.ended) if run.has_ended else _picked(run.id)


@st.cache_data(max_entries=300, show_spinner=False)
def _reports_at_end(run_id: str, ended: str) -> tuple[list[dict], dict | None]:
    """What has ended says nothing new, unless it is resumed."""
    forget_run(run_id)
    return _picked(run_id)


def _picked(run_id: str) -> tuple[list[dict], dict | None]:
    """The epochs of a run, and its latest mistakes."""
    _, events = read_run(run_id)
    mistakes = next((event.payload for event in reversed(events) if event.kind == "mistakes"), None)
    return client.curve(events), mistakes


def _show_pictures(runs: Sequence[Run]) -> None:
    st.markdown("**What they learn from**")
    if not runs:  # the job that prepares them is still drawing these very pictures
        with st.container(horizontal=True):
            for name, picture in _first_drawn():
                st.image(picture, caption=name, width=_DRAWN_WIDTH, alt=name)
        return
    with contextlib.suppress(NotFoundError):
        show_examples(open_dataset(runs[0].plan["dataset"]))


@st.cache_data(show_spinner=False)
def _first_drawn() -> list[tuple[str, str]]:
    """A few of the pictures that the first example draws: names of objects, and pictures in their own addresses."""
    from tlcore.datasets.sources.rendered import OBJECTS, render

    found = []
    for number in range(_DRAWN):
        label, index = number % len(OBJECTS), number // len(OBJECTS)
        found.append((OBJECTS[label].name, webp_of(render(label, index, _DRAWN_WIDTH))))
    return found


def _show_mistakes(lives: Sequence[Live]) -> None:
    told = [live for live in lives if live.mistakes is not None]
    if not told:
        return
    which = "each gets" if len(told) <= _MOST_MISTAKEN else "the latest get"
    st.markdown(
        f"**Validation photos that {which} most wrong now.** They check how training goes; nothing learns from them."
    )
    shown = sorted(told, key=lambda live: live.run.started)[-_MOST_MISTAKEN:]
    with contextlib.suppress(NotFoundError):
        dataset = open_dataset(shown[0].run.plan["dataset"])
        # As many columns from the start as there are going to be: what stands there stays in its place.
        for column, live in zip(st.columns(min(len(lives), _MOST_MISTAKEN), gap="medium"), shown, strict=False):
            column.html(mistakes_html(live, dataset))
