"""How far an experiment is, and how long runs still take: an estimate, and a countdown that a reader can trust."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tlcore.datasets.dataset import open_dataset
from tlcore.runs.database.engine import present
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.training.estimate import Estimate, estimate
from tlcore.training.plans.plan import TrainingPlan, plan_from_json

_TELLING_SHARE = 0.5  # of a run: from there on its own speed tells how long the rest takes, and nothing else does
_DOUBT = 0.1  # of the whole, as if so much had gone as planned: what short runs take says little about long ones
_PREPARED = 0.05  # of an experiment whose images a job makes first, when they are there
_LAST_SECONDS = 5.0  # who has read that so little is left need not be told that it takes longer
_LATE = 1.3  # times as long as shown: then what is shown is wrong
_WRONG_AGAIN = 2.0  # likewise of what is said roughly
_PATIENCE = 8.0  # seconds that it has to be wrong: an estimate that is gone again at once does not count
_ROOM = 1.2  # a second promise is made with room, so that there is no third
_STEADY = 8.0  # seconds in which a new estimate comes to count


def expected_seconds(plans: Sequence[TrainingPlan]) -> list[float]:
    """Estimate how long each run takes.

    Args:
        plans: of the same dataset.

    Returns:
        Seconds, about; features that runs share make the later ones faster.
    """
    return [each.seconds for each in _estimates(plans)]


def _estimates(plans: Sequence[TrainingPlan]) -> list[Estimate]:
    if not plans:
        return []
    dataset = open_dataset(plans[0].dataset)
    return [estimate(plan, len(dataset), len(dataset.classes)) for plan in plans]


def seconds_left(runs: Sequence[Run], done: Callable[[Run], float]) -> float:
    """Estimate how long some runs still take.

    What a run under way still takes is told by its own speed, the more the farther it is; what waits is expected to
    take as many times longer than estimated as the others.

    Args:
        runs: on the same dataset.
        done: tells how much of a run is done, 0..1.

    Returns:
        Seconds, about; 0 if all have ended.
    """
    expected = _estimates([plan_from_json(run.plan) for run in runs])
    shares = [done(run) for run in runs]
    seen = [_seen(*each) for each in zip(runs, expected, shares, strict=True)]
    real = planned = _DOUBT * sum(each.seconds for each in expected)
    for (whole, telling), each in zip(seen, expected, strict=True):
        real, planned = real + telling * whole, planned + telling * each.seconds
    return sum(
        (1 - share) * (telling * whole + (1 - telling) * each.seconds * real / planned)
        for run, (whole, telling), each, share in zip(runs, seen, expected, shares, strict=True)
        if not run.has_ended
    )


def _seen(run: Run, expected: Estimate, share: float) -> tuple[float, float]:
    """Seconds that all of a run takes by what is seen of it, and how much that tells, 0..1."""
    if run.state == FINISHED:
        return run.result["seconds"], 1.0
    if not (run.is_active and run.started and share):
        return 0.0, 0.0
    elapsed = (present(settings().store_address) - datetime.fromisoformat(run.started)).total_seconds()
    elapsed += _spent(run.id, run.started)  # the share is that of all attempts
    # What comes before the first image is no part of the share: it says nothing of the speed.
    fixed = min(expected.fixed, elapsed)
    return fixed + (elapsed - fixed) / share, min(1.0, (share / _TELLING_SHARE) ** 2)


@functools.lru_cache(maxsize=256)
def _spent(run_id: str, started: str) -> float:
    """Seconds that attempts took before the one that was started then."""
    return open_store().seconds_spent(run_id)


def share_of_all(jobs: Sequence[Run], done: Callable[[Run], float]) -> float:
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
    """The time left as it is shown: it falls steadily, and comes to its end when the estimate does.

    Each second it falls by what is shown ÷ what is estimated: slower than a clock while the estimate is longer than
    what is shown, faster while it is shorter. So an estimate that jumps changes the pace, never what is shown. Where it
    is clearly longer, what is shown stands still, and if that lasts, it is raised with room; from then on it is rough.

    Args:
        shown: seconds left.
        at: when that was, on a monotonic clock in seconds.
        estimated: seconds left as they are estimated, smoothed; 0 before the first estimate.
        late: for how many seconds the estimate has been clearly longer than what is shown.
        is_rough: whether it has been wrong before, so that it should be said in large steps.
    """

    shown: float
    at: float
    estimated: float = 0.0
    late: float = 0.0
    is_rough: bool = False

    def fall(self, estimated: float, now: float) -> None:
        """Bring it up to date.

        Args:
            estimated: seconds left, as far as is known now.
            now: on the same clock.
        """
        passed = now - self.at
        self.at = now
        kept = math.exp(-passed / _STEADY) if self.estimated else 0.0
        self.estimated = kept * max(0.0, self.estimated - passed) + (1 - kept) * estimated
        if self.is_over or self.estimated <= _LATE * self.shown:
            pace = self.shown / self.estimated if self.estimated > 0 else 1.0
            self.shown, self.late = max(0.0, self.shown - passed * pace), 0.0
            return
        self.late += passed
        if self.late >= _PATIENCE and (not self.is_rough or self.estimated > _WRONG_AGAIN * self.shown):
            self.shown, self.late, self.is_rough = _ROOM * self.estimated, 0.0, True

    @property
    def is_over(self) -> bool:
        """Whether so little is left that no number is worth saying."""
        return self.shown < _LAST_SECONDS
