"""The advisor: from measured facts about photos to one of the four scenarios of transfer learning, and a plan for it.

How many photos there are and how much they are like those of the pretraining decide what to train: Yosinski et al.
(2014), "How transferable are features in deep neural networks?", and the course notes of Stanford's CS231n on transfer
learning. Likeness is measured, not asked for. Knows no TensorFlow.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from tlcore.training.strategies import find_strategy
from tlcore.zoo import catalog

LARGE = 1000  # training photos a class; below that a whole network learns them by heart
_ENOUGH_SEPARATION = 0.9  # of the way from guessing to faultless: the features serve, whatever the photos look like
_SOME_SEPARATION = 0.5
_FAMILIAR = 0.6  # of the confidence that the network has on photos of its own classes

_TITLES = {
    "frozen": "train only a new head",
    "fine_tune": "train a new head and the upper layers",
    "full": "train every layer, from the pretrained weights",
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
        own_confidence: the same on photos of its own classes, as it should be: its published top-1 accuracy, 0..1.
    """

    network: str
    photos: int
    photos_per_class: float
    classes: int
    correct: int
    confidence: float
    own_confidence: float

    @property
    def separation(self) -> float:
        """How far the features separate the classes: 0 is guessing, 1 is faultless."""
        chance = 1 / self.classes
        return max(0.0, (self.correct / self.photos - chance) / (1 - chance))

    @property
    def familiarity(self) -> float:
        """How confident the network is, as a share of what it is on photos of its own classes; 0 and more."""
        return self.confidence / self.own_confidence

    @property
    def is_large(self) -> bool:
        """Whether there are many training photos."""
        return self.photos_per_class >= LARGE

    @property
    def is_similar(self) -> bool:
        """Whether the photos are like those of the pretraining."""
        familiar = self.separation >= _SOME_SEPARATION and self.familiarity >= _FAMILIAR
        return familiar or self.separation >= _ENOUGH_SEPARATION

    def to_json(self) -> dict:
        """The record as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Advice:
    """What to train.

    Args:
        scenario: "small and similar", for instance.
        strategy: a key of `tlcore.training.strategies`.
        changes: fields of the plan besides strategy and backbone that differ from what is suggested anyway.
        reasons: plain sentences: what was measured, and last what to do.
    """

    scenario: str
    strategy: str
    changes: dict[str, object]
    reasons: tuple[str, ...]


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
    guessed = likeness.photos / likeness.classes
    reasons = (
        f"There are about {likeness.photos_per_class:,.0f} training images a class, which is "
        f"{'many' if likeness.is_large else 'few'}: from {LARGE:,} on, layers of the network itself can learn from "
        "them without learning them by heart.",
        f"With what {architecture.title} has learned before, {likeness.correct} of {likeness.photos} images were put "
        f"into the right class; guessing would get about {guessed:.0f}. What it has learned "
        f"{'is of use' if likeness.is_similar else 'is of little use'} for your images.",
        what_to_do,
    )
    return Advice(f"{size} and {kind}", strategy, changes, reasons)


def _small_similar(_architecture: catalog.Architecture) -> tuple[str, dict, str]:
    words = "So leave the network as it is, and train only a new head on top of it, which takes seconds."
    return "frozen", {}, words


def _large_similar(_architecture: catalog.Architecture) -> tuple[str, dict, str]:
    words = "So train a new head first, and then the upper layers of the network too, in small steps."
    return "fine_tune", {}, words


def _small_different(architecture: catalog.Architecture) -> tuple[str, dict, str]:
    cut = _earlier_cut(architecture)
    words = (
        f"So train a new head, and put it on an earlier layer, {cut}: earlier layers see edges and textures, which "
        "suit images of any kind. More images would help most."
    )
    return "frozen", {"cut_layer": cut, "hidden_units": (64,)}, words


def _large_different(_architecture: catalog.Architecture) -> tuple[str, dict, str]:
    words = "So train every layer, but start from what the network has learned before: that still helps."
    return "full", {}, words


_SCENARIOS = {
    ("small", "similar"): _small_similar,
    ("large", "similar"): _large_similar,
    ("small", "different"): _small_different,
    ("large", "different"): _large_different,
}


def _earlier_cut(architecture: catalog.Architecture) -> str:
    """The deepest good cut below the usual one."""
    layers = [cut.layer for cut in architecture.cut_layers]
    last = layers.index(architecture.last_feature_layer) if architecture.last_feature_layer in layers else len(layers)
    return layers[max(0, last - 1)]


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
        f"Familiarity: {_percent(likeness.familiarity)}. {architecture.title} is {_percent(likeness.confidence)} sure "
        f"of what it names on your images, and about {_percent(likeness.own_confidence)} on images of its own classes. "
        f"From {_percent(_FAMILIAR)} on images count as familiar.",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
