"""The dispatcher: a small process, one for each store, that starts queued runs and notices dead ones."""

from __future__ import annotations

import contextlib
import importlib
import logging
import subprocess
import threading
import time
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tlcore.errors import StudioError
from tlcore.runs import run as states
from tlcore.runs.database.engine import present
from tlcore.runs.database.tables import Moment
from tlcore.runs.execution.executors import Executor, LocalExecutor, python_command, start_detached
from tlcore.runs.execution.leases import Lease
from tlcore.runs.execution.queue import fair_order
from tlcore.runs.execution.ray_cluster import configured_cluster
from tlcore.runs.execution.ray_executor import RayExecutor
from tlcore.runs.execution.worker import log_tail, too_long
from tlcore.runs.kinds import JOBS
from tlcore.runs.run import Run
from tlcore.runs.store import Store, open_store
from tlcore.settings import settings
from tlcore.storage.processes import Process, this_process

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.2
_SHORT_JOBS = 1
_LONGEST_PAUSE_SECONDS = 60.0
_LEASE_SECONDS = 20.0  # longer than a cluster may take to refuse a run
_STOP_GRACE_SECONDS = 20.0
_START_SECONDS = 5.0
_STORE_PAUSE_SECONDS = 2.0
_TIDY_SECONDS = 120.0
_LESSON_SECONDS = 5.0
_DIED = "The worker process ended unexpectedly. Resume the run to continue."
_OUT_OF_MEMORY = (
    "The operating system ended the worker process, most likely because memory ran out. Close other programs and "
    "resume the run to continue."
)
_SMALLER = " If it happens again, start it with a smaller batch size, input size or fraction of the dataset."
_last_start: dict[str, float] = {}  # address of the store → when this process last started a dispatcher for it


def dispatcher_lease() -> Lease:
    """The right to be the dispatcher of the store in force."""
    return Lease(settings().store_address, "dispatcher")


def ensure_dispatcher() -> None:
    """Start a dispatcher for the store in force if none is alive. Every front door calls this when it needs one.

    Raises:
        InputError: if the settings name no executor that could work.
    """
    configured_cluster()  # a wrong setting is said to who can see it, not to a log
    open_store()
    if dispatcher_lease().holder() is not None:
        return
    # One that was just started needs a moment, on a busy machine many, before it holds the lease.
    address = settings().store_address
    if time.monotonic() - _last_start.get(address, -_START_SECONDS) >= _START_SECONDS:
        _last_start[address] = time.monotonic()
        start_detached(
            python_command("dispatch"), settings().home / "logs" / "dispatcher.log", stdin=subprocess.DEVNULL
        )


@dataclass
class _Tries:
    """Workers that were given a run and have not started it."""

    count: int = 0
    next_at: float = 0.0  # when another one may be tried, on the monotonic clock


