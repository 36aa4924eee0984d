"""The learning-rate finder: reads a good learning rate off a sweep from tiny steps to huge ones. Knows no TensorFlow.

After Smith (2017), "Cyclical learning rates for training neural networks": raise the rate a little after each step and
watch the loss. Where it falls fastest, learning works best; soon after its lowest point the steps are too large. Both
suggestions are fastai's (Howard and Gugger, 2020): the rate where the loss falls fastest, and a tenth of the rate where
it is lowest. The smaller is taken, since an easy task leaves the loss flat at its lowest over a wide range of rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

LOWEST, HIGHEST = 1e-6, 1.0
_REACH = 5  # steps on either side that a running mean takes in
_DIVERGED = 4.0  # times the lowest loss so far


@dataclass(frozen=True)
class RateSweep:
    """What a sweep found.

    Args:
        rates: learning rate of each step, rising.
        losses: loss before each step.
        smoothed: the same, as a running mean.
        steepest: rate where the smoothed loss fell fastest.
        lowest: rate where the smoothed loss was lowest.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smoothed: tuple[float, ...]
    steepest: float
    lowest: float

    @property
    def suggestion(self) -> float:
        """The rate where the loss fell fastest, but at most a tenth of that at its lowest; to two digits."""
        return float(f"{min(self.steepest, self.lowest / 10):.1e}")

    def to_json(self) -> dict:
        """The record as plain values, with the suggestion."""
        return {**asdict(self), "suggestion": self.suggestion}


def sweep_from_json(values: dict) -> RateSweep:
    """Read what `RateSweep.to_json` wrote.

    Args:
        values: plain values.

    Returns:
        The sweep.
    """
    return read_sweep(values["rates"], values["losses"])


def sweep_rates(steps: int) -> np.ndarray:
    """The learning rates of a sweep.

    Args:
        steps: at least 2.

    Returns:
        float (steps,), each the same factor above the one before, from `LOWEST` to `HIGHEST`.
    """
    return np.geomspace(LOWEST, HIGHEST, steps)


def smooth(losses: Sequence[float]) -> np.ndarray:
    """Even out the chance of single batches.

    Args:
        losses: one a step.

    Returns:
        float (steps,): mean over the step and five neighbors on either side, as far as there are so many.
    """
    return np.array([np.mean(losses[max(0, step - _REACH) : step + _REACH + 1]) for step in range(len(losses))])


def has_diverged(losses: Sequence[float]) -> bool:
    """Whether a sweep may end: the loss has left its lowest point far behind.

    Args:
        losses: of the steps so far, at least one.

    Returns:
        True once the mean of the last steps is four times what it was at best, or the loss is no number any more.
    """
    if not np.isfinite(losses[-1]):
        return True
    recent = [np.mean(losses[max(0, step - _REACH) : step + 1]) for step in range(len(losses))]
    return bool(recent[-1] > _DIVERGED * min(recent))


def read_sweep(rates: Sequence[float], losses: Sequence[float]) -> RateSweep:
    """Read the rates that matter off a sweep.

    Args:
        rates: one a step, rising.
        losses: likewise; steps after the first that is no number are left out.

    Returns:
        The sweep.
    """
    whole = np.isfinite(losses)
    end = len(losses) if whole.all() else int(whole.argmin())
    rates, losses = rates[:end], losses[:end]
    smoothed = smooth(losses)
    lowest = int(smoothed.argmin())
    return RateSweep(
        rates=tuple(rates),
        losses=tuple(losses),
        smoothed=tuple(smoothed.tolist()),
        steepest=rates[_steepest(smoothed, lowest)],
        lowest=rates[lowest],
    )


def _steepest(smoothed: np.ndarray, lowest: int) -> int:
    """Step around which the loss falls most, before it is lowest and after the first steps, which chance rules."""
    steps = np.arange(min(2 * _REACH, lowest), lowest + 1)
    later = np.minimum(steps + _REACH, len(smoothed) - 1)
    falls = smoothed[np.maximum(steps - _REACH, 0)] - smoothed[later]
    return int(steps[falls.argmax()])
