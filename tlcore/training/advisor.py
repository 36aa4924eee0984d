"""The advisor: from measured facts about photos to one of the four scenarios of transfer learning, and a plan for it.

The scenarios are those of the course notes of Stanford's CS231n on transfer learning; that features grow more specific
to their task from layer to layer is what Yosinski et al. (2014), "How transferable are features in deep neural
networks?", measured. Neither says where few images end and many begin, nor how likeness is measured: the limits here
are rules of thumb of this project. Near them the advice says so, and names the experiment that decides.
Knows no TensorFlow.
"""

from __future__ import annotations

import dataclasses
from dataclasses import asdict, dataclass

from tlcore.embedded.weights import read_card
from tlcore.training.strategies import find_strategy
from tlcore.zoo import catalog

# Kornblith et al. (2019), "Do better ImageNet models transfer better?": fine-tuning beat a linear classifier on frozen
# features in 179 of 192 pairs of network and dataset. The smallest dataset, Oxford's flowers, has 2,040 training
# images, 20 of each class.
MANY = 2000
MANY_A_CLASS = 20
_CLEARLY = 5  # times more or fewer: in between it is a close call

_ENOUGH_SEPARATION = 0.9  # of the way from guessing to faultless: the features serve, whatever the photos look like
_SOME_SEPARATION = 0.5
_FAMILIAR = 0.6
_ENOUGH_PHOTOS = 50  # of fewer the shares say little

_TITLES = {
    "frozen": "train only a new head",
    "fine_tune": "train a new head and the upper layers",
    "full": "train every layer, from the pretrained weights",
}
_OTHERS = {
    "frozen": "training the upper layers too",
    "fine_tune": "training only a new head",
    "full": "training the upper layers only",
}


