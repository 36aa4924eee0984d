"""How far an experiment is, and how long it still takes: an estimate, and a countdown that a reader can trust."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tlcore.datasets.dataset import open_dataset
from tlcore.runs.database.engine import present
from tlcore.runs.run import EVALUATING, FINISHED, Run
from tlcore.settings import settings
from tlcore.training.estimate import estimate
from tlcore.training.plans.plan import WARM_UP, TrainingPlan, plan_from_json

_TELLING_SHARE = 0.1  # a run that is less far says too little about its speed
_DOUBT = 0.1  # of the whole, as if so much had gone as planned: what short runs take says little about long ones
_TRAINED = 0.9  # of a run, when only the test is left
_PREPARED = 0.05  # of an experiment whose images a job makes first, when they are there
_LAST_SECONDS = 5.0  # who has read that so little is left need not be told that it takes longer
_LATE = 1.3  # times as long as shown: then what is shown would be wrong, and the estimate is said instead
_STEADY = 5.0  # seconds in which a new estimate comes to count: one that is gone again at once does not


def expected_seconds(plans: Sequence[TrainingPlan]) -> list[float]:
    """Estimate how long each run takes.

    Args:
        plans: of the same dataset.

    Returns:
        Seconds, about; features that runs share make the later ones faster.
    """
    if not plans:
        return []
    dataset = open_dataset(plans[0].dataset)
    return [estimate(plan, len(dataset), len(dataset.classes)).seconds for plan in plans]


def share_done(run: Run) -> float:
    """How much of a run is done.

    Args:
        run: any run.

    Returns:
        0..1; 1 for a run that has ended.
    """
    if run.has_ended:
        return 1.0
    if run.state == EVALUATING:
        return _TRAINED
    progress = run.progress
    # Only epochs report how many there are: reading photos and computing features come before them. A warm-up has
    # many passes that take hardly any time, and rarely needs them all: what is left of the last phase tells.
    if not progress or not progress.epochs or progress.what == WARM_UP:
        return 0.0
    planned = min(progress.epochs, plan_from_json(run.plan).phases()[-1].epochs)
    left = (1 - progress.share) * progress.epochs
    return _TRAINED * max(0.0, 1 - left / planned)


@dataclass
class Headway:
    """How much of each run is done, as it is shown: it never shrinks while a run goes on.

    Between its phases a run reports work that says nothing of the whole, such as reading images.

    Args:
        reached: id of each run that has begun → the most that was done of it so far, 0..1.
    """

    reached: dict[str, float] = field(default_factory=dict)

    def share(self, run: Run) -> float:
        """How much of a run is done.

        Args:
            run: any run, as it is now.

        Returns:
            0..1, no less than before; 1 for a run that has ended.
        """
        if run.has_ended:  # not kept: it may be resumed
            return 1.0
        self.reached[run.id] = max(share_done(run), self.reached.get(run.id, 0.0))
        return self.reached[run.id]


def seconds_left(runs: Sequence[Run], done: Callable[[Run], float] = share_done) -> float:
    """Estimate how long an experiment still takes.

    What a run under way still takes is told by its own epochs, once there are some; what waits is expected to take as
    many times longer than estimated as the runs that have finished.

    Args:
        runs: of one experiment.
        done: tells how much of a run is done, 0..1.

    Returns:
        Seconds, about; 0 if all have ended.
    """
    expected = expected_seconds([plan_from_json(run.plan) for run in runs])
    real = planned = _DOUBT * sum(expected)
    measured = waiting = 0.0
    for run, seconds in zip(runs, expected, strict=True):
        share = done(run)
        if run.state == FINISHED:
            real, planned = real + run.result["seconds"], planned + seconds
        elif run.is_active and share >= _TELLING_SHARE:
            measured += _measured(run, share)
        else:
            waiting += seconds * (1 - share)
    return measured + (waiting * real / planned if waiting else 0.0)


def _measured(run: Run, share: float) -> float:
    """Seconds that a run under way still takes at the speed it had so far."""
    elapsed = (present(settings().store_address) - datetime.fromisoformat(run.started)).total_seconds()
    if run.progress and run.progress.epochs and run.progress.seconds_left is not None:
        # Loading and preparing were no part of its epochs, and the test is still to come.
        return run.progress.seconds_left + (1 - _TRAINED) * elapsed
    return elapsed * (1 - share) / share


def share_of_all(jobs: Sequence[Run], done: Callable[[Run], float] = share_done) -> float:
    """How much of an experiment is done.

    Args:
        jobs: all that it consists of: its runs and, before them, the job that makes their images, if there is one.
        done: tells how much of a run is done, 0..1.

    Returns:
        0..1; runs that take longer count for more.
    """
    runs = [job for job in jobs if job.kind == "train"]
    preparing = [job for job in jobs if job.kind != "train"]
    prepared = min(
        (1.0 if job.has_ended else job.progress.share if job.progress else 0.0 for job in preparing), default=0
    )
    first = _PREPARED if preparing else 0.0
    expected = expected_seconds([plan_from_json(run.plan) for run in runs])
    trained = sum(seconds * done(run) for run, seconds in zip(runs, expected, strict=True))
    return first * prepared + (1 - first) * (trained / sum(expected) if expected else 0.0)


@dataclass
class Countdown:
    """The time left as it is shown: it only ever falls, and comes to its end when the estimate does.

    Each second it falls by what is shown ÷ what is estimated: slower than a clock while the estimate is longer than
    what is shown, faster while it is shorter. So an estimate that jumps changes the pace, never what is shown. Where it
    is clearly longer, what is shown stands still, and the estimate is to be said instead.

    Args:
        shown: seconds left.
        at: when that was, on a monotonic clock in seconds.
        estimated: seconds left as they are estimated, smoothed; 0 before the first estimate.
    """

    shown: float
    at: float
    estimated: float = 0.0

    def fall(self, estimated: float, now: float) -> None:
        """Bring it up to date.

        Args:
            estimated: seconds left, as far as is known now.
            now: on the same clock.
        """
        passed = now - self.at
        kept = math.exp(-passed / _STEADY) if self.estimated else 0.0
        self.estimated = kept * max(0.0, self.estimated - passed) + (1 - kept) * estimated
        pace = self.shown / self.estimated if self.estimated > 0 else 1.0
        if not self.is_late:
            self.shown = max(0.0, self.shown - passed * pace)
        self.at = now

    @property
    def is_late(self) -> bool:
        """Whether the estimate has become so much longer that what is shown is no longer true."""
        return not self.is_over and self.estimated > _LATE * self.shown

    @property
    def is_over(self) -> bool:
        """Whether so little is left that no number is worth saying."""
        return self.shown < _LAST_SECONDS
