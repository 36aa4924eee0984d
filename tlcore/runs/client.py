"""What pages and the command line do with runs: submit, wait, look at the curve, delete."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable

from tlcore.runs.dispatcher import ensure_dispatcher
from tlcore.runs.jobs import find_job
from tlcore.runs.run import Event, Run
from tlcore.runs.store import open_store

_POLL_SECONDS = 0.25


def submit(kind: str, plan: dict, name: str, experiment: str = "") -> Run:
    """Queue a run and see to it that a dispatcher is there to start it.

    Args:
        kind: a key of `tlcore.runs.jobs.JOBS`.
        plan: the request, JSON-able.
        name: what the user calls it.
        experiment: id shared by runs that belong together, or "".

    Returns:
        The queued run.

    Raises:
        NotFoundError: if there is no such kind.
    """
    find_job(kind)
    run = open_store().add_run(kind, plan, name, experiment)
    ensure_dispatcher()
    return run


def resume(run_id: str) -> None:
    """Queue a run again that did not finish.

    Args:
        run_id: its id.

    Raises:
        StateError: if it is finished, queued or under way.
    """
    open_store().resume(run_id)
    ensure_dispatcher()


def wait(run_id: str, on_change: Callable[[Run], None] = lambda run: None) -> Run:
    """Wait until a run has ended.

    Args:
        run_id: its id.
        on_change: called with the run a few times a second.

    Returns:
        The run as it ended.
    """
    store = open_store()
    while not (run := store.run(run_id)).has_ended:
        on_change(run)
        ensure_dispatcher()
        time.sleep(_POLL_SECONDS)
    return run


def curve(events: list[Event]) -> list[dict]:
    """Pick the epochs out of a run's events.

    Args:
        events: of one run, in order.

    Returns:
        The payload of each epoch, in order; where a resumed run repeated an epoch, the later report.
    """
    epochs = {event.payload["epoch"]: event.payload for event in events if event.kind == "epoch"}
    return [epochs[number] for number in sorted(epochs)]


def delete(run_id: str) -> None:
    """Remove a run with its events and files for good.

    Args:
        run_id: its id.

    Raises:
        StateError: if it is under way.
    """
    store = open_store()
    folder = store.run(run_id).folder
    store.delete_run(run_id)
    shutil.rmtree(folder, ignore_errors=True)
