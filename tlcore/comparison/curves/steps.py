"""What the steps of a training are called: a head that is solved takes passes over the data, everything else epochs."""

from __future__ import annotations

from collections.abc import Sequence


def count_passes(epochs: Sequence[dict]) -> int:
    """Count the passes among what a run has reported; they come before its epochs.

    Args:
        epochs: as `tlcore.runs.client.curve` gives them.
    """
    return sum(epoch.get("learning_rate", 0.0) is None for epoch in epochs)  # solving knows no learning rate


def step_text(number: int, passes: int) -> str:
    """Name a step as people count.

    Args:
        number: of the step, from 1 on.
        passes: how many of the run's steps are passes.

    Returns:
        Such as "pass 12", or "epoch 3" for the third step after the passes.
    """
    return f"pass {number}" if number <= passes else f"epoch {number - passes}"


def step_word(epochs: Sequence[dict]) -> str:
    """Name the steps of one or more runs.

    Args:
        epochs: of all of them.

    Returns:
        "epoch", "pass", or "pass or epoch" where there are both.
    """
    passes = count_passes(epochs)
    return "epoch" if not passes else "pass" if passes == len(epochs) else "pass or epoch"
