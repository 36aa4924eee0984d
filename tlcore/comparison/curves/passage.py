"""How far through its training a run was at each epoch: the one axis on which quick and slow runs can be compared."""

from __future__ import annotations

from collections.abc import Sequence

from tlcore.training.plans.plan import WARM_UP, TrainingPlan


def shown_steps(plan: TrainingPlan, epochs: Sequence[dict]) -> list[dict]:
    """Choose what of a run is drawn: a head that is solved before more is trained is one step, not its many passes.

    Args:
        plan: of the run.
        epochs: what it has reported, in order, as `tlcore.runs.client.curve` gives them.

    Returns:
        Some of the epochs, in order.
    """
    first, *more = plan.phases()
    if not more or not first.is_exact:
        return list(epochs)
    passes = sum(epoch["phase"] == WARM_UP for epoch in epochs)
    return list(epochs[max(0, passes - 1) :])


def through_training(plan: TrainingPlan, steps: Sequence[dict], has_ended: bool) -> list[float]:
    """Place the steps of a run between the begin and the end of its training.

    Args:
        plan: of the run.
        steps: as `shown_steps` chooses them.
        has_ended: whether nothing comes any more; then the last step is the end, also where training stopped early.

    Returns:
        Above 0 and up to 1, one place a step.
    """
    *before, main = plan.phases()
    planned = main.epochs + sum(1 if phase.is_exact else phase.epochs for phase in before)
    count = len(steps) if has_ended else max(len(steps), planned)
    return [number / count for number in range(1, len(steps) + 1)]
