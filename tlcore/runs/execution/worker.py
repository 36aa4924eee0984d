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
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import psutil
import sqlalchemy as sa

from tlcore.access.asker import asking
from tlcore.errors import StudioError
from tlcore.explain import explain
from tlcore.jobs import Monitor, Progress, Stopped
from tlcore.runs import run as states
from tlcore.runs.database.engine import is_away
from tlcore.runs.database.tables import Moment
from tlcore.runs.kinds import JOBS
from tlcore.runs.run import Run
from tlcore.runs.store import Store, open_store
from tlcore.settings import settings
from tlcore.storage.locks import waiting_lock
from tlcore.storage.processes import this_process

logger = logging.getLogger(__name__)

_PROGRESS_SECONDS = 0.4
_STOP_CHECK_SECONDS = 0.4
_LOG_TAIL_BYTES = 4000
_TRIES = 300
_TRY_PAUSE_SECONDS = 2.0
_EAGER_SECONDS = 1.0
_WHILE_WAITING = ("tlcore.runs.jobs", "tlcore.training.jobs", "keras", "tensorflow", "tlcore.training.networks.trainer")
_Answer = TypeVar("_Answer")
_ENDING = (*states.ACTIVE, states.INTERRUPTED, states.QUEUED)  # from which an attempt that counts may end


def _patiently(ask: Callable[[], _Answer], passes: Callable[[sa.exc.DBAPIError], bool]) -> _Answer:
    """Ask the store; where it fails with what may pass, ask again for ten minutes.

    Args:
        ask: what is asked or written.
        passes: tells whether an error may pass.

    Returns:
        What the store said.
    """
    for _ in range(_TRIES - 1):
        try:
            return ask()
        except sa.exc.DBAPIError as error:
            if not passes(error):
                raise
            time.sleep(_TRY_PAUSE_SECONDS)
    return ask()


class Reporter:
    """Carries what one job says to the store, and the wish to stop back to the job.

    All that it writes holds only in this attempt: once another worker has the run, nothing of it is touched any more,
    and the job is asked to stop. While the server of the database is away, as it is started anew, the job waits.

    Args:
        store: where to report.
        run: the run that is executed, as it was claimed.
    """

    def __init__(self, store: Store, run: Run):
        self._store = store
        self._run = run
        self._last_progress = 0.0
        self._last_check = 0.0
        self._stop = False
        self._task = ("", 0.0, 0.0)  # what is being done, since when, and how much was done then
        self._state = run.state  # what it is to be while the job is at work
        self._began = time.monotonic()
        self._is_over = False  # it has ended, or is lost to another worker
        self._turn = threading.Lock()  # the job's thread and that of the heartbeat both see to the run

    def emit(self, event: dict) -> None:
        """Report one fact.

        Args:
            event: {"kind": …, …}. "progress" ("what", "done", "total") replaces the run's progress, with how much is
                done "per_second" and an estimate of the "seconds_left", and is thinned out, but
                never where something new begins; "phase" with a "state"
                also moves the run to that state; everything else is kept.
        """
        id, token = self._run.id, self._run.token
        payload = {key: value for key, value in event.items() if key != "kind"}
        if event["kind"] == "progress":
            moment = time.monotonic()
            is_new = payload["what"] != self._task[0]
            if is_new:
                self._task = (payload["what"], moment, payload["done"])
            if is_new or moment - self._last_progress >= _PROGRESS_SECONDS or payload["done"] == payload["total"]:
                self._last_progress = moment
                progress = Progress(**payload, **self._speed(payload))
                self._write(lambda: self._store.set_progress(id, progress, token))
            return
        if event["kind"] == "phase" and "state" in payload:
            self._state = payload["state"]
            self._write(lambda: self._store.move(id, states.ACTIVE, self._state, attempt=token, event=event))
            return
        self._write(lambda: self._store.add_event(id, event["kind"], payload, token))

    def _write(self, write: Callable[[], bool]) -> None:
        """Write to the store; where the run is not under way in this attempt any more, once more if it is again."""
        if not _patiently(write, is_away) and _patiently(self.hold, is_away):
            _patiently(write, is_away)

    def hold(self) -> bool:
        """Say that the worker is alive; where it was taken for dead, take the run back unless another one has it.

        Returns:
            Whether the run is still this worker's.
        """
        with self._turn:
            if self._is_over or self._store.beat(self._run.id, self._run.token):
                return not self._is_over
            if self._store.take_back(self._run, self._state):
                self._note("The worker was taken for dead. Nobody else has taken the run, so it goes on.")
                return True
            self._is_over = True
            self._note("The run was taken from this worker, which stops and leaves the run as it is.")
            return False

    def end(self, state: str, payload: dict, **values: dict) -> None:
        """Note how the run has ended; while the store cannot be written to, as its disk is full, try for a while.

        Args:
            state: one of `tlcore.runs.run.ENDED`.
            payload: of the event that tells it.
            **values: other columns of the run.
        """
        event = {"kind": state, **payload}
        columns: dict[str, Any] = {"ended": Moment(), "error": {}, **values}

        def close() -> bool:
            with self._turn:
                counts = self._store.move(self._run.id, _ENDING, state, attempt=self._run.token, event=event, **columns)
                self._is_over = True
            return counts

        if not _patiently(close, lambda error: True):
            self._note(f"This attempt is {state}, which does not count any more: the run was taken from this worker.")

    def _note(self, line: str) -> None:
        """Add a line to the run's log, unless the run was purged."""
        if self._run.folder.is_dir():
            with self._run.log_path.open("a", encoding="utf-8") as log:
                log.write(f"{line}\n")

    def _speed(self, payload: dict) -> dict:
        _, began, done_before = self._task
        done, seconds = payload["done"] - done_before, time.monotonic() - began
        if done <= 0 or seconds <= 0:
            return {"per_second": None, "seconds_left": None}
        per_second = done / seconds
        return {"per_second": per_second, "seconds_left": (payload["total"] - payload["done"]) / per_second}

    def should_stop(self) -> bool:
        """Tell whether someone asked the run to stop, or took it; asks the store a few times a second at most."""
        moment = time.monotonic()
        if not self._stop and moment - self._last_check >= _STOP_CHECK_SECONDS:
            self._last_check = moment
            self._stop = _patiently(self._is_to_stop, is_away)
        return self._stop

    def _is_to_stop(self) -> bool:
        return self.is_late or not self.hold() or self._store.run(self._run.id).stop_requested

    @property
    def is_late(self) -> bool:
        """Whether the job takes longer than it may."""
        return 0 < self._run.most_seconds < time.monotonic() - self._began


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
def _heartbeat(reporter: Reporter) -> Iterator[None]:
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(settings().heartbeat_seconds):
            # A store that cannot be written to at this moment, as its disk is full, may be at the next.
            with contextlib.suppress(sa.exc.DBAPIError):
                reporter.hold()

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
    run = store.claim(run_id, this_process().to_json())
    if run is None:
        return False
    reporter = Reporter(store, run)
    monitor = Monitor(reporter.emit, reporter.should_stop, store.seconds_spent(run_id))
    with _heartbeat(reporter), asking(run.visitor):
        try:
            with _alone_in_folder(run, monitor):
                _do(run, reporter, monitor)
        except Stopped:  # while another worker, which has lost the run, was still busy in its folder
            reporter.end(states.STOPPED, {})
        except OSError as error:  # the folder, its log or its lock cannot be made, as the disk is full
            _fail(run, reporter, error)
    return True