class Dispatcher:
    """Starts queued runs up to the worker limit and marks those whose worker died.

    Args:
        store: the store to serve.
        executor: what executes training runs.
        short: what executes all other jobs; None for the same.
    """

    def __init__(self, store: Store, executor: Executor, short: Executor | None = None):
        self._store = store
        self._training, self._short = executor, short or executor
        self._stop_seen: dict[str, float] = {}
        self._beats: dict[str, tuple[str, float]] = {}  # run → its last heartbeat, and when it was new here
        self._tries: dict[str, _Tries] = {}

    def step(self) -> bool:
        """Look at all runs once.

        Returns:
            Whether any run is queued or under way.
        """
        unfinished = self._store.runs(states=[states.QUEUED, *states.ACTIVE])
        for run in unfinished:
            if run.is_active:
                self._watch(run)
        for executor in {self._training, self._short}:
            executor.tidy([run for run in unfinished if self._executor(run) is executor])
        self._start(unfinished)
        return bool(unfinished)

    def _start(self, unfinished: list[Run]) -> None:
        """Submit queued runs in fair order while there are places: some for training, one for all other jobs."""
        last_starts = self._store.last_starts() if unfinished else {}
        # A job that prepares an experiment ends once it has queued the runs, and its worker is warm: they wait for it.
        prepared = {run.experiment for run in unfinished if run.experiment and not JOBS.find(run.kind).is_training}
        for is_training, places in ((True, self._training.places), (False, _SHORT_JOBS)):
            line = [run for run in unfinished if JOBS.find(run.kind).is_training == is_training]
            busy = [run for run in line if run.is_active or self._executor(run).holds(run.id)]
            waiting = [run for run in line if run not in busy and not self._pauses(run)]
            if is_training:
                waiting = [run for run in waiting if run.experiment not in prepared]
            for run in fair_order(waiting, busy, last_starts)[: max(0, places - len(busy))]:
                if not self._submit(run):
                    break  # what refused one would let the others wait, too

    def _submit(self, run: Run) -> bool:
        """Hand over a run; tells whether it was taken."""
        tries = self._tries.setdefault(run.id, _Tries())
        executor = self._executor(run)
        if tries.count:
            message = (
                f"Worker processes ended before they could start it: {tries.count} so far. {executor.last_words(run)}"
            )
            self._store.explain_waiting(run.id, message)
        tries.count += 1
        tries.next_at = time.monotonic() + min(_LONGEST_PAUSE_SECONDS, 2.0 ** (tries.count - 1))
        try:
            executor.submit(run)
        except StudioError as error:
            self._store.explain_waiting(run.id, str(error))
            return False
        return True

    def _executor(self, run: Run) -> Executor:
        return self._training if JOBS.find(run.kind).is_training else self._short

    def _pauses(self, run: Run) -> bool:
        return run.id in self._tries and time.monotonic() < self._tries[run.id].next_at

    def _watch(self, run: Run) -> None:
        self._tries.pop(run.id, None)
        if not self._executor(run).poll(run) or self._is_silent_elsewhere(run):
            self._close(run, states.INTERRUPTED, self._why_ended(run))
        elif run.stop_requested or self._is_late(run):
            first_seen = self._stop_seen.setdefault(run.id, time.monotonic())
            if time.monotonic() - first_seen > _STOP_GRACE_SECONDS:
                self._executor(run).cancel(run)
                unwilling = "The run did not stop on its own and was terminated."
                self._close(run, states.STOPPED, unwilling if run.stop_requested else too_long(run))
        else:
            self._stop_seen.pop(run.id, None)  # an earlier request, before it was resumed

    def _is_late(self, run: Run) -> bool:
        """Whether a run takes longer than it may; its worker, if it can, notices that itself."""
        if not run.most_seconds:
            return False
        busy = present(settings().store_address) - datetime.fromisoformat(run.started)
        return busy.total_seconds() > run.most_seconds

    def _is_silent_elsewhere(self, run: Run) -> bool:
        # On this machine the process itself is watched; of another machine only the heartbeat is known.
        if Process(**run.worker).is_here:
            return False
        # Whether it changes says so whatever any clock shows, and how long it has not is seen on this process's own.
        last, since = self._beats.get(run.id, ("", 0.0))
        if run.heartbeat != last:
            self._beats[run.id] = (run.heartbeat, time.monotonic())
            return False
        return time.monotonic() - since > settings().silence_seconds

    def _why_ended(self, run: Run) -> str:
        if not self._executor(run).was_killed(run):
            return _DIED
        return _OUT_OF_MEMORY + (_SMALLER if JOBS.find(run.kind).is_training else "")

    def _close(self, run: Run, state: str, message: str) -> None:
        error = {"message": message, "log": log_tail(run)}
        event = {"kind": state, "message": message}
        if self._store.move(run.id, states.ACTIVE, state, attempt=run.token, event=event, ended=Moment(), error=error):
            logger.warning("run %s is %s: %s", run.id, state, message)


def dispatch() -> bool:
    """Be the dispatcher until there is nothing to do for `idle_seconds`.

    Returns:
        False if another dispatcher is at work already.
    """
    lease = dispatcher_lease()
    me = this_process()
    if not lease.take(me, _LEASE_SECONDS):
        return False
    local, cluster = LocalExecutor(), configured_cluster()
    # What pages wait for, such as an import, stays on this machine, whose files it may name.
    dispatcher = Dispatcher(open_store(), RayExecutor(cluster) if cluster else local, local)
    last_work = time.monotonic()
    try:
        threading.Thread(target=_keep_tidy, daemon=True).start()
        while time.monotonic() - last_work < settings().idle_seconds:
            try:
                if not lease.take(me, _LEASE_SECONDS):
                    logger.warning("another dispatcher took over")
                    break
                if dispatcher.step():
                    last_work = time.monotonic()
            except sa.exc.DBAPIError as error:
                # A full disk or a database that is away: both may come back, and the runs are still there then.
                logger.warning("the store cannot be used at present: %s", error.orig)
                time.sleep(_STORE_PAUSE_SECONDS)
            time.sleep(_PAUSE_SECONDS)
    finally:
        local.close()
        with contextlib.suppress(sa.exc.DBAPIError):
            lease.drop(me)
    return True


def _keep_tidy() -> None:
    """End lessons in time and tidy the home folder now and then, as long as this process lives; no run waits for it."""
    housekeeping = importlib.import_module("tlcore.runs.housekeeping")
    next_tidy = 0.0
    while True:
        try:
            housekeeping.end_lessons(open_store())
            if time.monotonic() >= next_tidy:
                next_tidy = time.monotonic() + _TIDY_SECONDS
                housekeeping.tidy(open_store())
        except Exception:
            logger.exception("the home folder cannot be tidied at present")
        time.sleep(_LESSON_SECONDS)
