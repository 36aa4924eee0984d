"""Runs as jobs of a Ray cluster, one job for each attempt."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shlex
import time
from collections.abc import Iterator, Sequence

from tlcore.errors import StudioError
from tlcore.runs.execution.executors import worker_variables
from tlcore.runs.execution.ray_cluster import RayCluster, RayJob
from tlcore.runs.run import Run
from tlcore.settings import PREFIX, settings
from tlcore.storage.processes import Process

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0  # between two looks at all jobs
_AWAY_SECONDS = 10.0  # likewise while the cluster does not answer: asking may take long, and other jobs wait meanwhile
_FORGET_SECONDS = 60.0
_LOG_LINES = 5
_NODE_CACHES = "~/.cache/transfer-learning-studio"  # on each node's own disk
_OUT_OF_MEMORY = (-9, 137)
# What a worker is not told: who may come in is not its business, and the cluster shows a job's environment.
_KEPT_HERE = {f"{PREFIX}{name}" for name in ("ACCESS_CODE", "OWNER_CODE", "EXECUTOR", "RAY_ADDRESS", "WORKERS")}
_NOT_INSTALLED = "No module named"


class RayExecutor:
    """Jobs on a cluster whose nodes share the home folder and have this project installed.

    Args:
        cluster: takes the jobs.
    """

    def __init__(self, cluster: RayCluster):
        self._cluster = cluster
        self._studio = hashlib.sha256(settings().store_address.encode()).hexdigest()[:16]
        self._jobs: dict[str, list[RayJob]] = {}  # run → its jobs, the latest last
        self._ended: dict[str, float] = {}  # job → when it was first seen to have ended, on the monotonic clock
        self._next_look = 0.0  # on the monotonic clock
        self._places = 1  # so that the first run is tried, and says what is wrong

    @property
    def places(self) -> int:
        """How many training runs the cluster has room for."""
        return self._places

    def submit(self, run: Run) -> None:
        """Hand over a queued run; what was handed over already in this attempt is not handed over twice."""
        former = self._jobs.setdefault(run.id, [])
        if former and not former[-1].has_ended:
            return
        id = f"{run.id}-{run.token or 'first'}-{len(former)}"
        command = f"python -m tlcore worker {shlex.quote(run.id)}"
        labels = {"studio": self._studio, "run": run.id}
        self._cluster.submit(id, command, _variables(), labels)
        former.append(RayJob(id, "PENDING", labels, 0, None, ""))

    def poll(self, run: Run) -> bool:
        """Tell whether the job of a run lives; where only its node is lost to sight, its heartbeat has to tell."""
        job = self._latest(run.id)
        has_ended = job is not None and job.has_ended and job.exit_code is not None
        return not has_ended and Process(**run.worker).is_alive

    def was_killed(self, run: Run) -> bool:
        """Tell whether the process of a run's job got the signal that nobody can catch."""
        job = self._latest(run.id)
        return job is not None and job.exit_code in _OUT_OF_MEMORY

    def cancel(self, run: Run) -> None:
        """Stop the job of a run, if the cluster can be reached; else the run's worker finds that it lost the run."""
        job = self._latest(run.id)
        if job is not None:
            with _as_far_as_it_answers():
                self._cluster.stop(job.id)

    def holds(self, run_id: str) -> bool:
        """Tell whether a run has a job that waits or runs."""
        job = self._latest(run_id)
        return job is not None and not job.has_ended

    def last_words(self, run: Run) -> str:
        """The end of what a job printed that ended without taking its run, and what to do where that is known."""
        job = self._latest(run.id)
        if job is None:
            return ""
        text = job.message
        with _as_far_as_it_answers():
            text = " ".join(self._cluster.log(job.id).strip().splitlines()[-_LOG_LINES:])
        if _NOT_INSTALLED in text:
            text += " Install this project on every node of the cluster: pip install and the folder of this project."
        return text

    def tidy(self, unfinished: Sequence[Run]) -> None:
        """Look at all jobs and at the cluster's size, and have jobs forgotten whose run is over."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + _AWAY_SECONDS
        with _as_far_as_it_answers():  # while it does not, what was known holds
            own = [job for job in self._cluster.jobs() if job.labels.get("studio") == self._studio]
            self._places = max(1, self._cluster.state().places(settings().ray_processors, settings().ray_gpus))
            self._jobs = {}
            for job in sorted(own, key=lambda job: job.started):
                self._jobs.setdefault(job.labels["run"], []).append(job)
            self._forget(own, {run.id for run in unfinished})
            self._next_look = time.monotonic() + _LOOK_SECONDS

    def _latest(self, run_id: str) -> RayJob | None:
        jobs = self._jobs.get(run_id)
        return jobs[-1] if jobs else None

    def _forget(self, jobs: list[RayJob], unfinished: set[str]) -> None:
        """Have old jobs of runs that are over forgotten."""
        moment = time.monotonic()
        ended = {job.id for job in jobs if job.has_ended and job.labels["run"] not in unfinished}
        self._ended = {id: self._ended.get(id, moment) for id in ended}
        for id, since in self._ended.items():
            # Of a job that is forgotten at once, Ray 2.60 writes down afterwards that it failed.
            if moment - since > _FORGET_SECONDS:
                self._cluster.forget(id)

    def close(self) -> None:
        """Nothing waits for work: each job ends with its run."""


@contextlib.contextmanager
def _as_far_as_it_answers() -> Iterator[None]:
    try:
        yield
    except StudioError as error:
        logger.warning("%s", error)


def _variables() -> dict[str, str]:
    """The environment of a job: the settings in force here, and how many threads it may use."""
    return {
        **{name: text for name, text in os.environ.items() if name.startswith(PREFIX) and name not in _KEPT_HERE},
        f"{PREFIX}HOME": str(settings().home),
        f"{PREFIX}CACHES": settings().caches or _NODE_CACHES,
        f"{PREFIX}THREADS": str(settings().ray_processors),
        **worker_variables(settings().ray_processors),
        "KERAS_HOME": str(settings().keras_home),
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
