"""Reading learning curves in plain language, by stated rules; the first that applies is what a reader is told.

All rules look at one phase of a run, as a phase starts anew with another learning rate. Guessing is what the best
constant answer gets: the share of the largest class among the validation images. Jitter is the median jump of the
validation loss from one epoch to the next; what is smaller than it means nothing. In the order in which they are asked:

- Learning rate too high: a loss is no number, or the training loss ends above where it began by more than a tenth, or
  it goes up in two of five epochs or more, by a tenth on average, stays above 0.1, and so comes down by less than a
  tenth.
- Nothing left to gain: of the last two epochs' validation answers 99.5 % are right.
- Constant answer: classes differ in size, and after four epochs or more the accuracy is that of always naming the
  largest class, in training and validation, give or take an image.
- Not learning: after four epochs or more the training accuracy is no better than naming classes at random would be,
  give or take a tenth of it.
- Validation at chance: training is more than half way from guessing to faultless, validation no better than guessing
  by more than two standard errors.
- Over-confident from epoch E: as overfitting, but the validation accuracy is no lower than in epoch E - 1 (Guo et al.,
  2017, "On calibration of modern neural networks": the loss grows as wrong answers become surer).
- Overfitting from epoch E: the validation loss was lowest in epoch E - 1, has been above it for three epochs or more,
  by now by more than a twentieth and more than the jitter, while the training loss went on falling.
- Under-fitting: leveled off less than half way from guessing to faultless, in training as in validation.
- Too few images: fewer than 50 validation images, so that one image is more than two points.
- Still improving: the validation loss of the last two epochs, on average, is lower than that of the two before by more
  than 2 % and half the jitter, and no worse than the best so far by more than the jitter.
- Leveled off: over the last four epochs the best validation loss became better by less than 1 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median

from tlcore.comparison.curves.steps import count_passes
from tlcore.text import count_text
from tlcore.training.plans.plan import WARM_UP
from tlcore.training.plans.strategies import Strategy

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
_CEILING = 0.995
_FEW_IMAGES = 50
_EPOCHS_TO_LEARN = 4


@dataclass(frozen=True)
class Setting:
    """What a reader of curves has to know besides them.

    Args:
        classes: of the dataset, 2 or more.
        images: validation images, at least 1.
        largest_share: share of the largest class among them, 0..1: what always naming it gets.
        strategy: what is trained.
        epochs_left: how many epochs follow, which changes the advice.
    """

    classes: int
    images: int
    largest_share: float
    strategy: Strategy
    epochs_left: int = 0

    @property
    def has_ended(self) -> bool:
        """Whether no epoch follows."""
        return self.epochs_left == 0


@dataclass(frozen=True)
class Reading:
    """One thing that curves show.

    Args:
        rule: its key, such as "overfitting".
        sentence: what it is and what to do, in plain language.
        is_warning: whether something should be changed.
    """

    rule: str
    sentence: str
    is_warning: bool


class _Phase:
    """The latest phase of a run, as the rules look at it."""

    def __init__(self, epochs: Sequence[dict], setting: Setting):
        self.setting = setting
        self.epochs = [epoch for epoch in epochs if epoch["phase"] == epochs[-1]["phase"]]
        self._passes = count_passes(epochs)
        self.train, self.validation, self.train_accuracy, self.accuracy = (
            [epoch[f"{part}_{name}"] for epoch in self.epochs]
            for name in ("loss", "accuracy")
            for part in ("train", "validation")
        )

    @property
    def jitter(self) -> float:
        return median(abs(after - before) for before, after in pairwise(self.validation))

    @property
    def length(self) -> int:
        return len(self.epochs)

    @property
    def is_level(self) -> bool:
        before = self.validation[:-_LEVEL_EPOCHS]
        return bool(before) and min(self.validation) > _LEVEL * min(before)

    @property
    def half_way(self) -> float:
        return (1 + self.setting.largest_share) / 2

    def number(self, position: int) -> int:
        """The epoch at a position, as people count: without the passes of a head that was solved before."""
        return self.epochs[position]["epoch"] - self._passes


def read_curves(epochs: Sequence[dict], setting: Setting) -> Reading | None:
    """Say what the curves of a run show.

    Args:
        epochs: as `tlcore.runs.client.curve` gives them.
        setting: what else has to be known.

    Returns:
        The most important thing that the latest phase shows; None if that is nothing, after fewer than three epochs, or
        while only the head of a network is warmed up whose other layers come later: what that lacks, they may bring.
    """
    if not epochs:
        return None
    phase = _Phase(epochs, setting)
    if not all(map(math.isfinite, [*phase.train, *phase.validation])):
        return _too_high("The loss is no longer a finite number")
    if phase.length < 3 or epochs[-1]["phase"] == WARM_UP:
        return None
    return next((reading for rule in _RULES if (reading := rule(phase)) is not None), None)


def _read_rising(phase: _Phase) -> Reading | None:
    return _too_high("The training loss is rising") if phase.train[-1] > _RISE * phase.train[0] else None


def _read_ceiling(phase: _Phase) -> Reading | None:
    if mean(phase.accuracy[-2:]) < _CEILING:
        return None
    right = "All of" if phase.accuracy[-1] == 1 else f"{100 * phase.accuracy[-1]:.1f} % of"
    return Reading(
        "ceiling",
        f"{right} the {phase.setting.images:,} validation images are classified correctly, so they cannot show "
        "any further progress. More or harder images could.",
        False,
    )


def _read_constant(phase: _Phase) -> Reading | None:
    share, give = phase.setting.largest_share, 1.5 / phase.setting.images
    is_balanced = share < _CHANCE / phase.setting.classes
    recent = phase.accuracy[-3:]
    if phase.length < _EPOCHS_TO_LEARN or is_balanced or any(abs(value - share) > give for value in recent):
        return None
    if phase.train_accuracy[-1] > share + max(give, 0.02):
        return None
    return Reading(
        "constant",
        f"{100 * phase.accuracy[-1]:.0f} % are right, but always guessing the largest class would score the same: the "
        "network has learned nothing else yet. Turn on class weights, or try another learning rate.",
        True,
    )


def _read_not_learning(phase: _Phase) -> Reading | None:
    if phase.length < _EPOCHS_TO_LEARN or phase.train_accuracy[-1] >= _CHANCE / phase.setting.classes:
        return None
    return Reading(
        "not_learning",
        "The network does no better than guessing. Try a learning rate ten times higher or lower, try a "
        "pretrained backbone, or check that the labels are right.",
        True,
    )


def _read_validation_at_chance(phase: _Phase) -> Reading | None:
    share = phase.setting.largest_share
    error = math.sqrt(share * (1 - share) / phase.setting.images)
    validation = mean(phase.accuracy[-2:])
    if phase.length < _EPOCHS_TO_LEARN or phase.train_accuracy[-1] < phase.half_way or validation > share + 2 * error:
        return None
    cause = (
        "what it learns holds only for the training images; there may be too few, or their labels may be wrong"
        if phase.setting.strategy.needs_weights
        else "when a network with BatchNormalization is trained from scratch, its running statistics most likely still "
        "lag behind (lower their momentum); otherwise, there are too few images to learn from"
    )
    return Reading(
        "validation_at_chance",
        f"Training reaches {100 * phase.train_accuracy[-1]:.0f} %, but validation is no better than "
        f"guessing ({100 * validation:.0f} %): {cause}.",
        True,
    )


def _read_solved(phase: _Phase) -> Reading | None:
    # An exact head has no learning rate; more passes would change nothing, and its penalty was chosen already.
    if phase.epochs[-1].get("learning_rate", 0) is not None:
        return None
    return Reading(
        "solved",
        f"Solved: after {phase.length} passes over the features, the head cannot get any better. If that is not "
        "enough, try more images, another backbone, or unfreezing layers.",
        False,
    )


def _read_restless(phase: _Phase) -> Reading | None:
    train = phase.train
    jumps = [after - before for before, after in pairwise(train)]
    ups = sum(jump > 0 for jump in jumps)
    is_restless = ups >= _UPS * len(jumps) and mean(map(abs, jumps)) > _JUMP * mean(train)
    if len(train) < 5 or not (is_restless and min(train) > _SMALL and train[-1] > _FALL * train[0]):
        return None
    return _too_high("The training loss goes up and down without falling")


def _read_overfitting(phase: _Phase) -> Reading | None:
    best = min(range(phase.length), key=phase.validation.__getitem__)
    after = phase.validation[best + 1 :]
    if len(after) < _OVERFITTING_EPOCHS or phase.train[-1] >= phase.train[best]:
        return None
    rise = mean(after[-2:]) - phase.validation[best]
    if rise <= phase.jitter or rise <= (_OVERFITTING - 1) * phase.validation[best]:
        return None
    first, last = phase.number(best + 1), phase.number(best)
    if mean(phase.accuracy[-2:]) >= phase.accuracy[best]:
        return Reading(
            "over_confident",
            f"Overconfident from epoch {first}: the validation loss was lowest in epoch {last}, although accuracy has "
            "not dropped since. The network is getting surer of its wrong answers, so do not take its probabilities "
            "at face value. Early stopping, label smoothing or augmentation can help.",
            True,
        )
    advice = (
        "Fewer epochs, early stopping, augmentation, more dropout or more images can help."
        if phase.setting.has_ended
        else "More epochs are unlikely to help; early stopping would keep the best one."
    )
    return Reading(
        "overfitting",
        f"Overfitting from epoch {first}: the training loss keeps falling, but the validation loss was lowest in "
        f"epoch {last}. The network is now memorizing the training images. {advice}",
        True,
    )


def _read_under_fitting(phase: _Phase) -> Reading | None:
    if not phase.is_level or max(phase.train_accuracy[-1], mean(phase.accuracy[-2:])) >= phase.half_way:
        return None
    means = "more trainable layers" if _has_frozen_layers(phase) else "a larger or a pretrained network"
    return Reading(
        "under_fitting",
        f"Underfitting: training accuracy leveled off at {100 * phase.train_accuracy[-1]:.0f} %. The network does not "
        f"fit even the training images, so more of them are unlikely to help: try another learning rate, a larger "
        f"input size or {means}.",
        True,
    )


def _read_too_few(phase: _Phase) -> Reading | None:
    images = phase.setting.images
    if images >= _FEW_IMAGES:
        return None
    return Reading(
        "too_few",
        f"Only {images} validation images: a single image is worth {100 / images:.0f} points, so small ups and downs "
        "in these curves mean nothing.",
        False,
    )


def _read_improving(phase: _Phase) -> Reading | None:
    if not _is_improving(phase.validation, phase.jitter):
        return None
    left = phase.setting.epochs_left
    if left == 0:
        advice = "More epochs would probably help."
    elif left == 1:
        advice = "One more epoch follows."
    else:
        advice = f"It is worth waiting: {left} more epochs follow."
    return Reading("improving", f"Still improving: the validation loss keeps falling. {advice}", False)


def _is_improving(validation: list[float], jitter: float) -> bool:
    if len(validation) < 4:
        return validation[-1] < _IMPROVING * validation[-2] and validation[-1] == min(validation)
    now, before = mean(validation[-2:]), mean(validation[-4:-2])
    is_clear = now < _IMPROVING * before and before - now > jitter / 2
    return is_clear and validation[-1] <= min(validation) + jitter


def _read_level(phase: _Phase) -> Reading | None:
    if not phase.is_level:
        return None
    means = "unfreezing layers, more images" if _has_frozen_layers(phase) else "more images"
    advice = (
        f"More epochs are unlikely to change that; {means} or another backbone might."
        if phase.setting.has_ended
        else f"The {count_text(phase.setting.epochs_left, 'epoch')} still to come will probably not change that."
    )
    return Reading("level", f"Leveled off: the validation loss has barely improved in four epochs. {advice}", False)


def _has_frozen_layers(phase: _Phase) -> bool:
    strategy = phase.setting.strategy
    return strategy.needs_layer or not strategy.trains_backbone


def _too_high(what: str) -> Reading:
    return Reading("too_high", f"{what}: the learning rate is too high. Try one tenth of it.", True)


_RULES: tuple[Callable[[_Phase], Reading | None], ...] = (
    _read_rising,
    _read_ceiling,
    _read_constant,
    _read_not_learning,
    _read_validation_at_chance,
    _read_solved,
    _read_restless,
    _read_overfitting,
    _read_under_fitting,
    _read_too_few,
    _read_improving,
    _read_level,
)
