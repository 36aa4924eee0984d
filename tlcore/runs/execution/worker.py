"""A worker process: executes runs one after another and reports all that happens to the store."""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator

import psutil
import sqlalchemy as sa

from tlcore.access.asker import asking
from tlcore.jobs import Monitor, Progress, Stopped
from tlcore.runs import run as states
from tlcore.runs.execution.explain import explain
from tlcore.runs.execution.processes import this_process
from tlcore.runs.kinds import JOBS
from tlcore.runs.run import Run
from tlcore.runs.store import Store, open_store
from tlcore.runs.tables import now
from tlcore.settings import settings

logger = logging.getLogger(__name__)

_PROGRESS_SECONDS = 0.4
_STOP_CHECK_SECONDS = 0.4
_LOG_TAIL_BYTES = 4000
_END_TRIES = 300
_END_PAUSE_SECONDS = 2.0
_EAGER_SECONDS = 1.0


class Reporter:
    """Carries what one job says to the store, and the wish to stop back to the job.

    Args:
        store: where to report.
        run: the run that is executed.
    """

    def __init__(self, store: Store, run: Run):
        self._store = store
        self._run = run
        self._last_progress = 0.0
        self._last_check = 0.0
        self._stop = False
        self._task = ("", 0.0, 0.0)  # what is being done, since when, and how much was done then

    def emit(self, event: dict) -> None:
        """Report one fact.

        Args:
            event: {"kind": …, …}. "progress" ("what", "done", "total") replaces the run's progress, with how much is
                done "per_second" and an estimate of the "seconds_left", and is thinned out; "phase" with a "state"
                also moves the run to that state; everything else is kept.
        """
        payload = {key: value for key, value in event.items() if key != "kind"}
        if event["kind"] == "progress":
            moment = time.monotonic()
            if payload["what"] != self._task[0]:
                self._task = (payload["what"], moment, payload["done"])
            if moment - self._last_progress >= _PROGRESS_SECONDS or payload["done"] == payload["total"]:
                self._last_progress = moment
                self._store.set_progress(self._run.id, Progress(**payload, **self._speed(payload)))
            return
        if event["kind"] == "phase" and "state" in payload:
            self._store.move(self._run.id, states.ACTIVE, payload["state"])
        self._store.add_event(self._run.id, event["kind"], payload)

    def _speed(self, payload: dict) -> dict:
        _, began, done_before = self._task
        done, seconds = payload["done"] - done_before, time.monotonic() - began
        if done <= 0 or seconds <= 0:
            return {"per_second": None, "seconds_left": None}
        per_second = done / seconds
        return {"per_second": per_second, "seconds_left": (payload["total"] - payload["done"]) / per_second}

    def should_stop(self) -> bool:
        """Tell whether someone asked the run to stop; asks the store a few times a second at most."""
        moment = time.monotonic()
        if not self._stop and moment - self._last_check >= _STOP_CHECK_SECONDS:
            self._last_check = moment
            self._stop = self._store.run(self._run.id).stop_requested
        return self._stop


@contextlib.contextmanager
def _output_to(path) -> Iterator[None]:
    """Send everything that this process prints, also from C++, to the end of a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    saved = [os.dup(1), os.dup(2)]
    with path.open("ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError):
                    stream.flush()
            for descriptor, copy in zip((1, 2), saved, strict=True):
                os.dup2(copy, descriptor)
                os.close(copy)


@contextlib.contextmanager
def _heartbeat(store: Store, run: Run) -> Iterator[None]:
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(settings().heartbeat_seconds):
            # A store that cannot be written to at this moment, as its disk is full, may be at the next.
            with contextlib.suppress(sa.exc.DBAPIError):
                store.beat(run.id)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def log_tail(run: Run) -> str:
    """The last lines that a run's worker printed.

    Args:
        run: any run.

    Returns:
        At most 4,000 bytes of text, "" if there is no log.
    """
    if not run.log_path.exists():
        return ""
    with run.log_path.open("rb") as file:
        file.seek(max(0, run.log_path.stat().st_size - _LOG_TAIL_BYTES))
        return file.read().decode("utf-8", "replace")


def execute(run_id: str) -> bool:
    """Execute a queued run to its end, whatever that is.

    Args:
        run_id: its id.

    Returns:
        Whether this process got the run; False if another one was faster.
    """
    store = open_store()
    process = this_process().to_json()
    moment = now()
    begun = {"worker": process, "started": moment, "heartbeat": moment, "error": {}}
    if not store.move(run_id, [states.QUEUED], states.PREPARING, **begun):
        return False
    run = store.run(run_id)
    reporter = Reporter(store, run)
    with _output_to(run.log_path), _heartbeat(store, run), asking(run.visitor):
        try:
            handler = JOBS.find(run.kind).load()
            # Importing takes seconds, and what follows may be so short that it never asks.
            monitor = Monitor(reporter.emit, reporter.should_stop)
            monitor.check()
            result = handler(run.plan, run.folder, monitor)
        except Stopped:
            _end(store, run, states.STOPPED, {})
        except Exception as error:
            with contextlib.suppress(OSError):  # the disk of the log may be full
                traceback.print_exc()
            message = explain(error)
            _end(store, run, states.FAILED, {"message": message}, error={"message": message, "log": log_tail(run)})
        else:
            _end(store, run, states.FINISHED, {}, result=result, progress={})
    return True


def _end(store: Store, run: Run, state: str, payload: dict, **values: object) -> None:
    """Note how a run has ended; while the store cannot be written to, as its disk is full, try again for a while."""
    for attempt in range(_END_TRIES):
        try:
            store.add_event(run.id, state, payload)
            store.move(run.id, states.ACTIVE, state, ended=now(), **values)
            return
        except sa.exc.DBAPIError:
            if attempt == _END_TRIES - 1:
                raise
            time.sleep(_END_PAUSE_SECONDS)


def serve(lines: Iterable[str]) -> None:
    """Execute the runs whose ids arrive, until the stream ends.

    A worker makes way for everything else on the machine, so that pages answer while it is busy. What it is given at
    once is done at once; only when it has to wait does it import TensorFlow, so that a run given later, which may need
    that, need not wait for it.

    Args:
        lines: run ids, one a line.
    """
    psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if os.name == "nt" else 10)
    waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in lines:
            waiting.put(line.strip())
        waiting.put(None)

    threading.Thread(target=read, daemon=True).start()
    while (run_id := _next(waiting)) is not None:
        if run_id:
            execute(run_id)
            gc.collect()  # networks hold themselves in circles, and the next run may need their memory


def _next(waiting: queue.SimpleQueue[str | None]) -> str | None:
    """The next run's id, "" for an empty line, None at the end."""
    try:
        return waiting.get(timeout=_EAGER_SECONDS)
    except queue.Empty:
        importlib.import_module("keras")
        importlib.import_module("tensorflow")
        return waiting.get()
