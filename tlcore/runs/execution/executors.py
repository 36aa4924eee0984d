"""Where runs are executed: the interface of all executors, and the one that uses the dispatcher's own machine."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

import tlcore
from tlcore.runs.run import QUEUED, Run
from tlcore.settings import settings
from tlcore.storage.processes import Process

logger = logging.getLogger(__name__)

_RUNS_PER_WORKER = 20


class Executor(Protocol):
    """Something that executes queued runs outside the dispatcher's process."""

    @property
    def places(self) -> int:
        """How many training runs may be under way at once."""

    def submit(self, run: Run) -> None:
        """Hand over a queued run.

        Raises:
            StudioError: if it cannot be handed over at present.
        """

    def last_words(self, run: Run) -> str:
        """Why what was given a run ended before it took it, as far as that is known."""

    def poll(self, run: Run) -> bool:
        """Tell whether whatever executes a run still lives."""

    def was_killed(self, run: Run) -> bool:
        """Tell whether the operating system ended what executed a run, as it does when memory runs out."""

    def cancel(self, run: Run) -> None:
        """End a run by force."""

    def holds(self, run_id: str) -> bool:
        """Tell whether a run was handed over and not lost since."""

    def tidy(self, unfinished: Sequence[Run]) -> None:
        """Learn which runs are still queued or under way, and keep one warm worker ready."""

    def close(self) -> None:
        """Let idle workers go; busy ones finish what they have."""


@dataclass
class _Worker:
    process: subprocess.Popen
    run: Run | None = None  # as it was when it was handed over
    served: int = 0

    @property
    def inbox(self) -> IO[bytes]:
        """What it reads ids of runs from."""
        assert self.process.stdin is not None  # every worker is started with a pipe
        return self.process.stdin


def _is_alive(worker: _Worker) -> bool:
    return worker.process.poll() is None


def _is_over(run: Run, present: Run | None) -> bool:
    """Whether a run that was handed over has ended, or was queued again after it had started."""
    return present is None or (present.state == QUEUED and present.token != run.token)


def python_command(*arguments: str) -> list[str]:
    """The command that runs this project's command line in a new process.

    Args:
        *arguments: what follows `python -m tlcore`.

    Returns:
        The command, for `subprocess`.
    """
    return [sys.executable, "-m", "tlcore", *arguments]


def worker_variables(threads: int) -> dict[str, str]:
    """The environment of a process that trains, wherever it runs.

    Args:
        threads: that it may use.

    Returns:
        Variables, by name.
    """
    return {
        "KERAS_BACKEND": "tensorflow",
        "OMP_NUM_THREADS": str(threads),
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",  # TensorFlow takes all of a GPU's memory otherwise, and others share it
    }


def start_detached(arguments: list[str], log: Path, stdin: int | None = None) -> subprocess.Popen:
    """Start a process of this project that outlives the one that starts it.

    Args:
        arguments: the whole command.
        log: file that takes what it prints.
        stdin: as `subprocess.Popen` takes it.

    Returns:
        The process.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {
        "TF_CPP_MIN_LOG_LEVEL": "2",
        **os.environ,
        **worker_variables(settings().worker_threads),
        "PYTHONPATH": os.pathsep.join([str(Path(tlcore.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]),
    }
    options: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        options = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    with log.open("ab") as output:
        return subprocess.Popen(arguments, stdin=stdin, stdout=output, stderr=output, env=environment, **options)


class LocalExecutor:
    """Worker processes on this machine; an idle one with TensorFlow imported waits for the next run."""

    def __init__(self) -> None:
        self._workers: list[_Worker] = []

    @property
    def places(self) -> int:
        """How many training runs may be under way at once, as the settings say."""
        return settings().workers

    def last_words(self, run: Run) -> str:
        """Where workers that died early left their reason."""
        return f"The reason is in {_workers_log()}."

    def submit(self, run: Run) -> None:
        """Hand a queued run to an idle worker, or to a new one."""
        worker = next((worker for worker in self._workers if worker.run is None), None) or self._start_worker()
        try:
            worker.inbox.write(f"{run.id}\n".encode())
            worker.inbox.flush()
        except OSError:
            # The idle worker died in this very moment; the run stays queued and is submitted again.
            logger.warning("a worker ended before it took run %s", run.id)
            return
        worker.run = run
        worker.served += 1

    def poll(self, run: Run) -> bool:
        """Tell whether the worker of a run still lives."""
        return bool(run.worker) and Process(**run.worker).is_alive

    def was_killed(self, run: Run) -> bool:
        """Tell whether a worker that this process started got the signal that nobody can catch."""
        if sys.platform == "win32":
            return False
        codes = (worker.process.poll() for worker in self._workers if worker.process.pid == run.worker.get("pid"))
        return -signal.SIGKILL in codes

    def cancel(self, run: Run) -> None:
        """Kill the worker of a run."""
        if run.worker:
            Process(**run.worker).kill()

    def tidy(self, unfinished: Sequence[Run]) -> None:
        """Free the workers whose run has ended, forget the dead, and keep one idle."""
        present = {run.id: run for run in unfinished}
        for worker in self._workers:
            if worker.run is not None and _is_over(worker.run, present.get(worker.run.id)):
                worker.run = None
        # How a worker died is asked only once its run is seen to: until then it is remembered.
        active = {run.id for run in unfinished if run.is_active}
        self._workers = [
            worker for worker in self._workers if _is_alive(worker) or (worker.run and worker.run.id in active)
        ]
        worn = [worker for worker in self._workers if worker.run is None and worker.served >= _RUNS_PER_WORKER]
        for worker in worn:
            worker.inbox.close()
        self._workers = [worker for worker in self._workers if worker not in worn]
        if not any(map(_is_alive, self._workers)):
            self._start_worker()

    def holds(self, run_id: str) -> bool:
        """Tell whether a run was handed to a worker that still lives."""
        return any(worker.run is not None and worker.run.id == run_id and _is_alive(worker) for worker in self._workers)

    def close(self) -> None:
        """Let every worker end once it has finished what it has."""
        for worker in self._workers:
            worker.inbox.close()

    def _start_worker(self) -> _Worker:
        process = start_detached(python_command("worker"), _workers_log(), stdin=subprocess.PIPE)
        worker = _Worker(process)
        self._workers.append(worker)
        return worker


def _workers_log() -> Path:
    return settings().home / "logs" / "workers.log"
