"""What a run is doing now: in a few words for bars and lists, and in sentences for who has never trained a network."""

from __future__ import annotations

from dataclasses import dataclass

from tlcore.jobs import Progress
from tlcore.runs.run import EVALUATING, QUEUED, Run
from tlcore.training.plans.plan import (
    CHANGED_COPY,
    FIRST_STEP,
    LOOKING,
    LOOKING_AGAIN,
    READING,
    TRYING,
    Phase,
    TrainingPlan,
    plan_from_json,
)

_LATER = (
    "The network is taught your classes on the training images and checked on the validation images. In the end it "
    "is tested on images that it has never seen."
)
# Before a phase; that of a changed copy comes first, as all others can be of one.
_BEFORE_EPOCHS = (
    (
        CHANGED_COPY,
        "The training images are changed a little at random and looked at again: what a network learns from images "
        "that vary holds for more of them.",
    ),
    (
        LOOKING_AGAIN,
        "From now on some of the pretrained layers learn, too. So the images go once more through those that stay as "
        "they are, which are fewer than before. What these give is kept.",
    ),
    (
        LOOKING,
        "The images go through the layers that stay as they are. What these layers give is kept, so that training need "
        "not compute it again.",
    ),
    (
        READING,
        "Every layer learns, so the network needs the images themselves. They are read and brought to its size now, so "
        "that training need not do it again.",
    ),
    (
        TRYING,
        "The new head is fitted a few times, held back more or less from learning the training images by heart. What "
        "does best on images that it was not fitted to is kept.",
    ),
)
_FIRST_STEP = (
    "What is computed in each training step is being put together, so that the many steps that follow are quick."
)
_TESTING = "Training is done. Now the network is tested on images that it has never seen, and saved."


@dataclass(frozen=True)
class Doing:
    """What a run is doing.

    Args:
        words: such as "Fine-tuning, epoch 2 of 3", as the plan counts, or "Looking at the images, 40 of 250".
        sentences: of a training run, what that means; "" for other jobs.
    """

    words: str
    sentences: str = ""


def doing(run: Run) -> Doing:
    """Say what a run is doing; all places that say it ask here, so that they agree.

    Args:
        run: queued or under way.

    Returns:
        The words and the sentences for it.
    """
    if run.state == QUEUED:
        return Doing("Waiting", _LATER if run.kind == "train" else "")
    if run.progress is None:
        return Doing("Loading the program that trains", _LATER if run.kind == "train" else "")
    return _training(run, run.progress) if run.kind == "train" else Doing(_counted(run.progress))


def _training(run: Run, progress: Progress) -> Doing:
    if run.state == EVALUATING:
        return Doing("Testing it on images it has never seen", _TESTING)
    plan = plan_from_json(run.plan)
    phases = plan.phases()
    phase = next((phase for phase in phases if phase.title == progress.what), None)
    if phase is not None and progress.epochs:
        words = _phase_words(phase, phases, progress)
        return Doing(words, _phase_sentences(plan, phase, is_first=phase is not phases[-1]))
    if progress.what == FIRST_STEP:
        return Doing(FIRST_STEP, _FIRST_STEP)
    sentences = next((said for what, said in _BEFORE_EPOCHS if what in progress.what), _LATER)
    if progress.what == TRYING:
        number = min(progress.done + 1, progress.total)
        return Doing(f"{TRYING}, try {number:.0f} of {progress.total:.0f}", sentences)
    return Doing(_counted(progress), sentences)


def _counted(progress: Progress) -> str:
    counts = progress.total > 1 and progress.done <= progress.total
    return progress.what + (f", {progress.done:,.0f} of {progress.total:,.0f}" if counts else "")


def _phase_words(phase: Phase, phases: tuple[Phase, ...], progress: Progress) -> str:
    if phase.is_exact:  # the plan knows no epochs of it, and how many passes it needs shows only in the end
        return progress.what
    # Passes of a head that was solved before are no epochs of the plan either.
    before = progress.epochs - phase.epochs if any(each.is_exact for each in phases) else 0
    return f"{progress.what}, epoch {progress.epoch - before} of {progress.epochs - before}"


def _phase_sentences(plan: TrainingPlan, phase: Phase, is_first: bool) -> str:
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
