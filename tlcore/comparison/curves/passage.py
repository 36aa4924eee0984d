"""How far through its training a run was at each epoch: the one axis on which quick and slow runs can be compared."""

from __future__ import annotations

from collections.abc import Sequence

from tlcore.training.plans.plan import WARM_UP, TrainingPlan


def through_training(plan: TrainingPlan, epochs: Sequence[dict], has_ended: bool) -> list[float]:
    """Place epochs between the begin and the end of a run's training.

    A warm-up takes the share that the plan gives it, however many passes that head needs until it is solved.

    Args:
        plan: of the run.
        epochs: what it has reported, in order, as `tlcore.runs.client.curve` gives them.
        has_ended: whether nothing comes any more; then the last epoch is the end, also where training stopped early.

    Returns:
        Above 0 and up to 1, one place an epoch.
    """
    phases = plan.phases()
    begin = plan.warmup_epochs / plan.epochs if len(phases) > 1 else 0.0
    warm_up = sum(epoch["phase"] == WARM_UP for epoch in epochs)
    main = len(epochs) - warm_up
    return [
        *_spread(warm_up, phases[0].epochs, bool(main) or has_ended, 0.0, begin if main or not has_ended else 1.0),
        *_spread(main, phases[-1].epochs, has_ended, begin, 1.0),
    ]


def _spread(done: int, planned: int, is_over: bool, begin: float, end: float) -> list[float]:
    """Evenly from one place to another; what is planned counts only while more may come."""
    count = done if is_over else max(done, planned)
    return [begin + (end - begin) * number / count for number in range(1, done + 1)]
