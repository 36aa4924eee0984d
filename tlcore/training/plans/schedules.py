"""Schedules: how the learning rate moves within a phase. Knows no TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from tlcore.rows import find_row

# Smith and Topin (2018), "Super-convergence": up for the first part, then down to almost nothing. The figures are
# those of fastai's `fit_one_cycle`.
_RISE, _LOWEST_START, _LOWEST_END = 0.25, 1 / 25, 1e-5


@dataclass(frozen=True)
class Schedule:
    """How the learning rate moves.

    Args:
        name: its key in a plan.
        title: what a person calls it.
        help: what it does, in one sentence.
        factor: from the share of the phase that is done, 0..1, to what the learning rate is multiplied by, above 0.
    """

    name: str
    title: str
    help: str
    factor: Callable[[float], float]


def _constant(_done: float) -> float:
    return 1.0


def _between(start: float, end: float, done: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * done)) / 2


def _cosine(done: float) -> float:
    # Loshchilov and Hutter (2016), "SGDR", one cycle without restart; a rate of exactly 0 would waste the last step.
    return _between(1.0, _LOWEST_END, done)


def _step(done: float) -> float:
    # He et al. (2015), "Deep residual learning": divided by ten twice, after half and after three quarters.
    return 0.01 if done >= 0.75 else 0.1 if done >= 0.5 else 1.0


def _one_cycle(done: float) -> float:
    if done < _RISE:
        return _between(_LOWEST_START, 1.0, done / _RISE)
    return _between(1.0, _LOWEST_END, (done - _RISE) / (1 - _RISE))


SCHEDULES = (
    Schedule("constant", "Constant", "The same from the first step to the last.", _constant),
    Schedule("cosine", "Cosine", "Falls smoothly to almost nothing at the end of each phase.", _cosine),
    Schedule("step", "Steps", "Divided by ten halfway through each phase, and again at three quarters.", _step),
    Schedule("one_cycle", "One cycle", "Rises for the first quarter of each phase, then falls smoothly.", _one_cycle),
)


def find_schedule(name: str) -> Schedule:
    """Look a schedule up.

    Args:
        name: its key in a plan.

    Returns:
        The row.

    Raises:
        NotFoundError: if there is none of this name.
    """
    return find_row("schedule", name, SCHEDULES)