@contextlib.contextmanager
def _alone_in_folder(run: Run, monitor: Monitor) -> Iterator[None]:
    with waiting_lock(run.lock_path, monitor, "Waiting until an earlier attempt has ended"):
        yield


def _fail(run: Run, reporter: Reporter, error: Exception) -> None:
    with contextlib.suppress(OSError):  # the disk of the log may be full
        traceback.print_exc()
    explained = explain(error, run.log_path)
    message, parts = str(explained), [explained.expected, explained.received, explained.action]
    log = "" if isinstance(error, StudioError) else log_tail(run)  # such an error says all that its reader needs
    reporter.end(states.FAILED, {"message": message}, error={"message": message, "parts": parts, "log": log})


def _note_stop(run: Run, reporter: Reporter) -> None:
    if not reporter.is_late:
        reporter.end(states.STOPPED, {})
        return
    message = too_long(run)
    reporter.end(states.STOPPED, {"message": message}, error={"message": message, "log": ""})


def too_long(run: Run) -> str:
    """Say that a run was stopped because it took too long.

    Args:
        run: one with a limit.
    """
    return f"Stopped after {run.most_seconds:.0f} s, the most that a run may take in this lesson. Try a smaller one."


def _do(run: Run, reporter: Reporter, monitor: Monitor) -> None:
    """Do the job of a run and note how it ended."""
    with _output_to(run.log_path):
        try:
            handler = JOBS.find(run.kind).load()
            # Importing takes seconds, and what follows may be so short that it never asks.
            monitor.check()
            result = handler(run.plan, run.folder, monitor)
            if run.lesson:
                result |= importlib.import_module("tlcore.lessons.hidden_test").answer(run, result, monitor)
        except Stopped:
            _note_stop(run, reporter)
        except Exception as error:
            _fail(run, reporter, error)
        else:
            reporter.end(states.FINISHED, {}, result=result, progress={})


def serve(lines: Iterable[str]) -> None:
    """Execute the runs whose ids arrive, until the stream ends.

    A worker makes way for everything else on the machine, so that pages answer while it is busy. What it is given at
    once is done at once; only when it has to wait does it import what runs need, the light things first and TensorFlow
    last, so that a run given later need not wait for them.

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
    with contextlib.suppress(queue.Empty):
        return waiting.get(timeout=_EAGER_SECONDS)
    for name in _WHILE_WAITING:
        importlib.import_module(name)
        with contextlib.suppress(queue.Empty):
            return waiting.get_nowait()
    return waiting.get()
