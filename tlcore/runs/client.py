"""What pages and the command line do with runs: submit, stop, resume, look at the curve, describe, delete.

A visitor of a shared studio may change only their own runs; whoever asks is known to `tlcore.access.asker`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from tlcore.access.asker import Visitor, check_change
from tlcore.datasets.dataset import short_name
from tlcore.datasets.deleting import delete_dataset
from tlcore.errors import InputError, StateError
from tlcore.runs.execution.dispatcher import ensure_dispatcher
from tlcore.runs.kinds import JOBS
from tlcore.runs.limits import check_share
from tlcore.runs.run import ACTIVE, FINISHED, QUEUED, Event, Run
from tlcore.runs.store import MOST_NAME, open_store
from tlcore.text import distinct_name, one_line

_POLL_SECONDS = 0.25
_MOST_NOTES = 10_000
_MOST_TAG = 40


def submit(kind: str, plan: dict, name: str, experiment: str = "", owner: str = "") -> Run:
    """Queue a run and see to it that a dispatcher is there to start it.

    Args:
        kind: a key of `tlcore.runs.kinds.JOBS`.
        plan: the request, JSON-able.
        name: what the user calls it.
        experiment: id shared by runs that belong together, or "".
        owner: nickname of who asks, or ""; people take turns.

    Returns:
        The queued run.

    Raises:
        NotFoundError: if there is no such kind.
        AccessError: if a visitor has reached their share of the machine.
    """
    JOBS.find(kind)
    check_share()
    ensure_dispatcher()  # before anything is queued: it says if the settings name no executor
    return open_store().add_run(kind, plan, name, experiment, owner)


def stop(run_id: str) -> None:
    """Ask a run to stop.

    Args:
        run_id: its id.

    Raises:
        StateError: if it has ended already.
        AccessError: if it belongs to somebody else.
    """
    _own_run(run_id)
    open_store().request_stop(run_id)


def resume(run_id: str) -> None:
    """Queue a run again that did not finish.

    Args:
        run_id: its id.

    Raises:
        StateError: if it is finished, queued or under way.
        AccessError: if it belongs to somebody else, or a visitor has reached their share of the machine.
    """
    _own_run(run_id)
    check_share()
    ensure_dispatcher()
    open_store().resume(run_id)


def delete(run_id: str) -> None:
    """Put a run aside, out of all lists; `restore` brings it back until it is purged.

    Args:
        run_id: its id.

    Raises:
        StateError: if a worker is busy with it.
        AccessError: if it belongs to somebody else.
    """
    _own_run(run_id)
    open_store().delete_run(run_id)


def restore(run_id: str) -> None:
    """Bring a deleted run back.

    Args:
        run_id: its id.

    Raises:
        NotFoundError: if there is none of this id, or it was purged.
        AccessError: if it belongs to somebody else.
    """
    _own_run(run_id)
    open_store().restore_run(run_id)


def _own_run(run_id: str) -> None:
    check_change(open_store().run(run_id).visitor, f"run {run_id}")


def unfinished_runs(for_whom: Visitor | None = None) -> list[Run]:
    """Read what waits and what is under way, and see to it that a dispatcher is there for it.

    Every front door shows runs through this, so that none waits for a dispatcher that was killed.

    Args:
        for_whom: who is to read them; None for the asker.

    Returns:
        The runs that are queued or under way, newest first.
    """
    runs = open_store().runs(states=[QUEUED, *ACTIVE], for_whom=for_whom)
    if runs:
        ensure_dispatcher()
    return runs


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


def trained_run(run_id: str) -> Run:
    """Read a training run that has finished.

    Args:
        run_id: its id.

    Returns:
        The run.

    Raises:
        NotFoundError: if there is none of this id.
        StateError: if it is of another kind, or has not finished.
    """
    run = open_store().run(run_id)
    check_trained(run)
    return run


def check_trained(run: Run) -> None:
    """Refuse a run that is no finished training run.

    Args:
        run: any run.

    Raises:
        StateError: if it is of another kind, or has not finished.
    """
    if run.kind != "train" or run.state != FINISHED:
        received = f"run {run.id} ({run.kind}), which is {run.state}"
        raise StateError("a finished training run", received, "Wait for it to finish, or choose another.")


def curve(events: list[Event]) -> list[dict]:
    """Pick the epochs out of a run's events.

    Args:
        events: of one run, in order.

    Returns:
        The payload of each epoch, in order; where a resumed run repeated an epoch, the later report.
    """
    epochs = {event.payload["epoch"]: event.payload for event in events if event.kind == "epoch"}
    return [epochs[number] for number in sorted(epochs)]


def retry(run_id: str, owner: str = "") -> Run:
    """Queue a new run with the plan of an earlier one, from the start; the earlier one stays as it is.

    Args:
        run_id: id of a run that has ended.
        owner: nickname of who asks, or "".

    Returns:
        The queued run.

    Raises:
        StateError: if the earlier one is queued or under way.
    """
    run = open_store().run(run_id)
    if not run.has_ended:
        raise StateError("a run that has ended", f"run {run_id}, which is {run.state}", "Stop it first.")
    ending = f" on {short_name(run.plan['dataset'])}" if "dataset" in run.plan else ""
    name = distinct_name(run.name, open_store().names(run.kind), ending)
    return submit(run.kind, run.plan, name, run.experiment, owner)


def describe(run_id: str, *, name: str | None = None, notes: str | None = None, tags: str | None = None) -> None:
    """Rename a run, write something down about it, or give it tags.

    Args:
        run_id: its id.
        name: what to call it; None leaves it.
        notes: free text; None leaves it.
        tags: short words, separated by commas; None leaves them.

    Raises:
        InputError: if the name is empty, or a text is too long.
        NotFoundError: if there is no such run.
        AccessError: if it belongs to somebody else.
    """
    _own_run(run_id)
    values: dict[str, object] = {}
    if name is not None:
        values["name"] = _checked("name", one_line(name, 2 * MOST_NAME), MOST_NAME)
        if not values["name"]:
            raise InputError("a name", "none", "Enter a name for the run.")
    if notes is not None:
        values["notes"] = _checked("notes", notes.strip(), _MOST_NOTES)
    if tags is not None:
        words = dict.fromkeys(one_line(word, 2 * _MOST_TAG) for word in tags.split(","))
        values["tags"] = [_checked("tag", word, _MOST_TAG) for word in words if word]
    if values:
        open_store().describe_run(run_id, values)


def _checked(what: str, text: str, most: int) -> str:
    if len(text) > most:
        raise InputError(f"a {what} of at most {most:,} characters", f"{len(text):,}", "Shorten it.")
    return text


def runs_on_dataset(dataset_id: str) -> list[Run]:
    """Training runs that learned, learn or are going to learn from a dataset, newest first.

    Args:
        dataset_id: its id.
    """
    return [run for run in open_store().runs(kind="train") if run.plan.get("dataset") == dataset_id]


def delete_unused_dataset(dataset_id: str) -> None:
    """Delete a dataset that no waiting or active run needs; `restore_dataset` brings it back.

    Args:
        dataset_id: its id.

    Raises:
        NotFoundError: if there is none of that id.
        StateError: if something still needs it.
        AccessError: if it belongs to somebody else.
    """
    unfinished = open_store().runs(states=[QUEUED, *ACTIVE])
    needing = [run.id for run in unfinished if dataset_id in (run.plan.get("dataset"), run.plan.get("parent"))]
    if needing:
        raise StateError("a dataset that no run is using", f"one used by runs {', '.join(needing)}", "Stop them first.")
    delete_dataset(dataset_id)
