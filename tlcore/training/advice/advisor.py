"""The advisor: from measured facts about photos to one of the four scenarios of transfer learning, and a plan for it.

The scenarios are those of the course notes of Stanford's CS231n on transfer learning; that features grow more specific
to their task from layer to layer is what Yosinski et al. (2014), "How transferable are features in deep neural
networks?", measured. Neither says where few images end and many begin, nor how likeness is measured: the limits here
are rules of thumb of this project. Near them the advice says so, and names the experiment that decides.
Knows no TensorFlow.
"""

from __future__ import annotations

from dataclasses import dataclass

from tlcore.training.advice.likeness import ENOUGH_SEPARATION, FAMILIAR, MANY, MANY_A_CLASS, SOME_SEPARATION, Likeness
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo import catalog

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
class Advice:
    """What to train.

    Args:
        scenario: "small and similar", for instance.
        strategy: a key of `tlcore.training.plans.strategies`.
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
        f"There are about {likeness.training_photos:,} training images, {likeness.photos_per_class:,.0f} per class. "
        f"By this project's rule of thumb, that is {'many' if likeness.is_large else 'few'}: with at least {MANY:,} in "
        f"all and {MANY_A_CLASS} per class, the network's own layers can learn from them without memorizing them.",
        f"With what {architecture.title} already knows, {likeness.correct} of {likeness.photos} images were classified "
        f"correctly; guessing would get about {guessed:.0f}. So what it knows is "
        f"{'useful' if likeness.is_similar else 'of limited use'} for your images.",
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
        "So train a new head, and put it on an earlier layer, which is less tied to the classes the network "
        f"has learned. {cut.layer}: {cut.yields}"
    )
    return "frozen", {"cut_layer": cut.layer, "hidden_units": (64,)}, words


def _large_different(_architecture: catalog.Architecture) -> tuple[str, dict, str]:
    words = "So train every layer, but start from what the network already knows: that often still helps."
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
            "Nobody can tell in advance whether an earlier layer or the last one works better, so it is worth trying "
            'both: the experiment "Where to cut" compares them on the same images.'
        )
    if not (likeness.is_clearly_sized and likeness.is_clearly_like):
        return "strategies", (
            f"This is a close call, so it is worth trying both this and {_OTHERS[strategy]}, which is one of the "
            'runs of the experiment "What pretraining buys".'
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
    return f"{STRATEGIES.find(advice.strategy).title}: {_TITLES[advice.strategy]}"


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
        f"Scenario: {advice.scenario}. The dataset is {'large' if likeness.is_large else 'small'}, and counts as "
        f"{'similar to' if likeness.is_similar else 'different from'} the pretraining images, judged by how well the "
        "network's features work on it, not by how it looks.",
        f"Separation: {_percent(likeness.separation)} of the way from guessing to perfect, by a linear classifier on "
        f"the features of {architecture.title}, tested on images it was not fitted to. The features are good enough at "
        f"{_percent(ENOUGH_SEPARATION)} or more, or at {_percent(SOME_SEPARATION)} or more if the images are also "
        "familiar.",
        f"Familiarity: {_percent(likeness.familiarity)}. {architecture.title} gives its first guess on your images "
        f"a probability of {_percent(likeness.confidence)} on average. That is compared with "
        f"{_percent(likeness.published_accuracy)}, its published accuracy on images of its own classes: only a "
        f"yardstick, since its confidence on those was not measured. Images count as familiar at {_percent(FAMILIAR)} "
        "or more.",
        "All these limits are this project's rules of thumb.",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
