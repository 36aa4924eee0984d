"""How far an experiment is, and how long it still takes: an estimate, and a countdown that a reader can trust."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tlcore.datasets.dataset import open_dataset
from tlcore.runs.run import FINISHED, Run
from tlcore.training.estimate import estimate
from tlcore.training.plans.plan import TrainingPlan, plan_from_json

_TELLING_SHARE = 0.1  # a run that is less far says too little about its speed
_DOUBT = 0.1  # of the whole, as if so much had gone as planned: what short runs take says little about long ones
_LATE = 3  # times as long as shown: then the countdown would all but stand still, and says so instead


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


def seconds_left(runs: Sequence[Run]) -> float:
    """Estimate how long an experiment still takes, corrected by how long its runs have really taken so far.

    Args:
        runs: of one experiment.

    Returns:
        Seconds, about; 0 if all have ended.
    """
    expected = expected_seconds([plan_from_json(run.plan) for run in runs])
    real = planned = _DOUBT * sum(expected)
    left = 0.0
    for run, seconds in zip(runs, expected, strict=True):
        share = share_done(run)
        if run.state == FINISHED:
            real, planned = real + run.result["seconds"], planned + seconds
        elif run.is_active and share >= _TELLING_SHARE:
            elapsed = datetime.now(UTC) - datetime.fromisoformat(run.started)
            real, planned = real + elapsed.total_seconds(), planned + seconds * share
        left += seconds * (1 - share)
    return left * real / planned if left else 0.0


def share_of_all(runs: Sequence[Run]) -> float:
    """How much of an experiment is done.

    Args:
        runs: of one experiment.

    Returns:
        0..1; runs that take longer count for more; 0 while there are none.
    """
    expected = expected_seconds([plan_from_json(run.plan) for run in runs])
    done = sum(seconds * share_done(run) for run, seconds in zip(runs, expected, strict=True))
    return done / sum(expected) if expected else 0.0


def share_done(run: Run) -> float:
    """How much of a run is done.

    Args:
        run: any run.

    Returns:
        0..1; 1 for a run that has ended.
    """
    if run.has_ended:
        return 1.0
    # Only epochs report how many there are: reading photos and computing features come before them.
    return run.progress.share if run.progress and run.progress.epochs else 0.0


@dataclass
class Countdown:
    """The time left as it is shown: it only ever falls, and comes to its end when the estimate does.

    Each second it falls by what is shown ÷ what is estimated: slower than a clock while the estimate is longer than
    what is shown, faster while it is shorter. So an estimate that jumps changes the pace, never what is shown.

    Args:
        shown: seconds left.
        at: when that was, on a monotonic clock in seconds.
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
        pace = self.shown / estimated if estimated > 0 else 1.0
        self.shown = max(0.0, self.shown - (now - self.at) * pace)
        self.at, self.estimated = now, estimated

    @property
    def is_late(self) -> bool:
        """Whether the estimate has become so much longer that what is shown means nothing any more."""
        return self.estimated > _LATE * self.shown
