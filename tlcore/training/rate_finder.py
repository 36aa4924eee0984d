"""The learning-rate finder: reads a good learning rate off a sweep from tiny steps to huge ones. Knows no TensorFlow.

After Smith (2017), "Cyclical learning rates for training neural networks": raise the rate a little after each step and
watch the loss. Where it falls fastest, learning works best; soon after its lowest point the steps are too large. The
rule for the suggestion, a tenth of the rate at the lowest loss, is fastai's (Howard and Gugger, 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

LOWEST, HIGHEST = 1e-6, 1.0
_INERTIA = 0.9  # of the smoothed loss, a mean over about the last ten steps
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
        """A tenth of the rate at the lowest loss, to two digits."""
        return float(f"{self.lowest / 10:.1e}")

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
        float (steps,): exponential running mean, corrected for its start as in Adam (Kingma and Ba, 2015).
    """
    mean, result = 0.0, []
    for step, loss in enumerate(losses, start=1):
        mean = _INERTIA * mean + (1 - _INERTIA) * loss
        result.append(mean / (1 - _INERTIA**step))
    return np.array(result)


def has_diverged(losses: Sequence[float]) -> bool:
    """Whether a sweep may end: the loss has left its lowest point far behind.

    Args:
        losses: of the steps so far, at least one.

    Returns:
        True once the smoothed loss is four times its lowest value, or no number any more.
    """
    smoothed = smooth(losses)
    return not np.isfinite(losses[-1]) or bool(smoothed[-1] > _DIVERGED * smoothed.min())


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
    rates, losses = np.asarray(rates[:end], float), np.asarray(losses[:end], float)
    smoothed = smooth(losses)
    lowest = int(smoothed.argmin())
    # Before the lowest point only, where the loss still falls; a sweep that never falls has no steepest point.
    slopes = np.gradient(smoothed, np.log10(rates))[: lowest + 1]
    return RateSweep(
        rates=tuple(rates.tolist()),
        losses=tuple(losses.tolist()),
        smoothed=tuple(smoothed.tolist()),
        steepest=float(rates[slopes.argmin()]),
        lowest=float(rates[lowest]),
    )
