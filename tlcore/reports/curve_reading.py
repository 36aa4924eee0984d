"""Reading learning curves in plain language, by stated rules; the first that applies is what a reader is told.

All rules look at the losses of one phase of a run, as a phase starts anew with another learning rate. Jitter is the
median jump of the validation loss from one epoch to the next; what is smaller than it means nothing.

- Learning rate too high: a loss is no number, or the training loss ends above where it began by more than a tenth, or
  it goes up in two of five epochs or more, by a tenth on average, stays above 0.1, and so comes down by less than a
  tenth.
- Not learning: after four epochs or more the training accuracy is no better than naming classes at random would be,
  give or take a tenth of it.
- Overfitting from epoch E: the validation loss was lowest in epoch E - 1, has been above it for three epochs or more,
  by now by more than a twentieth and more than the jitter, while the training loss went on falling.
- Still improving: the validation loss of the last two epochs, on average, is lower than that of the two before by more
  than 2 % and no worse than the best so far by more than the jitter.
- Levelled off: over the last four epochs the best validation loss became better by less than 1 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median

_RISE = 1.10  # of the training loss over a phase: the steps are too long
_UPS = 0.4  # share of epochs in which the training loss goes up
_JUMP = 0.1  # mean jump, as a share of the mean training loss
_FALL = 0.9  # of the training loss over a phase: it hardly gets lower
_SMALL = 0.1  # nats; below it the ups and downs of a training loss are no trouble
_OVERFITTING = 1.05  # of the validation loss above its lowest
_OVERFITTING_EPOCHS = 3
_IMPROVING = 0.98  # of two epochs' loss to that of the two before
_LEVEL = 0.99  # of the best loss to the best of four epochs ago
_LEVEL_EPOCHS = 4
_CHANCE = 1.10


@dataclass(frozen=True)
class Reading:
    """One thing that curves show.

    Args:
        rule: its key: "too_high", "overfitting", "improving", "level", "not_learning".
        sentence: what it is and what to do, in plain language.
        is_warning: whether something should be changed.
    """

    rule: str
    sentence: str
    is_warning: bool


def read_curves(epochs: Sequence[dict], classes: int, has_ended: bool = False) -> Reading | None:
    """Say what the curves of a run show.

    Args:
        epochs: as `tlcore.runs.client.curve` gives them.
        classes: of the dataset, 2 or more.
        has_ended: whether no epoch follows, which changes the advice.

    Returns:
        The most important thing that the latest phase shows; None if that is nothing, or after fewer than three epochs.
    """
    if not epochs:
        return None
    phase = [epoch for epoch in epochs if epoch["phase"] == epochs[-1]["phase"]]
    if any(not math.isfinite(epoch[name]) for epoch in phase for name in ("train_loss", "validation_loss")):
        return _too_high("The loss is no longer a number")
    if len(phase) < 3:
        return None
    train = [epoch["train_loss"] for epoch in phase]
    validation = [epoch["validation_loss"] for epoch in phase]
    if train[-1] > _RISE * train[0]:
        return _too_high("The training loss rises")
    if len(phase) >= 4 and phase[-1]["train_accuracy"] < _CHANCE / classes:
        return _not_learning()
    if len(train) >= 5 and _goes_up_and_down(train):
        return _too_high("The training loss goes up and down without getting lower")
    jitter = median(abs(after - before) for before, after in pairwise(validation))
    first = _overfitting_from(train, validation, jitter)
    if first is not None:
        return _overfitting(phase[first]["epoch"], phase[first - 1]["epoch"], has_ended)
    if _is_improving(validation, jitter):
        return _improving(has_ended)
    if len(validation) > _LEVEL_EPOCHS and min(validation) > _LEVEL * min(validation[:-_LEVEL_EPOCHS]):
        return _level(has_ended)
    return None


def _goes_up_and_down(train: list[float]) -> bool:
    jumps = [after - before for before, after in pairwise(train)]
    ups = sum(jump > 0 for jump in jumps)
    is_restless = ups >= _UPS * len(jumps) and mean(map(abs, jumps)) > _JUMP * mean(train)
    return is_restless and min(train) > _SMALL and train[-1] > _FALL * train[0]


def _overfitting_from(train: list[float], validation: list[float], jitter: float) -> int | None:
    """Position of the first epoch after the best one, if what follows is overfitting."""
    best = min(range(len(validation)), key=validation.__getitem__)
    after = validation[best + 1 :]
    if len(after) < _OVERFITTING_EPOCHS or train[-1] >= train[best]:
        return None
    rise = mean(after[-2:]) - validation[best]
    is_clear = rise > jitter and rise > (_OVERFITTING - 1) * validation[best]
    return best + 1 if is_clear else None


def _is_improving(validation: list[float], jitter: float) -> bool:
    if len(validation) < 4:
        return validation[-1] < _IMPROVING * validation[-2] and validation[-1] == min(validation)
    now, before = mean(validation[-2:]), mean(validation[-4:-2])
    return now < _IMPROVING * before and validation[-1] <= min(validation) + jitter


def _too_high(what: str) -> Reading:
    return Reading("too_high", f"{what}: the learning rate is too high. Try a tenth of it.", True)


def _not_learning() -> Reading:
    return Reading(
        "not_learning",
        "The network does no better than guessing. Try a learning rate ten times higher or lower, a pretrained "
        "backbone, or look whether the labels are right.",
        True,
    )


def _overfitting(first: int, best: int, has_ended: bool) -> Reading:
    advice = (
        "Fewer epochs, early stopping, augmentation, more dropout or more images help."
        if has_ended
        else "More epochs will hardly help; early stopping would keep the best one."
    )
    return Reading(
        "overfitting",
        f"Overfitting from epoch {first}: the training loss goes on falling, but the validation loss was lowest in "
        f"epoch {best}. The network now learns the training images by heart. {advice}",
        True,
    )


def _improving(has_ended: bool) -> Reading:
    advice = "More epochs would probably make it better." if has_ended else "It is worth waiting."
    return Reading("improving", f"Still improving: the validation loss keeps falling. {advice}", False)


def _level(has_ended: bool) -> Reading:
    advice = (
        "More epochs would hardly change that; unfreezing layers, more images or another backbone might."
        if has_ended
        else "What follows will hardly change that."
    )
    return Reading("level", f"Levelled off: the validation loss has hardly changed for four epochs. {advice}", False)