@dataclass(frozen=True)
class Likeness:
    """What a pretrained network makes of the photos of a dataset.

    Args:
        network: name of its architecture.
        photos: how many were looked at, all of them training photos.
        photos_per_class: training photos of an average class, all of them and not only those looked at.
        classes: of the dataset.
        correct: how many a linear classifier on the frozen features got right that was fitted without them.
        confidence: mean probability of the class that the pretrained network names first, 0..1.
    """

    network: str
    photos: int
    photos_per_class: float
    classes: int
    correct: int
    confidence: float

    @property
    def training_photos(self) -> int:
        """All training photos, and not only those looked at."""
        return round(self.photos_per_class * self.classes)

    @property
    def plenty(self) -> float:
        """How many times as many training photos there are as count as many: in all and a class, whichever is less."""
        return min(self.training_photos / MANY, self.photos_per_class / MANY_A_CLASS)

    @property
    def is_large(self) -> bool:
        """Whether there are many training photos."""
        return self.plenty >= 1

    @property
    def is_clearly_sized(self) -> bool:
        """Whether that would be the same with far fewer or far more of them."""
        return not 1 / _CLEARLY < self.plenty < _CLEARLY

    @property
    def separation(self) -> float:
        """How far the features separate the classes: 0 is guessing, 1 is faultless."""
        chance = 1 / self.classes
        return max(0.0, (self.correct / self.photos - chance) / (1 - chance))

    @property
    def published_accuracy(self) -> float:
        """Published top-1 accuracy of the network on photos of its own classes, 0..1."""
        architecture = catalog.find(self.network)
        return read_card().held_out_top_1 if architecture.embedded_weights else architecture.top1 / 100

    @property
    def familiarity(self) -> float:
        """How confident the network is, as a share of its published accuracy; 0 and more.

        The accuracy stands in for the confidence on photos of its own classes, which was not measured. Networks are
        often more confident than right (Guo et al. 2017, "On calibration of modern neural networks"). On 100 photos
        of ImageNet's classes MobileNetV2 is 70 % confident on average and right on 85; 71 % were published.
        """
        return self.confidence / self.published_accuracy

    @property
    def is_similar(self) -> bool:
        """Whether the photos are like those of the pretraining."""
        familiar = self.separation >= _SOME_SEPARATION and self.familiarity >= _FAMILIAR
        return familiar or self.separation >= _ENOUGH_SEPARATION

    @property
    def is_clearly_like(self) -> bool:
        """Whether the measures leave no doubt about that: the features serve, or neither of them speaks for it."""
        speaks_against = self.separation < _SOME_SEPARATION and self.familiarity < _FAMILIAR
        return self.photos >= _ENOUGH_PHOTOS and (self.separation >= _ENOUGH_SEPARATION or speaks_against)

    def to_json(self) -> dict:
        """The record as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: dict) -> Likeness:
        """Read what `to_json` wrote, or an earlier version that wrote more."""
        return cls(**{field.name: record[field.name] for field in dataclasses.fields(cls)})


@dataclass(frozen=True)
class Advice:
    """What to train.

    Args:
        scenario: "small and similar", for instance.
        strategy: a key of `tlcore.training.strategies`.
        changes: fields of the plan besides strategy and backbone that differ from what is suggested anyway.
        reasons: plain sentences: what was measured, what to do, and last what else is worth trying, if anything.
        experiment: a key of `tlcore.runs.experiments` that tries it; "" where the advice is no close call.
    """

    scenario: str
    strategy: str
    changes: dict[str, object]
    reasons: tuple[str, ...]
    experiment: str = ""


def advise(likeness: Likeness) -> Advice:
    """Choose a scenario and what to train in it.

    Args:
        likeness: as it was measured.

    Returns:
        The advice.
    """
    architecture = catalog.find(likeness.network)
    size, kind = "large" if likeness.is_large else "small", "similar" if likeness.is_similar else "different"
    strategy, changes, what_to_do = _SCENARIOS[size, kind](architecture)
    experiment, what_else = _worth_trying(likeness, strategy)
    guessed = likeness.photos / likeness.classes
    reasons = (
        f"There are about {likeness.training_photos:,} training images, {likeness.photos_per_class:,.0f} a class. "
        f"By a rule of thumb of this project {'many' if likeness.is_large else 'few'} of them: from {MANY:,} in all "
        f"and {MANY_A_CLASS} a class on, layers of the network itself can learn from them without learning them by "
        "heart.",
        f"With what {architecture.title} has learned before, {likeness.correct} of {likeness.photos} images were put "
        f"into the right class; guessing would get about {guessed:.0f}. So your images count as "
        f"{'similar to' if likeness.is_similar else 'different from'} those that it learned from.",
        what_to_do,
    )
    return Advice(f"{size} and {kind}", strategy, changes, (*reasons, *filter(None, [what_else])), experiment)


def _small_similar(_architecture: catalog.Architecture) -> tuple[str, dict, str]:
    words = "So leave the network as it is, and train only a new head on top of it, which takes seconds."
    return "frozen", {}, words


def _large_similar(_architecture: catalog.Architecture) -> tuple[str, dict, str]:
    words = "So train a new head first, and then the upper layers of the network too, in small steps."
    return "fine_tune", {}, words


def _small_different(architecture: catalog.Architecture) -> tuple[str, dict, str]:
    cut = next(cut for cut in architecture.cut_layers if cut.for_other_data)
    words = (
        "So train a new head, and put it on an earlier layer, which is less tied to what the network has learned to "
        f"name. {cut.layer}: {cut.yields}"
    )
    return "frozen", {"cut_layer": cut.layer, "hidden_units": (64,)}, words


def _large_different(_architecture: catalog.Architecture) -> tuple[str, dict, str]:
    words = "So train every layer, but start from what the network has learned before: that often still helps."
    return "full", {}, words


_SCENARIOS = {
    ("small", "similar"): _small_similar,
    ("large", "similar"): _large_similar,
    ("small", "different"): _small_different,
    ("large", "different"): _large_different,
}


def _worth_trying(likeness: Likeness, strategy: str) -> tuple[str, str]:
    """What else to try where the facts do not decide: the experiment for it, and a sentence; both "" elsewhere.

    Whether an earlier layer serves better is always open. Measured with MobileNetV2 and a linear head on 200 images:
    on noisy stripes 89 % at `block_5_add` and 75 % at the last layer, on digits 70 and 87 %.
    """
    if not likeness.is_large and not (likeness.is_similar and likeness.is_clearly_like):
        return "cuts", (
            "Whether an earlier layer or the last one serves better cannot be told beforehand, so it is worth trying "
            'both: the experiment "Where to cut" compares them on the same images.'
        )
    if not (likeness.is_clearly_sized and likeness.is_clearly_like):
        return "strategies", (
            f"This is a close call, so it is worth trying both this and {_OTHERS[strategy]}, which is among the runs "
            'of the experiment "Strategies".'
        )
    return "", ""


def advised_values(likeness: Likeness, advice: Advice) -> dict[str, object]:
    """The advice as fields of a plan.

    Args:
        likeness: what it came from.
        advice: as `advise` gave it.

    Returns:
        Fields by name, for the form or `suggest_plan`.
    """
    return {"strategy": advice.strategy, "backbone": likeness.network, **advice.changes}


def advice_title(advice: Advice) -> str:
    """The advice in a line.

    Args:
        advice: as `advise` gave it.

    Returns:
        Such as "Frozen: train only a new head".
    """
    return f"{find_strategy(advice.strategy).title}: {_TITLES[advice.strategy]}"


def measured_sentences(likeness: Likeness, advice: Advice) -> tuple[str, ...]:
    """The figures behind the advice, in the words of the field.

    Args:
        likeness: as it was measured.
        advice: what follows from it.

    Returns:
        Sentences.
    """
    architecture = catalog.find(likeness.network)
    return (
        f"Scenario: {advice.scenario}, that is, a {'large' if likeness.is_large else 'small'} dataset, "
        f"{'similar to' if likeness.is_similar else 'different from'} the images of the pretraining.",
        f"Separation: {_percent(likeness.separation)} of the way from guessing to faultless, by a linear classifier on "
        f"the features of {architecture.title}, tested on images that it was not fitted to. From "
        f"{_percent(_ENOUGH_SEPARATION)} on the features serve; from {_percent(_SOME_SEPARATION)} on if the images are "
        "familiar as well.",
        f"Familiarity: {_percent(likeness.familiarity)}. {architecture.title} gives its first guess on your images "
        f"{_percent(likeness.confidence)} on average. That is set against {_percent(likeness.published_accuracy)}, its "
        "published accuracy on images of its own classes: a yardstick, as how sure it is of those was not measured. "
        f"From {_percent(_FAMILIAR)} on images count as familiar.",
        "All these limits are rules of thumb of this project.",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
