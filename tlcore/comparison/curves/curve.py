"""The learning curve of a run, with what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

_SHORTEST = 0.001  # seconds


@dataclass(frozen=True)
class Curve:
    """What one run reported epoch by epoch.

    Args:
        title: what the reader calls the run; no other run in the figure has the same.
        strategy: a key of `tlcore.training.plans.strategies`; gives color and dash.
        epochs: as `tlcore.runs.client.curve` gives them.
    """

    title: str
    strategy: str
    epochs: Sequence[dict]

    def positions(self, by: str) -> list[float]:
        """Where each epoch lies on the horizontal axis.

        Args:
            by: "epoch", or "seconds" of training.

        Returns:
            One position an epoch; of seconds never 0, which no logarithmic axis shows.
        """
        if by == "seconds":
            return [max(_SHORTEST, position) for position in accumulate(epoch["seconds"] for epoch in self.epochs)]
        return [epoch["epoch"] for epoch in self.epochs]
