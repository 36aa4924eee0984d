"""What a training run is doing now, in words for people who have never trained a network."""

from __future__ import annotations

from tlcore.runs.run import EVALUATING, QUEUED, Run
from tlcore.training.plans.plan import Phase, TrainingPlan, plan_from_json

_CLOSE = "You can close this page meanwhile."
_LATER = (
    "The network is taught your classes on the training images and checked on the validation images. In the end it "
    "is tested on images that it has never seen."
)
_LOOKING = (
    "The images go through the layers that stay as they are, once. What these layers give is kept, so that training "
    "need not compute it again."
)
_TESTING = "Training is done. Now the network is tested on images that it has never seen, and saved."


def now_sentence(run: Run) -> str:
    """Say what a training run is doing now.

    Args:
        run: queued or under way.

    Returns:
        Some sentences.
    """
    if run.state == QUEUED or run.progress is None:
        return f"{_LATER} {_CLOSE}"
    if run.state == EVALUATING:
        return f"{_TESTING} {_CLOSE}"
    plan = plan_from_json(run.plan)
    phases = plan.phases()
    phase = next((phase for phase in phases if phase.title == run.progress.what), None)
    if phase is None:
        looking = plan.weights != "none" and run.progress.total > 1
        return f"{_LOOKING if looking else _LATER} {_CLOSE}"
    return f"{_phase_sentence(plan, phase, is_first=phase is not phases[-1])} {_CLOSE}"


def _phase_sentence(plan: TrainingPlan, phase: Phase, is_first: bool) -> str:
    step = "pass" if phase.is_exact else "epoch"
    rounds = f"In each {step} it goes through all training images, and is then checked on the validation images."
    if is_first:
        return (
            "First only the new head learns, and the pretrained layers stand still: as long as the head still guesses, "
            f"it would spoil what they know. {rounds}"
        )
    if not phase.first_trainable:
        return f"Only the new head learns; the pretrained layers stay as they are. {rounds}"
    if plan.weights == "none":
        return f"Every layer learns, from random weights. {rounds}"
    layers = "the upper layers" if plan.first_trainable else "all layers"
    return f"Now {layers} learn together with the head, in small steps that keep most of what they knew. {rounds}"
