"""A running job: reading it, its progress with time left, and a way to stop it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime

import streamlit as st

from pages.entrance.visitor import why_not
from pages.ui.errors import errors_shown, safely
from pages.ui.running.doing import doing
from pages.ui.running.unfinished import forget_unfinished
from pages.ui.text import plain
from tlcore.access.asker import OWNER
from tlcore.errors import NotFoundError, StateError
from tlcore.runs import client
from tlcore.runs.database.engine import present
from tlcore.runs.database.readers import may_read
from tlcore.runs.execution.queue import place_text, places_in_line
from tlcore.runs.kinds import JOBS
from tlcore.runs.run import ACTIVE, QUEUED, Event, Run
from tlcore.runs.store import open_store
from tlcore.settings import settings

_POLL_SECONDS = 0.7
_LONG_WAIT = 15  # seconds; after that a reader wants to know how long it has been


def read_run(run_id: str) -> tuple[Run, list[Event]]:
    """Read a run and all that it has reported; `forget_run(run_id)` after changing it.

    One reading serves everybody who watches at this moment and may, however many they are.

    Args:
        run_id: its id.

    Returns:
        The run and its events in order, at most 0.8 s old.

    Raises:
        NotFoundError: if there is none of this id that the asker may read.
    """
    run, events = _read_run(run_id)
    if not may_read(run.visitor):
        raise NotFoundError("run", run_id, ())
    return run, events


def forget_run(run_id: str) -> None:
    """Read a run anew, as it was changed.

    Args:
        run_id: its id.
    """
    _read_run.clear(run_id)


@st.cache_data(ttl=0.8, max_entries=200, show_spinner=False)
def _read_run(run_id: str) -> tuple[Run, list[Event]]:
    run, last = open_store().poll(run_id)
    return run, _events(run_id, last)


def now(run: Run) -> Run:
    """A run as everybody sees it at this moment, so that a page and its sidebar say the same of it.

    Args:
        run: as it was read somewhere.
    """
    return read_run(run.id)[0] if run.is_active else run


@st.cache_data(max_entries=200, show_spinner=False)
def _events(run_id: str, last: int) -> list[Event]:
    """What a run has reported up to an event; as that never changes, it is read only when there is more."""
    return [event for event in open_store().events(run_id) if event.sequence <= last]


def duration_text(seconds: float) -> str:
    """Say how long something takes.

    Args:
        seconds: 0 or more.

    Returns:
        Such as "about 40 s" or "about 3 min".
    """
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    if seconds < 5400:
        return f"about {round(seconds / 60)} min"
    return f"about {seconds / 3600:.1f} h"


@st.cache_data(ttl=0.8, max_entries=1, show_spinner=False)
def _line(address: str) -> tuple[dict[str, int], set[bool]]:
    """Who waits at which place, and in which lines (training, short jobs) something is under way.

    One reading of a store serves everybody who waits at this moment.
    """
    store = open_store()  # the one of that address; the argument keeps readings apart
    return places_in_line(store), {JOBS.find(run.kind).is_training for run in store.runs(states=ACTIVE, for_whom=OWNER)}


def _place(run: Run) -> tuple[int, bool]:
    """The place of a queued run in its line, 1 for the next one, and whether something is under way there."""
    address = settings().store_address
    if run.id not in _line(address)[0]:  # read before it was queued
        _line.clear()
    places, busy = _line(address)
    return places.get(run.id, 1), JOBS.find(run.kind).is_training in busy


def queued_words(run: Run) -> str:
    """Say in a few words what a queued run does.

    Args:
        run: queued.

    Returns:
        "Starting" for one with nothing ahead of it, else its place, such as "Next in the queue".
    """
    place, is_busy = _place(run)
    return "Starting" if place == 1 and not is_busy else place_text(place).capitalize()


def waiting_words(run: Run) -> str:
    """Say what a run waits for, exactly once it has waited for long.

    Args:
        run: queued, or under way and without progress so far.
    """
    waited = (present(settings().store_address) - datetime.fromisoformat(run.started or run.created)).total_seconds()
    so_far = f" ({waited:.0f} s so far)" if waited > _LONG_WAIT else ""
    if run.state != QUEUED:
        return f"{doing(run).words}, some 10 s on a fresh machine{so_far}."
    place, is_busy = _place(run)
    if place > 1:
        return f"{place_text(place).capitalize()}. People who share this machine take turns."
    if is_busy:
        return f"Next in the queue. It starts when {_under_way(run)} has ended{so_far}."
    return f"Starting. After a long pause, a process loads TensorFlow first, some 10 s{so_far}."


def _under_way(run: Run) -> str:
    """Name what a queued run waits for, with how far that is."""
    training = JOBS.find(run.kind).is_training
    ahead = [other for other in open_store().runs(states=ACTIVE) if JOBS.find(other.kind).is_training == training]
    if not ahead:
        return "the one before it"
    progress = f" ({plain(doing(ahead[0]).words)})" if ahead[0].progress else ""
    return f"“{plain(ahead[0].name)}”{progress}"


def show_progress(run: Run, share: float | None = None, left: str = "") -> None:
    """Draw the progress of a run that has not ended.

    Args:
        run: queued or under way.
        share: of the whole run that is done, 0..1; None for that of what it does at the moment.
        left: how long the whole run still takes, in words; "" for the time of what it does at the moment.
    """
    progress = run.progress
    if run.state == QUEUED or not progress:
        st.progress(0.0, text=waiting_words(run))
        if run.state == QUEUED and run.error:
            st.warning(plain(run.error["message"]), icon=":material/sync_problem:")
        return
    if not left and share is None and progress.seconds_left:
        left = f"{duration_text(progress.seconds_left)} left"
    st.progress(
        progress.share if share is None else share, text=", ".join(filter(None, (plain(doing(run).words), left)))
    )


def stop_button(run: Run) -> None:
    """Draw a button that stops a run.

    Args:
        run: queued or under way.
    """
    label = "Stopping" if run.stop_requested else "Stop"
    # A callback, as it runs before anything is drawn: a page that redraws itself because the run has just reported
    # something would never get as far as to ask a button for its click.
    st.button(
        label,
        icon=":material/stop:",
        disabled=run.stop_requested or bool(why_not(run.visitor)),
        help=why_not(run.visitor),
        key=f"stop-{run.id}",
        on_click=safely(_request_stop),
        args=(run.id,),
    )


def watch(run_id: str, caption: str, stay: Callable[[], None] = lambda: None) -> None:
    """Follow a job until it has ended; then the page is drawn again.

    Args:
        run_id: of a job that has not ended.
        caption: what stands above its progress, Markdown.
        stay: says the page's address again: a fragment that draws the page anew may still carry an older one.
    """
    st.fragment(_follow, run_every=_POLL_SECONDS)(run_id, caption, stay)


@errors_shown()
def _follow(run_id: str, caption: str, stay: Callable[[], None]) -> None:
    run = open_store().run(run_id)
    if run.has_ended:
        forget_unfinished()
        stay()
        st.rerun()
    st.caption(caption)
    with st.container(horizontal=True, vertical_alignment="center"):  # columns would cut the button in a narrow place
        with st.container(width="stretch"):
            show_progress(run)
        stop_button(run)


def show_failure(run: Run) -> None:
    """Say why a job did not finish, with the end of its log.

    Args:
        run: failed, stopped or interrupted.
    """
    st.error(plain(run.error.get("message", f"The last attempt was {run.state}.")), icon=":material/error:")
    show_log(run)


def show_log(run: Run) -> None:
    """Draw the last lines that a run's worker printed, if they were kept.

    Args:
        run: any run.
    """
    if run.error.get("log"):
        with st.expander("Last lines of the log"):
            st.code(run.error["log"], language=None)


def resume_button(run: Run, label: str, icon: str, help: str | None = None) -> None:
    """Draw the button that queues a job again.

    Args:
        run: one that can be resumed.
        label: of the button.
        icon: of the button.
        help: what it does, where the label does not say it.
    """
    st.button(
        label,
        type="primary",
        icon=icon,
        disabled=bool(why_not(run.visitor)),
        help=why_not(run.visitor) or help,
        on_click=safely(_resume),
        args=(run.id,),
    )


def _resume(run_id: str) -> None:
    # Someone else who watches the run may have been faster.
    with contextlib.suppress(StateError):
        client.resume(run_id)
    forget_run(run_id)


def _request_stop(run_id: str) -> None:
    # Where the run has ended in the meantime there is nothing to stop, and the page is about to say so.
    with contextlib.suppress(StateError):
        client.stop(run_id)
    forget_run(run_id)
